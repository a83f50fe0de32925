import { keyPool, LEASE_LIFETIME_MS, QUEUE_LIMIT, WITHDRAW_LIMIT } from '../../../commands/key-pool/decider';
import { KEY_LIMIT } from '../../../commands/key-pool/manage';
import { MEMORY_MS } from '../../../commands/key-pool/state';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { fold, specification, twiceIsOnce } from '../../support/specification';
import {
  addKey, cancelled, expire, expired, granted, heartbeat, keyAdded, release, released, request, requested, revoked, tick, timedOut, timeOut, withdraw,
} from './pool';

const given = (...events: KeyPoolEvent[]) => specification(keyPool).given(events);

describe('TEST-20: adding a provider key', () => {
  it('takes the key in', () => given().when(addKey('k', { now: 5 })).then([keyAdded('k', { at: 5 })]));
  it('is done once', () => twiceIsOnce(keyPool, [], addKey('k')));
  it('refuses a second key of the same name', () =>
    given(keyAdded('k')).when(addKey('l', { name: 'name-k' })).thenRefused('E4091', 'provider_key_name_taken'));
  it('refuses the same secret under another name, because its limits would count twice', () =>
    given(keyAdded('k')).when(addKey('l', { fingerprint: 'print-k' })).thenRefused('E4091', 'provider_key_known'));
  it('says nothing of the keys of another tenant', () => {
    const theirs = { name: 'name-k', fingerprint: 'print-k', secretRef: 'other/l' };
    given(keyAdded('k')).when(addKey('l', theirs)).then([keyAdded('l', theirs)]);
    const many = Array.from({ length: KEY_LIMIT }, (_, n) => keyAdded(`k${n}`));
    given(...many).when(addKey('one-more')).thenRefused('B2001', 'pool_full', { limit: KEY_LIMIT });
    given(...many).when(addKey('l', theirs)).then([keyAdded('l', theirs)]);
  });
  it('serves whoever waited for it, in order', () =>
    given(keyAdded('k', { tenantScope: 'b' }), requested('x'), requested('y'))
      .when(addKey('l', { concurrencyLimit: 2, now: 7 }))
      .then([keyAdded('l', { concurrencyLimit: 2, at: 7 }), granted('x', 'l', 1, { at: 7 }), granted('y', 'l', 2, { at: 7 })]));
});

describe('TEST-29, TEST-34: requesting a lease', () => {
  it('grants a free key at once', () =>
    given(keyAdded('k')).when(request('x', { now: 9 })).then([requested('x', { at: 9 }), granted('x', 'k', 1, { at: 9 })]));
  it('waits when every key is taken', () =>
    given(keyAdded('k'), requested('x'), granted('x', 'k', 1)).when(request('y')).then([requested('y')]));
  it('is done once, granted or waiting', () => {
    twiceIsOnce(keyPool, [keyAdded('k')], request('x'));
    twiceIsOnce(keyPool, [keyAdded('k'), requested('x'), granted('x', 'k', 1)], request('y'));
  });
  it('knows a request by its id, whatever ticket it proposes', () =>
    given(keyAdded('k'), requested('x')).when(request('z', { requestId: 'request-x' })).then([granted('x', 'k', 1)]));
  it('does not serve a finished request again', () =>
    given(keyAdded('k'), requested('x'), granted('x', 'k', 1), released('x', 'k', 1)).when(request('x')).thenNothing());
  it('forgets a finished request after ten minutes', () =>
    given(keyAdded('k'), requested('x'), granted('x', 'k', 1), released('x', 'k', 1),
      requested('y', { at: MEMORY_MS }), granted('y', 'k', 2, { at: MEMORY_MS }), released('y', 'k', 2, MEMORY_MS))
      .when(tick(0)).thenState(({ requests, ended }) => expect([[...requests.keys()], [...ended.keys()]]).toEqual([['request-y'], ['y']])));
  it('is refused where there is no key at all', () => given().when(request('x')).thenRefused('E4041', 'pool_unknown'));
  it('is refused at once when it may not wait', () =>
    given(keyAdded('k', { rpmLimit: 1 }), requested('x'), granted('x', 'k', 1), released('x', 'k', 1))
      .when(request('y', { maxWaitMs: 0, now: 20_000 })).thenRefused('E4291', 'no_key_free', { reason: 'rpm' }));
  it('may be served although it may not wait', () =>
    given(keyAdded('k')).when(request('x', { maxWaitMs: 0 })).then([requested('x', { maxWaitMs: 0 }), granted('x', 'k', 1)]));
  it('is refused when the queue is full', () => {
    const waiting = Array.from({ length: QUEUE_LIMIT }, (_, n) => requested(`w${n}`));
    const state = fold(keyPool, [keyAdded('k'), requested('x'), granted('x', 'k', 1), ...waiting]);
    expect(keyPool.decide(state, request('y'))).toMatchObject({ refusal: { code: 'E4291', rule: 'queue_full', retryAfterMs: 1_000 } });
  });
  describe('leaves room in the queue for others', () => {
    const taken = [keyAdded('k'), requested('x'), granted('x', 'k', 1)];
    const limited = { holderLimit: 2, tenantLimit: 3 };
    const ben = { holder: 'ben' };

    it('when a caller has as many requests waiting as one may have', () => {
      given(...taken, requested('v')).when(request('y', limited)).then([requested('y')]);
      given(...taken, requested('v'), requested('w')).when(request('y', limited)).thenRefused('E4291', 'caller_queue_full', { limit: 2, waiting: 2 });
      given(...taken, requested('v'), requested('w')).when(request('y', { ...limited, ...ben })).then([requested('y', ben)]);
    });
    it('when a tenant has', () => {
      const waiting = [...taken, requested('u'), requested('v'), requested('w', ben)];
      given(...waiting).when(request('y', { ...limited, ...ben })).thenRefused('E4291', 'tenant_queue_full', { limit: 3, waiting: 3 });
      given(...waiting).when(request('y', { ...limited, holder: 'bob', tenant: 'b' })).then([requested('y', { holder: 'bob', tenant: 'b' })]);
      given(...waiting).when(request('y', ben)).then([requested('y', ben)]);
    });
    it('whoever can be served at once takes none', () => {
      given(keyAdded('k', { tenantScope: 'a' }), requested('w', { tenant: 'b' })).when(request('y', { holderLimit: 1, tenantLimit: 9 }))
        .then([requested('y'), granted('y', 'k', 1)]);
    });
    it('until one of theirs is served or leaves, and what is waited for already stays so', () => {
      const waiting = [...taken, requested('v'), requested('w')];
      given(...waiting, cancelled('v')).when(request('y', limited)).then([requested('y')]);
      given(...waiting, timedOut('v', 0)).when(request('y', limited)).then([requested('y')]);
      given(...waiting, released('x', 'k', 1), granted('v', 'k', 2)).when(request('y', limited)).then([requested('y')]);
      given(...waiting).when(request('w', limited)).thenNothing();
    });
  });
});

