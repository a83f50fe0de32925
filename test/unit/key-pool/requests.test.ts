import { keyPool } from '../../../commands/key-pool/decider';
import { standingOf } from '../../../commands/key-pool/standing';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold, specification, twiceIsOnce } from '../../support/specification';
import {
  cancel, cancelled, changeKey, expired, granted, keyAdded, keyChanged, keyCooledDown, keyDeactivated, keyRemoved, keyRotated, permitsTaken,
  release, released, request, requested, revoke, revoked, takePermits, tick, timedOut,
} from './pool';

const given = (...events: KeyPoolEvent[]) => specification(keyPool).given(events);
const key = keyAdded('k');
const held = [key, requested('x'), granted('x', 'k', 1)];

describe('TEST-22, TEST-24: a request that names its key', () => {
  const pinned = { keyId: 'k' };
  const two = [keyAdded('k'), keyAdded('l'), requested('x'), granted('x', 'k', 1)];

  it('gets this key, though another is better', () =>
    given(keyAdded('k'), keyAdded('l', { priority: 5 })).when(request('w', pinned)).then([requested('w', pinned), granted('w', 'k', 1)]));
  it('waits for it although another is free, and holds nobody up', () => {
    given(...two).when(request('w', pinned)).then([requested('w', pinned)]);
    given(...two, requested('w', pinned)).when(request('v')).then([requested('v'), granted('v', 'l', 2)]);
  });
  it('comes before those who came later, and after those who came earlier', () => {
    const both = [...two, requested('y'), granted('y', 'l', 2)];
    given(...both, requested('w', pinned), requested('z')).when(release('x', 1)).then([released('x', 'k', 1), granted('w', 'k', 3)]);
    given(...both, requested('z'), requested('w', pinned)).when(release('x', 1)).then([released('x', 'k', 1), granted('z', 'k', 3)]);
    given(...both, requested('w', pinned), requested('z')).when(release('y', 2)).then([released('y', 'l', 2), granted('z', 'l', 3)]);
  });
  it('stands in line with others who name it', () =>
    given(...two, requested('w', pinned), requested('v', { ...pinned, tenant: 'b' })).when(release('x', 1))
      .then([released('x', 'k', 1), granted('w', 'k', 2)]));
  it('is done once', () => {
    twiceIsOnce(keyPool, [key], request('w', pinned));
    twiceIsOnce(keyPool, two, request('w', pinned));
  });
  it('is refused for a key that its tenant may not use, or that is not there', () => {
    given(keyAdded('k', { tenantScope: 'b' })).when(request('w', pinned)).thenRefused('E4041', 'provider_key_unknown');
    given(keyAdded('l')).when(request('w', pinned)).thenRefused('E4041', 'provider_key_unknown');
  });
  it('is refused at once when it may not wait, by how its own key stands', () =>
    given(...two, requested('w', { ...pinned })).when(request('v', { ...pinned, maxWaitMs: 0 })).thenRefused('E4291', 'no_key_free', { reason: 'concurrency' }));
  it('waits in vain for a key that is removed or closed to its tenant, and is served when it opens again', () => {
    const waiting = [keyAdded('k'), keyAdded('l'), keyDeactivated('k'), requested('w', pinned)];
    given(...waiting, keyRemoved('k')).when(tick(60_000)).then([timedOut('w', 60_000)]);
    given(...waiting, keyChanged('k', { tenantScope: 'b' })).when(tick(59_999)).thenNothing();
    given(keyAdded('k'), keyCooledDown('k', 5), requested('w', pinned), keyChanged('k', { tenantScope: 'b' }))
      .when(changeKey('k', { tenantScope: '*', now: 5 })).then([keyChanged('k', { tenantScope: '*', at: 5 }), granted('w', 'k', 1, { at: 5 })]);
  });
});

describe('TEST-27: permits for further calls', () => {
  const rated = [keyAdded('k', { rpmLimit: 4, concurrencyLimit: 3 }), requested('x'), granted('x', 'k', 1)];

  it('count like grants', () => {
    given(...rated).when(takePermits('x', 1, 3, { now: 9 })).then([permitsTaken('x', 'k', 1, 3, 9)]);
    given(...rated, permitsTaken('x', 'k', 1, 3, 9)).when(request('y', { now: 59_999 })).then([requested('y', { at: 59_999 })]);
    given(...rated, permitsTaken('x', 'k', 1, 3, 9), requested('y', { at: 9 })).when(tick(60_000)).then([granted('y', 'k', 2, { at: 60_000 })]);
  });
  it('are refused whole when they do not all fit, with the time until they do', () => {
    given(...rated).when(takePermits('x', 1, 4, { now: 9 })).thenRefused('E4291', 'rpm', { limit: 4, units: 4 });
    const refusal = (units: number, now: number) => keyPool.decide(fold(keyPool, [...rated, permitsTaken('x', 'k', 1, 2, 10_000)]), takePermits('x', 1, units, { now }));
    expect(refusal(2, 10_000)).toMatchObject({ refusal: { rule: 'rpm', retryAfterMs: 50_000 } });
    expect(refusal(3, 10_000)).toMatchObject({ refusal: { rule: 'rpm', retryAfterMs: 60_000 } });
    expect(refusal(5, 10_000)).toMatchObject({ refusal: { rule: 'rpm', retryAfterMs: 60_000 } });
  });
  it('cost nothing on a key without a rate', () => given(...held).when(takePermits('x', 1, 9)).thenNothing());
  it('TEST-32: are refused to whoever does not hold the lease', () => {
    given(...rated).when(takePermits('x', 2, 1)).thenRefused('E4091', 'stale_lease', { token: 2 });
    given(...rated, expired('x', 'k', 1, 1_000)).when(takePermits('x', 1, 1)).thenRefused('E4091', 'stale_lease');
    given(...rated).when(takePermits('x', 1, 1, { holder: 'ben' })).thenRefused('E4041', 'lease_unknown');
    given(...rated).when(takePermits('nothing', 1, 1)).thenRefused('E4041', 'lease_unknown');
  });
  it('come before whoever waits: work under way goes first', () =>
    given(...rated, permitsTaken('x', 'k', 1, 3), requested('y', { at: 5 }), requested('z', { at: 5 })).when(takePermits('x', 1, 3, { now: 60_000 }))
      .then([permitsTaken('x', 'k', 1, 3, 60_000), granted('y', 'k', 2, { at: 60_000 })]));
});

