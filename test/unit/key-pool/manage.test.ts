import { keyPool } from '../../../commands/key-pool/decider';
import { ROTATE_LIMIT } from '../../../commands/key-pool/manage';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold, specification, twiceIsOnce } from '../../support/specification';
import {
  activate, addKey, changeKey, coolDown, deactivate, granted, keyActivated, keyAdded, keyChanged, keyCooledDown, keyDeactivated, keyRecovered, keyRemoved,
  keyRotated, permitsTaken, recover, release, released, removeKey, request, requested, revoked, rotate, tick,
} from './pool';

const given = (...events: KeyPoolEvent[]) => specification(keyPool).given(events);
const key = keyAdded('k');
/** One lease on `k`, one ticket behind it. */
const leased = [key, requested('x'), granted('x', 'k', 1), requested('y')];

describe('TEST-20: a key with an expiry', () => {
  it('comes in with it, and as one of the configuration', () =>
    given().when(addKey('k', { expiresAt: 900, specified: true })).then([keyAdded('k', { expiresAt: 900, specified: true })]));
  it('is granted until then and not from then on', () => {
    const expiring = keyAdded('k', { expiresAt: 900 });
    given(expiring).when(request('x', { now: 899 })).then([requested('x', { at: 899 }), granted('x', 'k', 1, { at: 899 })]);
    given(expiring).when(request('x', { now: 900 })).then([requested('x', { at: 900 })]);
  });
  it('lets leases go on', () =>
    given(keyAdded('k', { expiresAt: 900 }), requested('x'), granted('x', 'k', 1)).when(release('x', 1, { now: 950 })).then([released('x', 'k', 1, 950)]));
});

describe('changing a key', () => {
  it('says only what differs', () =>
    given(key).when(changeKey('k', { name: 'name-k', concurrencyLimit: 3, rpmLimit: null, priority: 0, tenantScope: 'b', expiresAt: null, now: 4 }))
      .then([keyChanged('k', { concurrencyLimit: 3, tenantScope: 'b', at: 4 })]));
  it('says nothing when nothing differs', () =>
    given(keyAdded('k', { rpmLimit: 5, expiresAt: 90 })).when(changeKey('k', { rpmLimit: 5, expiresAt: 90 })).thenNothing());
  it('is done once', () =>
    twiceIsOnce(keyPool, [keyAdded('k', { rpmLimit: 1, expiresAt: 9 })],
      changeKey('k', { name: 'n', concurrencyLimit: 2, rpmLimit: null, priority: 1, tenantScope: 'a', expiresAt: null })));
  it('refuses the name of another key of the owner only', () => {
    given(key, keyAdded('l')).when(changeKey('k', { name: 'name-l' })).thenRefused('E4091', 'provider_key_name_taken');
    given(key, keyAdded('l', { secretRef: 'other/l' })).when(changeKey('k', { name: 'name-l' })).then([keyChanged('k', { name: 'name-l' })]);
  });
  it('serves whom a raised limit lets in', () =>
    given(...leased).when(changeKey('k', { concurrencyLimit: 2, now: 7 }))
      .then([keyChanged('k', { concurrencyLimit: 2, at: 7 }), granted('y', 'k', 2, { at: 7 })]));
  it('TEST-25: takes nothing from holders when a limit is lowered, and grants nothing until there is room', () => {
    const two = [keyAdded('k', { concurrencyLimit: 2 }), requested('x'), granted('x', 'k', 1), requested('y'), granted('y', 'k', 2), requested('z')];
    given(...two).when(changeKey('k', { concurrencyLimit: 1 })).then([keyChanged('k', { concurrencyLimit: 1 })]);
    given(...two, keyChanged('k', { concurrencyLimit: 1 })).when(release('x', 1)).then([released('x', 'k', 1)]);
    given(...two, keyChanged('k', { concurrencyLimit: 1 }), released('x', 'k', 1)).when(release('y', 2))
      .then([released('y', 'k', 2), granted('z', 'k', 3)]);
  });
  it('TEST-26: keeps the permits of the last 60 s under another rate', () => {
    const used = [keyAdded('k', { rpmLimit: 3, concurrencyLimit: 9 }), ...['x', 'y', 'z'].flatMap((id, n) => [requested(id), granted(id, 'k', n + 1)])];
    given(...used, keyChanged('k', { rpmLimit: 1 }), keyChanged('k', { rpmLimit: 3 })).when(request('w', { now: 59_999 }))
      .then([requested('w', { at: 59_999 })]);
    given(...used, keyChanged('k', { rpmLimit: 4 })).when(request('w')).then([requested('w'), granted('w', 'k', 4)]);
    given(...used, keyChanged('k', { rpmLimit: 0 })).when(request('w', { now: 60_000 })).then([requested('w', { at: 60_000 })]);
  });
  it('TEST-26: counts the grants of the last 60 s also where there was no rate before', () => {
    const used = [keyAdded('k', { concurrencyLimit: 9 }), requested('x'), granted('x', 'k', 1)];
    given(...used).when(changeKey('k', { rpmLimit: 1 })).then([keyChanged('k', { rpmLimit: 1 })]);
    given(...used, keyChanged('k', { rpmLimit: 1 }), requested('y', { maxWaitMs: 90_000 })).when(tick(59_999)).thenNothing();
    given(...used, keyChanged('k', { rpmLimit: 1 }), requested('y', { maxWaitMs: 90_000 })).when(tick(60_000)).then([granted('y', 'k', 2, { at: 60_000 })]);
    given(...used, keyChanged('k', { rpmLimit: 2 }), keyChanged('k', { rpmLimit: null }), keyChanged('k', { rpmLimit: 1 })).when(request('y', { now: 9 }))
      .then([requested('y', { at: 9 })]);
  });
  it('TEST-28: lets those in and out whom its scope names', () => {
    given(keyAdded('k', { tenantScope: 'b' }), requested('x')).when(changeKey('k', { tenantScope: 'a,b' }))
      .then([keyChanged('k', { tenantScope: 'a,b' }), granted('x', 'k', 1)]);
    given(...leased, keyChanged('k', { tenantScope: 'b' })).when(release('x', 1)).then([released('x', 'k', 1)]);
  });
  it('TEST-22: keeps the order of those who wait', () =>
    given(key, requested('x'), granted('x', 'k', 1), requested('y', { tenant: 'b' }), requested('z'), keyChanged('k', { priority: 3, tenantScope: 'a,b' }))
      .when(release('x', 1)).then([released('x', 'k', 1), granted('y', 'k', 2, { tenant: 'b' })]));
  it('TEST-24: changes what is chosen first', () =>
    given(key, keyAdded('l'), keyChanged('l', { priority: 1 })).when(request('x')).then([requested('x'), granted('x', 'l', 1)]));
  it('moves the expiry, also to never', () => {
    given(key, keyChanged('k', { expiresAt: 9 })).when(request('x', { now: 9 })).then([requested('x', { at: 9 })]);
    given(key, keyChanged('k', { expiresAt: 9 }), requested('x', { at: 9 })).when(changeKey('k', { expiresAt: null, now: 10 }))
      .then([keyChanged('k', { expiresAt: null, at: 10 }), granted('x', 'k', 1, { at: 10 })]);
  });
});