describe('TEST-24, TEST-28: the choice of the key', () => {
  const chosen = (keys: readonly KeyPoolEvent[], keyId: string, token = 1) =>
    given(...keys).when(request('x', { now: 1 })).then([requested('x', { at: 1 }), granted('x', keyId, token, { at: 1 })]);

  it('prefers the higher priority', () => chosen([keyAdded('a'), keyAdded('b', { priority: 1 })], 'b'));
  it('then the lower share of the concurrency', () => chosen([
    keyAdded('a', { concurrencyLimit: 2, rpmLimit: 100 }), keyAdded('b', { concurrencyLimit: 3, tenantScope: 'a' }),
    requested('u', { tenant: 'z' }), granted('u', 'a', 1, { tenant: 'z' }), requested('v'), granted('v', 'b', 2),
  ], 'b', 3));
  it('then the lower share of the rpm limit, no limit being none', () => {
    const history = [keyAdded('a', { rpmLimit: 10, concurrencyLimit: 2 }), requested('u'), granted('u', 'a', 1), released('u', 'a', 1)];
    chosen([...history, keyAdded('b', { rpmLimit: 5, concurrencyLimit: 2 })], 'b', 2);
    chosen([...history, keyAdded('b')], 'b', 2);
  });
  it('then the lower id', () => chosen([keyAdded('b'), keyAdded('a')], 'a'));
  it('passes over a full key of higher priority', () =>
    chosen([keyAdded('a'), keyAdded('b', { priority: 1 }), requested('u'), granted('u', 'b', 1)], 'a', 2));
  it('keeps to the keys of the tenant', () =>
    chosen([keyAdded('a', { tenantScope: 'b, c', priority: 9 }), keyAdded('b', { tenantScope: 'a' })], 'b'));
});