describe('revoking a lease', () => {
  const byHand = { reason: 'by_hand' as const, at: 3 };

  it('is for its tenant and for the owner of its key, and serves who is next', () => {
    given(...held, requested('y')).when(revoke('x', 'a', 3)).then([revoked('x', 'k', 1, byHand), granted('y', 'k', 2, { at: 3 })]);
    given(...held).when(revoke('x', 'operator', 3)).then([revoked('x', 'k', 1, byHand)]);
  });
  it('is done once', () => twiceIsOnce(keyPool, held, revoke('x', 'a')));
  it('hides the leases of others', () => {
    given(...held).when(revoke('x', 'b')).thenRefused('E4041', 'lease_unknown');
    given(...held).when(revoke('y', 'a')).thenRefused('E4041', 'lease_unknown');
  });
  it('TEST-32: makes the token stale', () => given(...held, revoked('x', 'k', 1)).when(release('x', 1)).thenRefused('E4091', 'stale_lease'));
});

describe('TEST-36: cancelling a ticket', () => {
  const waiting = [...held, requested('y'), requested('z')];
  const given3 = { reason: 'abandoned' as const, at: 3 };

  it('takes it out of the queue', () => given(...waiting).when(cancel('y', { now: 3 })).then([cancelled('y', given3)]));
  it('is done once', () => twiceIsOnce(keyPool, waiting, cancel('y')));
  it('lets the next one through', () =>
    given(...waiting, cancelled('y')).when(release('x', 1)).then([released('x', 'k', 1), granted('z', 'k', 2)]));
  it('is nothing for a ticket that is gone', () => {
    given(...waiting).when(cancel('x')).thenNothing();
    given(...waiting, cancelled('y')).when(cancel('y')).thenNothing();
    given(...waiting).when(cancel('nothing')).thenNothing();
  });
  it('hides the tickets of others', () => given(...waiting).when(cancel('y', { holder: 'ben' })).thenRefused('E4041', 'ticket_unknown'));
});

describe('how a request stands', () => {
  const standing = (...events: KeyPoolEvent[]) => standingOf(fold(keyPool, events), 'request-x');

  it('is unknown, waiting or granted, with what belongs to it', () => {
    expect(standing(key)).toEqual({ standing: 'unknown' });
    expect(standing(key, requested('x'))).toEqual({ standing: 'waiting', ticketId: 'x' });
    expect(standing(...held)).toEqual({
      standing: 'granted', ticketId: 'x', keyName: 'name-k', secretRef: 'operator/k', lease: expect.objectContaining({ id: 'x', keyId: 'k', token: 1 }),
    });
  });
  it('shows the secret of a rotated key as it is now', () =>
    expect(standing(...held, keyRotated('k', 'k2'))).toMatchObject({ secretRef: 'operator/k2' }));
  it('says how it ended', () => {
    const ends = [
      standing(...held, released('x', 'k', 1)), standing(...held, expired('x', 'k', 1, 0)), standing(...held, revoked('x', 'k', 1)),
      standing(key, requested('x'), timedOut('x', 0)), standing(key, requested('x'), cancelled('x')),
    ];
    expect(ends.map(({ standing }) => standing)).toEqual(['released', 'expired', 'revoked', 'timedOut', 'cancelled']);
  });
  it('outlives the key', () => expect(standing(...held, released('x', 'k', 1), keyRemoved('k'))).toEqual({ standing: 'released', ticketId: 'x' }));
});

test('who waits is counted for each tenant and each holder', () => {
  const all = [...held, requested('y', { tenant: 'b', holder: 'bob' }), requested('z')];
  const counted = (...events: KeyPoolEvent[]) => {
    const { tenantsWaiting, holdersWaiting } = fold(keyPool, events);
    return [[...tenantsWaiting], [...holdersWaiting]];
  };
  expect(counted(...all)).toEqual([[['b', 1], ['a', 1]], [['bob', 1], ['anna', 1]]]);
  expect(counted(...all, released('x', 'k', 1), granted('y', 'k', 2, { tenant: 'b', holder: 'bob' }))).toEqual([[['a', 1]], [['anna', 1]]]);
  expect(counted(...all, cancelled('z'))).toEqual([[['b', 1]], [['bob', 1]]]);
});

test('a key that is out of use is not lent to a request that names it', () =>
  given(key, keyDeactivated('k')).when(request('w', { keyId: 'k' })).then([requested('w', { keyId: 'k' })]));