describe('rotating a key', () => {
  it('puts another secret in place of the old one; leases go on', () =>
    given(...leased).when(rotate('k', 'k2', { now: 5 })).then([keyRotated('k', 'k2', 5)]));
  it('ends the leases of the key when asked to, and serves who waits', () =>
    given(...leased, keyAdded('l'), requested('z'), granted('z', 'l', 2)).when(rotate('k', 'k2', { revokeLeases: true, now: 5 }))
      .then([keyRotated('k', 'k2', 5), revoked('x', 'k', 1, { reason: 'key_rotated', at: 5 }), granted('y', 'k', 3, { at: 5 })]));
  it('is done once, and spares leases that have the new secret already', () => {
    twiceIsOnce(keyPool, [key], rotate('k', 'k2'));
    twiceIsOnce(keyPool, leased, rotate('k', 'k2', { revokeLeases: true }));
  });
  it('may end the old leases later', () =>
    given(...leased, keyRotated('k', 'k2')).when(rotate('k', 'k2', { revokeLeases: true }))
      .then([revoked('x', 'k', 1, { reason: 'key_rotated' }), granted('y', 'k', 2)]));
  it('of very many leases ends a part at a time', () => {
    const many = Array.from({ length: ROTATE_LIMIT + 1 }, (_, n) => [requested(`t${n}`), granted(`t${n}`, 'k', n + 1)]).flat();
    const gone = (n: number) => revoked(`t${n}`, 'k', n + 1, { reason: 'key_rotated' });
    const first = [keyRotated('k', 'k2'), ...Array.from({ length: ROTATE_LIMIT }, (_, n) => gone(n))];
    const crowd = [keyAdded('k', { concurrencyLimit: 10_000 }), ...many];
    given(...crowd).when(rotate('k', 'k2', { revokeLeases: true })).then(first);
    given(...crowd, ...first).when(rotate('k', 'k2', { revokeLeases: true })).then([gone(ROTATE_LIMIT)]);
  });
  it('refuses a secret that the owner has in the pool already', () => {
    given(key, keyAdded('l')).when(rotate('k', 'l', { secretRef: 'operator/k2' })).thenRefused('E4091', 'provider_key_known');
    given(key, keyAdded('l', { secretRef: 'other/l' })).when(rotate('k', 'l', { secretRef: 'operator/k2' }))
      .thenState(({ keys }) => expect(keys.get('k')).toMatchObject({ fingerprint: 'print-l', secretRef: 'operator/k2' }));
  });
  it('leaves a key of the old secret free to be added again', () =>
    given(key, keyRotated('k', 'k2')).when(addKey('l', { fingerprint: 'print-k' })).then([keyAdded('l', { fingerprint: 'print-k' })]));
});