describe('TEST-26: the rate of a key', () => {
  const used = [keyAdded('k', { rpmLimit: 2, concurrencyLimit: 9 }),
    requested('u', { at: 50_000 }), granted('u', 'k', 1, { at: 50_000 }),
    requested('v', { at: 70_000 }), granted('v', 'k', 2, { at: 70_000 })];

  it('holds in every 60 s, not in every calendar minute', () =>
    given(...used).when(request('x', { now: 109_999 })).then([requested('x', { at: 109_999 })]));
  it('reopens 60 s after the oldest permit', () =>
    given(...used).when(request('x', { now: 110_000 })).then([requested('x', { at: 110_000 }), granted('x', 'k', 3, { at: 110_000 })]));
  it('blocks at 0', () => given(keyAdded('k', { rpmLimit: 0 })).when(request('x')).then([requested('x')]));
  it('lets a tick serve who waited for it, one permit each', () =>
    given(...used, requested('x', { at: 80_000 }), requested('y', { at: 80_000 }))
      .when(tick(110_000)).then([granted('x', 'k', 3, { at: 110_000 })]));
  it('is served once by a tick', () =>
    twiceIsOnce(keyPool, [...used, requested('x', { at: 80_000 }), requested('y', { at: 80_000 })], tick(110_000)));
  it('keeps its clock when a command comes from a slow one', () =>
    given(...used).when(request('x', { now: 3 })).then([requested('x', { at: 70_000 })]));
});

describe('TEST-22, TEST-23: the queue', () => {
  const taken = [keyAdded('k'), requested('x'), granted('x', 'k', 1)];

  it('serves in the order of arrival', () =>
    given(...taken, requested('y'), requested('z')).when(release('x', 1, { now: 5 }))
      .then([released('x', 'k', 1, 5), granted('y', 'k', 2, { at: 5 })]));
  it('does not let a newcomer overtake', () => {
    const key = keyAdded('k', { rpmLimit: 1, concurrencyLimit: 9 });
    const reopened = [key, requested('x'), granted('x', 'k', 1), requested('y', { maxWaitMs: 90_000 })];
    given(...reopened).when(request('z', { now: 60_000 })).then([requested('z', { at: 60_000 }), granted('y', 'k', 2, { at: 60_000 })]);
  });
  it('is not blocked by a tenant without a key', () =>
    given(keyAdded('k', { tenantScope: 'a' }), requested('y', { tenant: 'b' }))
      .when(request('x')).then([requested('x'), granted('x', 'k', 1)]));
  it('is served across tenants by arrival when they share a key', () =>
    given(keyAdded('k'), keyAdded('l', { tenantScope: 'b' }), requested('u'), granted('u', 'k', 1), requested('v', { tenant: 'b' }),
      granted('v', 'l', 2, { tenant: 'b' }), requested('y', { tenant: 'b' }), requested('z'))
      .when(release('u', 1)).then([released('u', 'k', 1), granted('y', 'k', 3, { tenant: 'b' })]));
  it('times out who waited too long instead of serving them', () =>
    given(...taken, requested('y', { maxWaitMs: 10 }), requested('z'))
      .when(release('x', 1, { now: 10 })).then([released('x', 'k', 1, 10), timedOut('y', 10), granted('z', 'k', 2, { at: 10 })]));
  it('keeps its order when a key is added', () =>
    given(...taken, requested('y', { tenant: 'b' }), requested('z'), keyAdded('l', { tenantScope: 'b', rpmLimit: 0 }))
      .when(release('x', 1)).then([released('x', 'k', 1), granted('y', 'k', 2, { tenant: 'b' })]));
});

describe('TEST-32, TEST-33: releasing a lease', () => {
  const held = [keyAdded('k'), requested('x'), granted('x', 'k', 4)];

  it('gives the key back', () => given(...held).when(release('x', 4, { now: 3 })).then([released('x', 'k', 4, 3)]));
  it('is done once', () => twiceIsOnce(keyPool, held, release('x', 4)));
  it('is harmless a second time', () => given(...held, released('x', 'k', 4)).when(release('x', 4)).thenNothing());
  it('is refused with another token', () => given(...held).when(release('x', 3)).thenRefused('E4091', 'stale_lease', { token: 3 }));
  it('is refused after expiry', () =>
    given(...held, expired('x', 'k', 4, 1_000)).when(release('x', 4)).thenRefused('E4091', 'stale_lease', { token: 4 }));
  it('hides the lease of somebody else', () => {
    given(...held).when(release('x', 4, { holder: 'ben' })).thenRefused('E4041', 'lease_unknown');
    given(...held, released('x', 'k', 4)).when(release('x', 4, { holder: 'ben' })).thenRefused('E4041', 'lease_unknown');
    given(...held).when(release('nothing', 4)).thenRefused('E4041', 'lease_unknown');
  });
});

