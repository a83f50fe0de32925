import { randomUUID } from 'node:crypto';
import { graphql } from 'graphql';
import { keyPool } from '../../../commands/key-pool/decider';
import { createKeyLeases } from '../../../commands/key-pool/key-leases';
import { startKeyPoolKeeper, type KeyPoolKeeper } from '../../../commands/key-pool/keeper';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { silentLog } from '../../../src/postgres/log';
import { eventually } from '../../support/eventually';
import { poolActs } from './pool-acts';
import { createPoolSetting, type PoolSetting } from './pool-setting';

/** Rows of the list of behaviours (TEST) and of faults that callers of the API meet. */

const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  lease { id fencingToken ttlSeconds } ticket { id place } ticketId secret errors { code rule } } }`;
const BEAT = 'mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { lease { id } errors { code rule } } }';
const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code rule } } }';

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const { newPool } = poolActs(() => setting);

async function ask(document: string, input: object, user = 'anna', tenant = 'a'): Promise<any> {
  const { data, errors } = await graphql({ schema: setting.schema, source: document, variableValues: { input }, contextValue: setting.context(user, 'owner', tenant) });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(Object.values(data!)[0]));
}

const lease = (provider: string, requestId: string, more: object = {}, user = 'anna', tenant = 'a'): Promise<any> =>
  ask(LEASE, { provider, requestId, ...more }, user, tenant);
const claim = ({ lease: { id, fencingToken } }: any): { leaseId: string; fencingToken: string } => ({ leaseId: id, fencingToken });
const stateOf = async (provider: string) => (await setting.commands.load(keyPool, provider)).state;
const ruleOf = ({ errors }: any): string | undefined => errors[0]?.rule;

/** What the table does with a lease that was silent for its TTL. */
async function lapse(provider: string): Promise<void> {
  await setting.db.query(`update lease_beat set seen_at = seen_at - interval '1 day' where provider = $1`, [provider]);
}

/** Ends every lease of a pool as keepers do when no heartbeat came. */
async function expireNow(provider: string): Promise<void> {
  const { state } = await setting.commands.load(keyPool, provider);
  for (const { id: leaseId, token, tenant, grantedAt, ttlMs } of state.leases.values()) {
    const id = randomUUID();
    await setting.db.query(`update lease_beat set state = 'lapsed' where lease_id = $1`, [leaseId]);
    await setting.commands.execute(keyPool, provider, { type: 'ExpireLease', leaseId, token, now: grantedAt + ttlMs },
      { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant });
  }
}

test('TEST-22: of those who wait, whoever came first is served first', async () => {
  const provider = await newPool();
  let held = await lease(provider, 'held');
  for (const name of ['A', 'B', 'C']) expect((await lease(provider, name)).ticket).not.toBeNull();
  const order: string[] = [];
  for (let left = ['A', 'B', 'C']; left.length > 0;) {
    await ask(RELEASE, claim(held));
    for (const name of left) {
      const answer = await lease(provider, name);
      if (!answer.lease) continue;
      order.push(name);
      held = answer;
    }
    left = left.filter((name) => !order.includes(name));
  }
  expect(order).toEqual(['A', 'B', 'C']);
});

test('TEST-23: a tenant that no key is open to holds up nobody behind it', async () => {
  const provider = await newPool({ tenantScope: 'b' });
  expect((await lease(provider, 'head')).ticket).toMatchObject({ place: 1 });
  expect((await lease(provider, 'behind', {}, 'bob', 'b')).lease).not.toBeNull();
});

test('TEST-29: the lease list shows each lease with its TTL and its last heartbeat', async () => {
  const provider = await newPool();
  await lease(provider, 'r', { ttlSeconds: 77 });
  const { keyPool: pool } = await setting.ask('query ($p: String!) { keyPool(provider: $p) { leases { state ttlSeconds grantedAt lastHeartbeatAt expiresAt } } }', { p: provider });
  const [{ state, ttlSeconds, lastHeartbeatAt, expiresAt }] = pool.leases;
  expect({ state, ttlSeconds }).toEqual({ state: 'ACTIVE', ttlSeconds: 77 });
  expect(Date.parse(expiresAt) - Date.parse(lastHeartbeatAt)).toBe(77_000);
});

describe('with a keeper', () => {
  // It has to look on for the TTL of a lease before it ends one, which it then has done for the second test.
  let keeper: KeyPoolKeeper;
  beforeAll(() => {
    keeper = setting.startKeeper();
  });
  afterAll(() => keeper.stop());

  test('TEST-30: a lease lives as long as its heartbeats come, and ends when they stop', async () => {
    const provider = await newPool({ concurrencyLimit: 2 });
    const [beating, silent] = [await lease(provider, 'beating', { ttlSeconds: 8 }), await lease(provider, 'silent', { ttlSeconds: 8 })];
    const begun = Date.now();
    await eventually(async () => {
      expect((await ask(BEAT, claim(beating))).errors).toEqual([]);
      return (await stateOf(provider)).leases.size === 1;
    }, 20_000);
    expect(Date.now() - begun).toBeGreaterThan(7_500);
    expect([ruleOf(await ask(BEAT, claim(silent))), (await ask(BEAT, claim(beating))).errors]).toEqual(['stale_lease', []]);
  });

  test('TEST-31: a lease with a long TTL outlives callers with a short one', async () => {
    const provider = await newPool({ concurrencyLimit: 2 });
    const long = await lease(provider, 'long', { ttlSeconds: 120 });
    await setting.db.query(`update lease_beat set seen_at = seen_at - interval '70 seconds' where provider = $1`, [provider]);
    await lease(provider, 'short', { ttlSeconds: 60 });
    const other = await newPool();
    await lease(other, 'r', { ttlSeconds: 5 });
    await setting.db.query(`update lease_beat set seen_at = seen_at - interval '6 seconds' where provider = $1`, [other]);
    await eventually(async () => (await stateOf(other)).leases.size === 0, 20_000);
    expect((await ask(BEAT, claim(long))).errors).toEqual([]);
  });
});

test('TEST-32, fault 38: whoever lost a lease is told so at every gate, and disturbs nobody', async () => {
  const provider = await newPool();
  const { commands, db, vault, notifications } = setting;
  const leases = createKeyLeases({ commands, db, vault, notifications, clock: () => new Date(), log: silentLog });
  const id = randomUUID();
  const command = { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: 'a' } as const;
  const own = await leases.acquire({ provider, requestId: id, holder: 'run/1', tenant: 'a', ttlMs: 5_000, maxWaitMs: 0, command, signal: new AbortController().signal });
  if ('refusal' in own) throw new Error(own.refusal.rule);
  const waiting = await lease(provider, 'outside', { ttlSeconds: 5, maxWaitSeconds: 3_600 });
  await expireNow(provider);
  await eventually(async () => own.lost.aborted);
  await expect(own.takePermits(1)).rejects.toMatchObject({ refusal: { code: 'E4091', rule: 'stale_lease' } });

  const outside = await lease(provider, 'outside');
  expect(outside.ticketId).toBe(waiting.ticketId);
  await lease(provider, 'next', { maxWaitSeconds: 3_600 }, 'ben');
  await expireNow(provider);
  expect([ruleOf(await ask(BEAT, claim(outside))), ruleOf(await ask(RELEASE, claim(outside))), ruleOf(await lease(provider, 'outside'))])
    .toEqual(['stale_lease', 'stale_lease', 'request_over']);
  await own.release('ok', { ...command, commandId: randomUUID() });
  const next = await lease(provider, 'next', {}, 'ben');
  expect((await ask(BEAT, claim(next), 'ben')).errors).toEqual([]);
  await leases.close();
});

test('TEST-33: releasing twice is harmless', async () => {
  const provider = await newPool();
  const held = await lease(provider, 'r');
  for (const _ of [1, 2]) expect((await ask(RELEASE, claim(held))).errors).toEqual([]);
  const next = await lease(provider, 's');
  expect((await ask(RELEASE, claim(held))).errors).toEqual([]);
  expect((await ask(BEAT, claim(next))).errors).toEqual([]);
});

test('TEST-34: who waits gives up at the wait limit and leaves nothing behind; who may not wait takes no place', async () => {
  const provider = await newPool();
  const keeper = setting.startKeeper();
  await lease(provider, 'held');
  expect(ruleOf(await lease(provider, 'now', { maxWaitSeconds: 0 }))).toBe('no_key_free');
  expect((await stateOf(provider)).tickets.size).toBe(0);
  await lease(provider, 'patient', { maxWaitSeconds: 3_600 });
  await lease(provider, 'short', { maxWaitSeconds: 1 });
  await eventually(async () => (await stateOf(provider)).tickets.size === 1);
  expect(ruleOf(await lease(provider, 'short'))).toBe('request_over');
  await keeper.stop();
});

test('TEST-36, fault 42: a waiter that is gone is passed over once its wait is over', async () => {
  const provider = await newPool();
  const keeper = setting.startKeeper();
  const held = await lease(provider, 'held');
  await lease(provider, 'vanished', { maxWaitSeconds: 1 });
  await lease(provider, 'next');
  await eventually(async () => (await stateOf(provider)).tickets.size === 1);
  await ask(RELEASE, claim(held));
  expect((await lease(provider, 'next')).lease).not.toBeNull();
  await keeper.stop();
});

test('TEST-37, fault 37: 50 callers at once, on two nodes, never get more than the keys allow', async () => {
  const provider = await newPool({ concurrencyLimit: 7, rpmLimit: 5 });
  const elsewhere = createCommandRuntime({ store: setting.store });
  const requests = Array.from({ length: 50 }, (_, n) => (n % 2 === 0
    ? lease(provider, `r${n}`).then((answer) => answer.lease?.fencingToken as string | undefined)
    : elsewhere.execute(keyPool, provider, {
      type: 'RequestLease', ticketId: `${provider}/${n}`, requestId: `x/${n}`, tenant: 'a', holder: 'x', ttlMs: 60_000, maxWaitMs: 60_000, now: Date.now(),
    }, { commandId: randomUUID(), correlationId: 'c', causationId: 'c', actor: { kind: 'system', id: 'test' }, tenant: 'a' },
    ({ leases }) => leases.get(`${provider}/${n}`)?.token.toString()).then((outcome) => (outcome.accepted ? outcome.answer : undefined))));
  const tokens = (await Promise.all(requests)).filter((token) => token !== undefined);
  expect(tokens.map(Number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  expect((await stateOf(provider)).tickets.size).toBe(45);
  await elsewhere.close();
});

test('fault 43: leases survive the restart of all servers, none is freed early, and none is stuck', async () => {
  const provider = await newPool({ concurrencyLimit: 2 });
  const [kept, silent] = [await lease(provider, 'kept', { ttlSeconds: 3_600 }), await lease(provider, 'silent', { ttlSeconds: 5 })];
  await lapse(provider);
  // What was silent for a day while no server was there has a full TTL from their start.
  const commands = createCommandRuntime({ store: setting.store });
  const begun = Date.now();
  const keeper = startKeyPoolKeeper({ commands, db: setting.db, suspended: async () => [], log: silentLog, sweepMs: 50 });
  await eventually(async () => (await stateOf(provider)).leases.size === 1, 20_000);
  expect(Date.now() - begun).toBeGreaterThan(4_900);
  expect([(await ask(BEAT, claim(kept))).errors, ruleOf(await ask(BEAT, claim(silent)))]).toEqual([[], 'stale_lease']);
  await keeper.stop();
  await commands.close();
});

test('fault 45: a lease is not renewed beyond its longest life', async () => {
  const provider = await newPool();
  const held = await lease(provider, 'r');
  setting.advance(86_400_000);
  const refused = await ask(BEAT, claim(held));
  setting.advance(-86_400_000);
  expect(ruleOf(refused)).toBe('lease_lifetime_over');
});

test('fault 47: the lease of somebody else is as unknown as one that never was, and the attempt is written down', async () => {
  const provider = await newPool();
  const held = await lease(provider, 'r');
  const before = setting.refused.length;
  for (const [user, tenant] of [['ben', 'a'], ['bob', 'b']] as const) {
    for (const [document, act] of [[BEAT, 'heartbeatLease'], [RELEASE, 'releaseLease']] as const) {
      expect(ruleOf(await ask(document, claim(held), user, tenant))).toBe('lease_unknown');
      expect(setting.refused.at(-1)).toMatchObject({ act, refusal: { code: 'E4041', rule: 'lease_unknown' } });
    }
  }
  expect(setting.refused.length - before).toBe(4);
  expect((await ask(BEAT, claim(held))).errors).toEqual([]);
});
