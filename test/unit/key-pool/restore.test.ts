import { keyPool } from '../../../commands/key-pool/decider';
import { standingOf } from '../../../commands/key-pool/standing';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold, specification } from '../../support/specification';
import { expire, expired, granted, heartbeat, keyAdded, release, released, request, requested } from './pool';

/** What a backup of the log has; `lost` came after it and is gone when the backup is restored. */
const kept: KeyPoolEvent[] = [keyAdded('k'), requested('x'), granted('x', 'k', 1), released('x', 'k', 1)];
const lost: KeyPoolEvent[] = [requested('y'), granted('y', 'k', 2)];
/** Somebody is served by the restored pool, with a number that was given before. */
const since: KeyPoolEvent[] = [requested('z'), granted('z', 'k', 2)];

const restored = () => specification(keyPool).given([...kept, ...since]);

describe('fault 46: after the log was restored from a backup', () => {
  it('numbers that were given after the backup come again', () =>
    specification(keyPool).given(kept).when(request('z')).then(since));

  it('a lease from after the backup is unknown at every gate, although its holder and its number are those of a lease that counts', () => {
    expect(fold(keyPool, [...kept, ...lost]).leases.get('y')).toMatchObject({ holder: 'anna', token: 2 });
    expect(fold(keyPool, [...kept, ...since]).leases.get('z')).toMatchObject({ holder: 'anna', token: 2 });
    restored().when(heartbeat('y', 2)).thenRefused('E4041', 'lease_unknown');
    restored().when(release('y', 2)).thenRefused('E4041', 'lease_unknown');
    restored().when({ type: 'TakePermits', leaseId: 'y', token: 2, holder: 'anna', units: 1, now: 0 }).thenRefused('E4041', 'lease_unknown');
    restored().when(expire('y', 2, 3_600_000)).thenNothing();
    restored().when(heartbeat('z', 2)).thenNothing();
  });

  it('the request of such a lease is a new one, and waits behind who came since', () =>
    restored().when(request('y', { requestId: 'request-y' })).then([requested('y')]));

  it('a lease that was released after the backup is held again, until its holder is found to be silent', () => {
    const held = kept.slice(0, 3);
    expect(standingOf(fold(keyPool, held), 'request-x')).toMatchObject({ standing: 'granted', lease: { token: 1 } });
    specification(keyPool).given([...held, ...[requested('z', { maxWaitMs: 900_000 })]]).when(expire('x', 1, 600_000))
      .then([expired('x', 'k', 1, 600_000), granted('z', 'k', 2, { at: 600_000 })]);
  });
});