describe('TEST-30: a heartbeat', () => {
  const held = [keyAdded('k'), requested('x'), granted('x', 'k', 4)];

  it('writes nothing', () => given(...held).when(heartbeat('x', 4)).thenNothing());
  it('is refused with another token, after the end, and from somebody else', () => {
    given(...held).when(heartbeat('x', 3)).thenRefused('E4091', 'stale_lease');
    given(...held, released('x', 'k', 4)).when(heartbeat('x', 4)).thenRefused('E4091', 'stale_lease');
    given(...held, expired('x', 'k', 4, 1_000)).when(heartbeat('x', 4)).thenRefused('E4091', 'stale_lease');
    given(...held).when(heartbeat('x', 4, { holder: 'ben' })).thenRefused('E4041', 'lease_unknown');
  });
  it('is refused for a ticket that never was a lease', () =>
    given(...held, requested('y', { maxWaitMs: 1 }), timedOut('y', 1)).when(heartbeat('y', 4)).thenRefused('E4041', 'lease_unknown'));
  it('does not keep a lease for ever', () =>
    given(...held).when(heartbeat('x', 4, { now: LEASE_LIFETIME_MS })).thenRefused('B2001', 'lease_lifetime_over'));
});

describe('TEST-31: expiry', () => {
  const held = [keyAdded('k'), requested('x'), granted('x', 'k', 4, { ttlMs: 120_000 })];

  it('ends the lease and serves the next', () =>
    given(...held, requested('y', { maxWaitMs: 500_000 })).when(expire('x', 4, 120_000))
      .then([expired('x', 'k', 4, 120_000), granted('y', 'k', 5, { at: 120_000 })]));
  it('is done once', () => twiceIsOnce(keyPool, held, expire('x', 4, 120_000)));
  it('never comes before the own TTL of the lease', () =>
    given(...held).when(expire('x', 4, 119_999)).thenRefused('B2001', 'lease_not_due'));
  it('is nothing for another token or a lease that has ended', () => {
    given(...held).when(expire('x', 3, 120_000)).thenNothing();
    given(...held, released('x', 'k', 4)).when(expire('x', 4, 120_000)).thenNothing();
  });
});

describe('TEST-34: the wait limit', () => {
  const waiting = [keyAdded('k'), requested('x'), granted('x', 'k', 1), requested('y', { maxWaitMs: 100 }), requested('z')];

  it('ends the ticket', () => given(...waiting).when(timeOut('y', 100)).then([timedOut('y', 100)]));
  it('is done once', () => twiceIsOnce(keyPool, waiting, timeOut('y', 100)));
  it('never comes early', () => given(...waiting).when(timeOut('y', 99)).thenRefused('B2001', 'ticket_not_due'));
  it('is nothing for a ticket that was served', () => given(...waiting).when(timeOut('x', 50)).thenNothing());
  it('leaves the others in order, wherever the ticket stood', () =>
    given(...waiting, timedOut('y', 100)).when(release('x', 1, { now: 100 }))
      .then([released('x', 'k', 1, 100), granted('z', 'k', 2, { at: 100 })]));
  it('takes the ticket out before it looks at the queue', () =>
    given(keyAdded('k', { rpmLimit: 1, concurrencyLimit: 3 }), requested('x'), granted('x', 'k', 1),
      requested('y'), requested('z', { maxWaitMs: 90_000 }))
      .when(timeOut('y', 60_000)).then([timedOut('y', 60_000), granted('z', 'k', 2, { at: 60_000 })]));
});

describe('withdrawing a tenant', () => {
  const shared = [
    keyAdded('k'), requested('x'), granted('x', 'k', 1), requested('y'), requested('z', { tenant: 'b' }), requested('w'),
  ];

  it('takes what it holds and waits for, and serves who is next', () =>
    given(...shared).when(withdraw('a', 5)).then([
      revoked('x', 'k', 1, { at: 5 }), cancelled('y', { at: 5 }), cancelled('w', { at: 5 }), granted('z', 'k', 2, { tenant: 'b', at: 5 }),
    ]));
  it('is done once', () => twiceIsOnce(keyPool, shared, withdraw('a')));
  it('leaves the others alone', () => given(...shared).when(withdraw('c')).thenNothing());
  it('makes the token stale and ends the request', () => {
    given(...shared, revoked('x', 'k', 1)).when(heartbeat('x', 1)).thenRefused('E4091', 'stale_lease');
    given(...shared, revoked('x', 'k', 1)).when(release('x', 1)).thenRefused('E4091', 'stale_lease');
    expect(fold(keyPool, [...shared, cancelled('y')]).ended.get('y')).toMatchObject({ how: 'cancelled', token: undefined });
  });
  it('of very many takes a part at a time, and serves nobody of them meanwhile', () => {
    const many = Array.from({ length: WITHDRAW_LIMIT }, (_, n) => requested(`t${n}`));
    const first = [revoked('x', 'k', 1), ...many.slice(1).map((_, n) => cancelled(`t${n}`))];
    const crowd = [keyAdded('k'), requested('x'), granted('x', 'k', 1), ...many];
    given(...crowd).when(withdraw('a')).then(first);
    given(...crowd, ...first).when(withdraw('a')).then([cancelled(`t${WITHDRAW_LIMIT - 1}`)]);
  });
});
