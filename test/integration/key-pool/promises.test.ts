import { claim, LEASE, newProvider, POOL, poolActs, RELEASE, secretOf } from './pool-acts';
import { createPoolSetting, type PoolSetting } from './pool-setting';

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const { act, addKey, asOther, beat, lease, poolOf, release } = poolActs(() => setting);

test('fault 47: a lease is unknown to everybody but its holder, and their attempts are recorded', async () => {
  const provider = newProvider();
  await addKey(provider, { tenantScope: '*' });
  const held = await lease(provider, 'r');
  const before = setting.refused.length;
  expect((await beat(held, 'ben')).errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect((await release(held, 'ben')).errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect((await asOther(RELEASE, { input: claim(held) })).releaseLease.errors).toMatchObject([{ code: 'E4041', rule: 'lease_unknown' }]);
  expect(setting.refused.slice(before).map(({ act }) => act)).toEqual(['heartbeatLease', 'releaseLease', 'releaseLease']);
  expect((await beat(held)).errors).toEqual([]);
});

describe('what of the pool everybody can rely on', () => {
  it('TEST-24: serves from the key of highest priority, then the least loaded, then the one with the most rate left', async () => {
    const provider = newProvider();
    await addKey(provider, { name: 'spare', priority: 0 });
    await addKey(provider, { name: 'wide', priority: 5, concurrencyLimit: 4, rpmLimit: 10 });
    await addKey(provider, { name: 'narrow', priority: 5, concurrencyLimit: 2, rpmLimit: 100 });
    const grants: [string, Awaited<ReturnType<typeof lease>>][] = [];
    for (let n = 0; n < 7; n++) {
      const held = await lease(provider, `r${n}`);
      grants.push([held.lease.providerKey.name, held]);
    }
    const [first, ...rest] = grants.map(([name]) => name);
    expect(['wide', 'narrow']).toContain(first);
    expect(rest.slice(0, 5).sort()).toEqual(['wide', 'wide', 'wide', 'wide', 'narrow', 'narrow'].filter((name, n, all) => n !== all.indexOf(first!)).sort());
    expect(rest[5]).toBe('spare');
    for (const [, held] of grants) await release(held);
    // Equal load: 'narrow' has used the smaller share of its rate.
    expect((await lease(provider, 'again')).lease.providerKey.name).toBe('narrow');

    const shared = newProvider();
    await addKey(shared, { name: 'two', concurrencyLimit: 2 });
    await addKey(shared, { name: 'four', concurrencyLimit: 4 });
    const names: string[] = [];
    for (let n = 0; n < 3; n++) names.push((await lease(shared, `r${n}`)).lease.providerKey.name);
    // Whichever came first: then a half, or two quarters, of each are in use.
    expect(names.sort()).toEqual(['four', 'four', 'two']);
  });

  it('TEST-25: never has more leases on a key than its limit', async () => {
    const provider = newProvider();
    await addKey(provider, { concurrencyLimit: 2 });
    const answers = await Promise.all(['r', 's', 't'].map((requestId) => lease(provider, requestId)));
    expect(answers.filter((answer) => answer.lease)).toHaveLength(2);
    expect(answers.find((answer) => answer.ticket)!.ticket).toMatchObject({ reason: 'CONCURRENCY', place: 1 });
    expect(await poolOf(provider)).toMatchObject({ activeLeases: 2, waiting: 1, keys: [{ activeLeases: 2 }] });
  });

  it('TEST-26: grants no more than the rate in any 60 seconds, and shows the window', async () => {
    const provider = newProvider();
    await addKey(provider, { rpmLimit: 2, concurrencyLimit: 9 });
    const first = await lease(provider, 'r');
    setting.advance(40_000);
    await lease(provider, 's');
    const { ticket } = await lease(provider, 't', { maxWaitSeconds: 600 });
    expect(ticket.reason).toBe('RPM');
    expect(ticket.retryAfterMs).toBeLessThanOrEqual(20_000);
    const full = await poolOf(provider);
    expect(full).toMatchObject({ grantsLastMinute: 2, waiting: 1, keys: [{ permitsLastMinute: 2 }] });
    const [key] = full.keys;
    expect(key.permitTimes).toEqual([...key.permitTimes as string[]].sort((a, b) => Date.parse(a) - Date.parse(b)));
    expect(Date.parse(key.permitTimes[1]) - Date.parse(key.permitTimes[0])).toBeGreaterThanOrEqual(40_000);
    setting.advance(21_000);
    // Whatever happens in the pool serves whoever can be served by now.
    expect(await release(first)).toEqual({ keyPool: { waiting: 0 }, errors: [] });
    expect(await poolOf(provider)).toMatchObject({ grantsTotal: 3, waiting: 0, keys: [{ permitsLastMinute: 2 }] });
  });

  it('TEST-28: opens a key to the tenants of its scope and to nobody else', async () => {
    const provider = newProvider();
    await addKey(provider, { tenantScope: 'b, c', concurrencyLimit: 3 });
    expect((await lease(provider, 'r')).ticket.reason).toBe('NO_KEYS');
    expect((await asOther(LEASE, { input: { provider, requestId: 'r' } })).leaseKey).toMatchObject({ lease: { holder: 'bob', providerKey: null }, errors: [] });
    expect((await asOther(POOL, { provider })).keyPool).toMatchObject({ capacity: 3, activeLeases: 1, keys: [] });
    expect(await poolOf(provider)).toMatchObject({ capacity: 0, activeLeases: 0, waiting: 1, leases: [] });

    await addKey(provider, { name: 'of others', tenantScope: 'a', priority: 9, concurrencyLimit: 2 });
    const { leaseKey } = await asOther(LEASE, { input: { provider, requestId: 's' } });
    expect(leaseKey).toMatchObject({ lease: { holder: 'bob' }, errors: [] });
    const pool = await poolOf(provider);
    expect(pool).toMatchObject({ capacity: 2, activeLeases: 1, waiting: 0, leases: [{ holder: 'anna', providerKey: { name: 'of others' } }] });
    // The other tenant has a free place on a key of higher priority before its eyes, and does not get it.
    expect(pool.keys.find(({ name }: { name: string }) => name === 'of others')).toMatchObject({ activeLeases: 1 });
  });

  it('TEST-31: shows each lease with a time to live of its own, and says when it was last in use', async () => {
    const provider = newProvider();
    await addKey(provider, { concurrencyLimit: 2 });
    const [long, short] = [await lease(provider, 'r', { ttlSeconds: 120 }), await lease(provider, 's', { ttlSeconds: 60 })];
    for (const { lease: { lastHeartbeatAt, expiresAt, ttlSeconds, state } } of [long, short]) {
      expect(state).toBe('ACTIVE');
      expect(Date.parse(expiresAt) - Date.parse(lastHeartbeatAt)).toBe(ttlSeconds * 1_000);
    }
    await setting.db.query(`update lease_beat set seen_at = seen_at - interval '90 seconds' where provider = $1`, [provider]);
    const keeper = setting.startKeeper();
    // By its own TTL only the shorter one may end. A keeper counts from its own start on, so nothing ends at once.
    expect((await beat(long)).errors).toEqual([]);
    await keeper.stop();
    expect(await poolOf(provider)).toMatchObject({ activeLeases: 2 });
  });

  it('TEST-35: tells every reason to wait', async () => {
    const reasonIn = async (...keys: Record<string, unknown>[]): Promise<string> => {
      const provider = newProvider();
      for (const [n, key] of keys.entries()) await addKey(provider, { name: `key ${n}`, ...key });
      for (let n = 0; n < 9; n++) {
        const { ticket } = await lease(provider, `r${n}`);
        if (ticket) return ticket.reason;
      }
      throw new Error('Everybody was served');
    };
    expect(await reasonIn({ tenantScope: 'b' })).toBe('NO_KEYS');
    expect(await reasonIn({ rpmLimit: 1, concurrencyLimit: 2 })).toBe('RPM');
    expect(await reasonIn({})).toBe('CONCURRENCY');
    expect(await reasonIn({ rpmLimit: 1 })).toBe('CONCURRENCY_AND_RPM');
    expect(await reasonIn({}, { rpmLimit: 1, concurrencyLimit: 2 })).toBe('MIXED');
  });

  it('TEST-82: shows leases and who waits with key, holder and heartbeat, and no secret anywhere', async () => {
    const provider = newProvider();
    const secret = secretOf(provider);
    await addKey(provider, { secret });
    await lease(provider, 'r', {}, 'ben');
    await lease(provider, 's', {}, 'bea');
    const pool = await poolOf(provider);
    expect(pool).toMatchObject({
      leases: [{ holder: 'ben', state: 'ACTIVE', fencingToken: '1', providerKey: { name: 'first' } }],
      queue: [{ holder: 'bea', place: 1, reason: 'CONCURRENCY' }],
    });
    const events = [];
    for await (const { data, metadata } of setting.store.readStream(`keyPool-${provider}`)) events.push({ data, metadata });
    const rows = await Promise.all(['key_pools', 'provider_keys', 'leases', 'wait_tickets'].map((table) =>
      setting.db.query(`select * from views.${table} where provider = $1`, [provider])));
    expect(JSON.stringify([pool, events, rows])).not.toContain(secret);
  });

  it('shows how long requests waited, and estimates how long one will', async () => {
    const provider = newProvider();
    const key = await addKey(provider);
    let held = await lease(provider, 'r0', { maxWaitSeconds: 3_600 });
    expect(await poolOf(provider)).toMatchObject({ waitP50Ms: 0, waitP95Ms: 0 });
    expect((await lease(provider, 'r1', { maxWaitSeconds: 3_600 })).ticket.estimatedWaitMs).toBeNull();
    setting.advance(30_000);
    await release(held);
    held = await lease(provider, 'r1');
    const waits = (await poolOf(provider));
    expect(waits.waitP50Ms).toBe(0);
    expect(waits.waitP95Ms).toBeGreaterThanOrEqual(30_000);
    const [second, third] = [await lease(provider, 'r2'), await lease(provider, 'r3')];
    for (const [{ ticket }, place] of [[second, 1], [third, 2]] as const) {
      expect(ticket.place).toBe(place);
      expect(ticket.estimatedWaitMs).toBeGreaterThanOrEqual(30_000 * place);
      expect(ticket.estimatedWaitMs).toBeLessThan(90_000 * place);
      expect(Date.parse(ticket.deadline) - Date.parse(ticket.enqueuedAt)).toBe(60_000);
    }
    await act('coolDownProviderKey', { providerKeyId: key.id, seconds: 3_600 });
    await release(held);
    expect((await lease(provider, 'r2')).ticket.estimatedWaitMs).toBeGreaterThan(3_500_000);
  });
});
