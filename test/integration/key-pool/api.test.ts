import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import { toGlobalId } from '../../../src/graphql/node';
import { missingDescriptions } from '../../../src/graphql/schema';
import { plainSetting } from '../../support/services';
import { poolActs, secretOf } from './pool-acts';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const SECRET = secretOf('');
const ADD = `mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) {
  providerKey { id name lastFour rpmLimit concurrencyLimit priority tenantScope active activeLeases permitsLastMinute }
  keyPool { id provider capacity } position revision errors { code rule path } } }`;
const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  lease { id provider holder fencingToken ttlSeconds grantedAt expiresAt providerKey { name } }
  ticket { id place reason retryAfterMs holder } secret errors { code rule path ... on TryLaterError { retryAfterMs } } } }`;
const BEAT = 'mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { lease { expiresAt } errors { code rule path } } }';
const RELEASE = `mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) {
  keyPool { activeLeases waiting grantsTotal } errors { code rule } } }`;
const POOL = `query ($provider: String!) { keyPool(provider: $provider) {
  provider activeLeases waiting capacity grantsTotal keys { name permitsLastMinute }
  leases { holder fencingToken } queue { holder place reason } } }`;

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const { newPool } = poolActs(() => setting);

const lease = async (provider: string, requestId: string, more: Record<string, unknown> = {}, user?: string) =>
  (await setting.ask(LEASE, { input: { provider, requestId, ...more } }, user)).leaseKey;
const claim = ({ lease: { id, fencingToken } }: { lease: { id: string; fencingToken: string } }) => ({ leaseId: id, fencingToken });

test('everything is described', () => {
  expect(missingDescriptions(setting.schema)).toEqual([]);
});

test('one caller, and one tenant, take only so many places of a queue in which others wait too', async () => {
  const provider = await newPool({ tenantScope: '*' });
  await lease(provider, 'held');
  const limits = { ...plainSetting, waiting: { caller: 2, tenant: 3 } };
  async function ask(user: string, requestId: string, tenant = 'a') {
    const contextValue = Object.assign(setting.context(user, 'owner', tenant), { setting: limits });
    const { data } = await graphql({ schema: setting.schema, source: LEASE, variableValues: { input: { provider, requestId } }, contextValue });
    const { ticket, errors } = (data as Record<string, any>).leaseKey;
    return ticket ? 'waits' : errors[0];
  }

  for (const requestId of ['r1', 'r2', 'r1']) expect(await ask('anna', requestId)).toBe('waits');
  expect(await ask('anna', 'r3')).toMatchObject({ code: 'E4291', rule: 'caller_queue_full', retryAfterMs: 1_000 });
  expect(await ask('ben', 'r1')).toBe('waits');
  expect(await ask('ben', 'r2')).toMatchObject({ code: 'E4291', rule: 'tenant_queue_full', retryAfterMs: 1_000 });
  expect(await ask('bob', 'r1', 'b')).toBe('waits');
});

describe('addProviderKey', () => {
  it('answers the key and its pool, with defaults', async () => {
    const provider = `vendor-${randomUUID()}`;
    const { addProviderKey } = await setting.ask(ADD, { input: { provider, name: 'first', secret: SECRET } });
    expect(addProviderKey).toMatchObject({
      providerKey: {
        name: 'first', lastFour: SECRET.slice(-4), rpmLimit: null, concurrencyLimit: 1, priority: 0, tenantScope: '*',
        active: true, activeLeases: 0, permitsLastMinute: 0,
      },
      keyPool: { id: toGlobalId('KeyPool', `${provider}@a`), provider, capacity: 1 },
      revision: '0',
      errors: [],
    });
  });

  it('opens keys to other tenants only for whoever runs the server', async () => {
    const provider = `vendor-${randomUUID()}`;
    const add = async (tenantScope?: string) =>
      (await setting.ask(ADD, { input: { provider, name: `for ${tenantScope}`, secret: `${SECRET}-${tenantScope}`, ...(tenantScope && { tenantScope }) } }, 'adam', 'admin')).addProviderKey;
    for (const scope of ['*', 'a', undefined]) expect((await add(scope)).providerKey).toMatchObject({ tenantScope: 'a' });
    for (const scope of ['b', 'a,b']) expect((await add(scope)).errors).toMatchObject([{ code: 'E4031', rule: 'tenant_scope', path: ['input', 'tenantScope'] }]);
    const { data } = await graphql({ schema: setting.schema, source: LEASE, variableValues: { input: { provider, requestId: 'r' } }, contextValue: setting.context('bob', 'admin', 'b') });
    expect(data).toMatchObject({ leaseKey: { lease: null, secret: null, ticket: { reason: 'NO_KEYS' } } });
  });

  it('shows each tenant its own share of a pool, and its own keys of the same name', async () => {
    const provider = await newPool({ tenantScope: '*' });
    const held = await lease(provider, 'r');
    const asB = async (source: string, variableValues: object): Promise<any> => {
      const { data, errors } = await graphql({ schema: setting.schema, source, variableValues: variableValues as any, contextValue: setting.context('bob', 'admin', 'b') });
      expect(errors).toBeUndefined();
      return data;
    };
    expect(await asB(POOL, { provider })).toEqual({ keyPool: null });
    const own = { provider, name: 'first', secret: secretOf(provider) };
    expect((await asB(ADD, { input: own })).addProviderKey).toMatchObject({ providerKey: { name: 'first', tenantScope: 'b' }, keyPool: { capacity: 2 }, errors: [] });
    const { leaseKey } = await asB(LEASE, { input: { provider, requestId: 'r' } });
    expect(leaseKey.lease).toMatchObject({ holder: 'bob' });
    const share = { provider, activeLeases: 1, waiting: 0, grantsTotal: 1, keys: [{ name: 'first', permitsLastMinute: 1 }], queue: [] };
    expect(await asB(POOL, { provider })).toEqual({ keyPool: { ...share, capacity: 2, leases: [{ holder: 'bob', fencingToken: '2' }] } });
    expect(await setting.ask(POOL, { provider })).toEqual({ keyPool: { ...share, capacity: 1, leases: [{ holder: 'anna', fencingToken: '1' }] } });
    expect(held.lease.fencingToken).toBe('1');
  });

  it('keeps the secret out of the log and of the tables that are not the vault', async () => {
    const provider = await newPool();
    const events = [];
    for await (const event of setting.store.readStream(`keyPool-${provider}`)) events.push(event);
    expect(events).toHaveLength(1);
    const rows = await setting.db.query('select * from views.provider_keys where provider = $1', [provider]);
    expect(JSON.stringify([events.map(({ data, metadata }) => ({ data, metadata })), rows])).not.toContain(SECRET);
  });

  it('refuses a taken name as data, and leaves no secret behind', async () => {
    const provider = await newPool();
    const count = async () => (await setting.db.query<{ count: string }>('select count(*) from vault_secrets'))[0]!.count;
    const before = await count();
    const { addProviderKey } = await setting.ask(ADD, { input: { provider, name: 'first', secret: 'another-sample' } });
    const errors = [{ code: 'E4091', rule: 'provider_key_name_taken', path: ['input', 'name'] }];
    expect(addProviderKey).toMatchObject({ providerKey: null, keyPool: null, errors });
    expect(await count()).toBe(before);
  });

  it('judges every field', async () => {
    const limits = { concurrencyLimit: 0, rpmLimit: -1, priority: 1_001, tenantScope: ',' };
    const input = { provider: 'Upper Case', name: '', secret: 'short', ...limits };
    const { addProviderKey } = await setting.ask(ADD, { input });
    expect(addProviderKey.errors.map(({ path }: { path: string[] }) => path[1]).sort())
      .toEqual(['concurrencyLimit', 'name', 'priority', 'provider', 'rpmLimit', 'secret', 'tenantScope']);
  });

  it('is for operators', async () => {
    const input = { provider: 'p', name: 'n', secret: SECRET };
    await expect(setting.ask(ADD, { input }, 'ursula', 'user')).rejects.toThrow('role does not allow');
    await expect(setting.ask(POOL, { provider: 'p' }, 'ursula', 'user')).rejects.toThrow('role does not allow');
  });
});

describe('leaseKey', () => {
  it('answers the lease with the secret, and for the same request the same lease without it', async () => {
    const provider = await newPool();
    const first = await lease(provider, 'r');
    expect(first).toMatchObject({
      lease: { provider, holder: 'anna', fencingToken: '1', ttlSeconds: 120, providerKey: { name: 'first' } },
      ticket: null, secret: secretOf(provider), errors: [],
    });
    expect(Date.parse(first.lease.expiresAt) - Date.parse(first.lease.grantedAt)).toBeGreaterThan(118_000);
    const again = await lease(provider, 'r');
    expect({ ...again, lease: again.lease.id }).toEqual({ ...first, lease: first.lease.id, secret: null });
  });

  it('leases keys that another tenant opened to everybody, without showing them', async () => {
    const provider = await newPool();
    const { data, errors } = await graphql({ schema: setting.schema, source: LEASE, variableValues: { input: { provider, requestId: 'r' } }, contextValue: setting.context('bob', 'admin', 'b') });
    expect({ data, errors }).toMatchObject({ data: { leaseKey: { lease: { holder: 'bob', providerKey: null }, errors: [] } }, errors: undefined });
  });

  it('does not give the secret again for the same idempotency key', async () => {
    const provider = await newPool();
    const first = await lease(provider, 'r', { idempotencyKey: 'k' });
    const again = await lease(provider, 'r', { idempotencyKey: 'k' });
    expect([first.secret, again.secret]).toEqual([secretOf(provider), null]);
    expect(again.lease.id).toBe(first.lease.id);
  });

  it('answers a ticket while it waits, and the lease once it is served', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const waiting = await lease(provider, 'r', {}, 'ben');
    const ticket = { holder: 'ben', place: 1, reason: 'CONCURRENCY', retryAfterMs: null };
    expect(waiting).toMatchObject({ lease: null, secret: null, ticket, errors: [] });
    expect(await lease(provider, 's', {}, 'ben')).toMatchObject({ ticket: { place: 2, reason: 'TURN' } });
    expect((await setting.ask(POOL, { provider })).keyPool).toEqual({
      provider, activeLeases: 1, waiting: 2, capacity: 1, grantsTotal: 1,
      keys: [{ name: 'first', permitsLastMinute: 1 }], leases: [{ holder: 'anna', fencingToken: '1' }],
      queue: [{ holder: 'ben', place: 1, reason: 'CONCURRENCY' }, { holder: 'ben', place: 2, reason: 'TURN' }],
    });
    const { releaseLease } = await setting.ask(RELEASE, { input: claim(held) });
    expect(releaseLease).toEqual({ keyPool: { activeLeases: 1, waiting: 1, grantsTotal: 2 }, errors: [] });
    const served = await lease(provider, 'r', {}, 'ben');
    expect(served).toMatchObject({ lease: { holder: 'ben', fencingToken: '2' }, ticket: null, secret: secretOf(provider) });
    expect(toGlobalId('WaitTicket', Buffer.from(served.lease.id, 'base64url').toString().slice('Lease:'.length))).toBe(waiting.ticket.id);
  });

  it('says why it waits', async () => {
    const rated = await newPool({ rpmLimit: 1, concurrencyLimit: 5 });
    await lease(rated, 'r');
    const { ticket } = await lease(rated, 's');
    expect(ticket.reason).toBe('RPM');
    expect(ticket.retryAfterMs).toBeGreaterThan(50_000);
    expect(ticket.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect((await lease(await newPool({ tenantScope: 'b' }), 'r')).ticket.reason).toBe('NO_KEYS');
    expect((await lease(await newPool({ rpmLimit: 0 }), 'r')).ticket.reason).toBe('RPM');
  });

  it('refuses at once when it may not wait, in an unknown pool, and for a request that is over', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    expect(await lease(provider, 's', { maxWaitSeconds: 0 }))
      .toMatchObject({ lease: null, ticket: null, errors: [{ code: 'E4291', rule: 'no_key_free', retryAfterMs: 1_000 }] });
    expect((await lease('nobody', 's')).errors).toMatchObject([{ code: 'E4041', rule: 'pool_unknown' }]);
    await setting.ask(RELEASE, { input: claim(held) });
    expect((await lease(provider, 'r')).errors).toMatchObject([{ code: 'E4091', rule: 'request_over' }]);
  });
});

describe('heartbeatLease and releaseLease', () => {
  it('move the end of the lease', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r', { ttlSeconds: 10 });
    await setting.db.query(`update lease_beat set seen_at = seen_at - interval '5 seconds' where provider = $1`, [provider]);
    const { heartbeatLease } = await setting.ask(BEAT, { input: claim(held) });
    expect(heartbeatLease.errors).toEqual([]);
    expect(Date.parse(heartbeatLease.lease.expiresAt)).toBeGreaterThanOrEqual(Date.parse(held.lease.expiresAt));
  });

  it('refuse another token, somebody else, a lease that has lapsed, and nonsense', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const beat = async (more: object, user?: string) => {
      const { heartbeatLease } = await setting.ask(BEAT, { input: { ...claim(held), ...more } }, user);
      return heartbeatLease.errors[0].rule;
    };
    expect(await beat({ fencingToken: '7' })).toBe('stale_lease');
    expect(await beat({}, 'ben')).toBe('lease_unknown');
    expect(await beat({ leaseId: toGlobalId('Lease', 'nowhere') })).toBe('lease_unknown');
    expect(await beat({ leaseId: 'nonsense' })).toBe('global_id');
    expect((await setting.ask(RELEASE, { input: { ...claim(held), fencingToken: '7' } })).releaseLease.errors[0].rule).toBe('stale_lease');
    await setting.db.query(`update lease_beat set state = 'lapsed' where provider = $1`, [provider]);
    expect(await beat({})).toBe('stale_lease');
  });

  it('give back once, however often they are asked', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    for (const _ of [1, 2]) {
      const { releaseLease } = await setting.ask(RELEASE, { input: { ...claim(held), outcome: 'ERROR' } });
      expect(releaseLease).toEqual({ keyPool: { activeLeases: 0, waiting: 0, grantsTotal: 1 }, errors: [] });
    }
    expect(await setting.db.query('select state from views.leases where provider = $1', [provider])).toEqual([{ state: 'error' }]);
    expect((await setting.ask(BEAT, { input: claim(held) })).heartbeatLease.errors[0].rule).toBe('stale_lease');
  });
});

describe('reading', () => {
  it('finds every object by its id, for operators of the tenant only', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const { ticket } = await lease(provider, 's');
    const { keyPool } = await setting.ask('query ($p: String!) { keyPool(provider: $p) { id keys { id } } }', { p: provider });
    const ids = [keyPool.id, keyPool.keys[0].id, held.lease.id, ticket.id];
    const { nodes } = await setting.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(nodes).toEqual(['KeyPool', 'ProviderKey', 'Lease', 'WaitTicket'].map((__typename, n) => ({ __typename, id: ids[n] })));
    const asUser = setting.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }, 'ursula', 'user');
    await expect(asUser).rejects.toThrow('no such object');
  });

  it('lists pools by page, order and search', async () => {
    const providers = [await newPool(), await newPool()].sort();
    const list = '{ keyPools(first: 100, orderBy: { field: PROVIDER, direction: DESC }) { nodes { provider } } }';
    const { keyPools } = await setting.ask(list);
    const all: string[] = keyPools.nodes.map((node: { provider: string }) => node.provider);
    const listed = all.filter((provider) => providers.includes(provider));
    expect(listed).toEqual([...providers].reverse());
    const search = 'query ($search: String) { keyPools(filter: { search: $search }) { totalCount nodes { provider } } }';
    const found = await setting.ask(search, { search: providers[0] });
    expect(found.keyPools).toEqual({ totalCount: 1, nodes: [{ provider: providers[0] }] });
  });

  it('follows a pool as it changes', async () => {
    const [provider, other] = [await newPool(), await newPool()];
    const changes = await setting.follow(`subscription { keyPoolChanged(provider: "${provider}") {
      cursor node { provider activeLeases leases { holder } } } }`);
    expect((await changes.next()).value.data.keyPoolChanged.node).toBeNull();
    await lease(other, 'r');
    await lease(provider, 'r');
    let node;
    do node = (await changes.next()).value.data.keyPoolChanged.node;
    while (node.provider === provider && node.activeLeases === 0);
    expect(node).toEqual({ provider, activeLeases: 1, leases: [{ holder: 'anna' }] });
    await changes.return!();
  });
});