describe('TEST-20, TEST-24: an inactive key', () => {
  it('is granted to nobody; leases go on', () => {
    given(...leased).when(deactivate('k', { now: 3 })).then([keyDeactivated('k', 3)]);
    given(...leased, keyDeactivated('k')).when(release('x', 1)).then([released('x', 'k', 1)]);
  });
  it('is granted again once it is active', () =>
    given(key, keyDeactivated('k'), requested('x')).when(activate('k', 8)).then([keyActivated('k', 8), granted('x', 'k', 1, { at: 8 })]));
  it('becomes so once and stops being so once', () => {
    twiceIsOnce(keyPool, [key], deactivate('k'));
    twiceIsOnce(keyPool, [key, keyDeactivated('k')], activate('k'));
    given(key).when(activate('k')).thenNothing();
  });
  it('says whether somebody did it or the configuration', () => {
    const why = (reason: 'by_hand' | 'left_specification') =>
      given(key).when(deactivate('k', { reason })).thenState(({ keys }) => expect(keys.get('k')!.deactivated).toBe(reason));
    why('by_hand');
    why('left_specification');
  });
});

describe('a cool-down', () => {
  const resting = [key, keyCooledDown('k', 500), requested('x')];

  it('grants nothing before its end', () => {
    given(key, requested('x'), granted('x', 'k', 1), requested('y')).when(coolDown('k', 500, { now: 2 })).then([keyCooledDown('k', 500, 2)]);
    given(...resting).when(tick(499)).thenNothing();
  });
  it('ends by itself', () => given(...resting).when(tick(500)).then([granted('x', 'k', 1, { at: 500 })]));
  it('is done once', () => twiceIsOnce(keyPool, [key], coolDown('k', 500)));
  it('only grows', () => {
    given(...resting).when(coolDown('k', 400)).thenNothing();
    given(...resting).when(coolDown('k', 600)).then([keyCooledDown('k', 600)]);
    given(key).when(coolDown('k', 500, { now: 500 })).thenNothing();
  });
  it('needs no owner when this server asks for it', () => given(key).when(coolDown('k', 500, { owner: undefined })).then([keyCooledDown('k', 500)]));
  it('can be ended early, once', () => {
    given(...resting).when(recover('k', 30)).then([keyRecovered('k', 30), granted('x', 'k', 1, { at: 30 })]);
    twiceIsOnce(keyPool, resting, recover('k', 30));
    given(key).when(recover('k')).thenNothing();
  });
  it('passes to another key', () =>
    given(keyAdded('k', { priority: 1 }), keyAdded('l'), keyCooledDown('k', 500)).when(request('x')).then([requested('x'), granted('x', 'l', 1)]));
});

describe('removing a key', () => {
  it('is refused while leases hold it', () => given(...leased).when(removeKey('k')).thenRefused('B2001', 'provider_key_leased', { leases: 1 }));
  it('takes it out of the pool', () =>
    given(key, keyAdded('l')).when(removeKey('k', 6)).then([keyRemoved('k', 6)]));
  it('is done once', () => twiceIsOnce(keyPool, [key], removeKey('k')));
  it('leaves its name and its secret free, and the others served', () => {
    given(key, keyRemoved('k')).when(addKey('l', { name: 'name-k', fingerprint: 'print-k' })).then([keyAdded('l', { name: 'name-k', fingerprint: 'print-k' })]);
    given(key, keyAdded('l'), keyRemoved('k')).when(request('x')).then([requested('x'), granted('x', 'l', 1)]);
  });
  it('leaves what was granted on it known', () =>
    given(key, requested('x'), granted('x', 'k', 1), permitsTaken('x', 'k', 1, 2), released('x', 'k', 1), keyRemoved('k')).when(release('x', 1)).thenNothing());
});

describe('the key of another owner', () => {
  it('is not there, for any command', () => {
    const commands = [
      changeKey('k', { priority: 1 }), rotate('k', 'k2'), deactivate('k'), activate('k'), coolDown('k', 9), recover('k'), removeKey('k'),
    ];
    for (const command of commands) {
      given(keyAdded('k', { secretRef: 'other/k' })).when(command).thenRefused('E4041', 'provider_key_unknown');
      given().when(command).thenRefused('E4041', 'provider_key_unknown');
    }
  });
});

test('a key that is changed stays the same key for those who wait and hold', () => {
  const { keys, scopes, openScope, pinned } = fold(keyPool, [key, keyChanged('k', { priority: 2 }), keyRotated('k', 'k2'), keyCooledDown('k', 9), keyDeactivated('k')]);
  expect([scopes.size, openScope.keys[0], pinned.get('k')!.keys[0]]).toEqual([0, keys.get('k'), keys.get('k')]);
});
