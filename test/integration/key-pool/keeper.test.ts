import { randomUUID } from 'node:crypto';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { startKeyPoolKeeper } from '../../../commands/key-pool/keeper';
import { beat, insertBeats, markLapsed } from '../../../commands/key-pool/lease-beats';
import { silentLog } from '../../../src/postgres/log';
import { eventually } from '../projection-runtime/setting';
import { addKey, release, request } from '../../unit/key-pool/pool';
import { createPoolSetting, type PoolSetting } from './pool-setting';

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const HOUR = 3_600_000;

/** Sends a command as somebody inside the server would, without the API. */
async function send(provider: string, command: KeyPoolCommand): Promise<void> {
  const id = randomUUID();
  const outcome = await setting.commands.execute(keyPool, provider, { ...command, now: Date.now() } as KeyPoolCommand,
    { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: 'a' });
  expect(outcome).toMatchObject({ accepted: true });
}

/** A pool with one key and these requests; ids begin with the provider, so that they are unique. */
async function newPool(requests: Record<string, Partial<Extract<KeyPoolCommand, { type: 'RequestLease' }>>>): Promise<string> {
  const provider = `vendor-${randomUUID()}`;
  await send(provider, addKey(`${provider}/k`));
  for (const [name, more] of Object.entries(requests)) await send(provider, request(`${provider}/${name}`, more));
  return provider;
}

const stateOf = async (provider: string) => (await setting.commands.load(keyPool, provider)).state;
const beatsOf = (provider: string) => setting.db.query<{ lease_id: string; state: string; token: string }>(
  'select lease_id, state, token from lease_beat where provider = $1 order by token', [provider]);
const typesOf = async (provider: string): Promise<string[]> => {
  const types = [];
  for await (const { type } of setting.store.readStream(`keyPool-${provider}`)) types.push(type);
  return types;
};

describe('a keeper', () => {
  let keeper: ReturnType<PoolSetting['startKeeper']>;
  beforeAll(() => {
    keeper = setting.startKeeper();
  });
  afterAll(() => keeper.stop());

  it('TEST-30, TEST-31, fault 41: ends a lease that nobody uses, by the TTL of the lease, and serves the next', async () => {
    const provider = await newPool({ silent: { ttlMs: 300 }, next: { ttlMs: HOUR } });
    await eventually(async () => (await stateOf(provider)).leases.has(`${provider}/next`));
    const { leases, ended } = await stateOf(provider);
    expect([[...leases.keys()], ended.get(`${provider}/silent`)?.how]).toEqual([[`${provider}/next`], 'expired']);
    await eventually(async () => JSON.stringify(await beatsOf(provider)) === JSON.stringify([
      { lease_id: `${provider}/silent`, state: 'over', token: '1' }, { lease_id: `${provider}/next`, state: 'live', token: '2' },
    ]));
  });

  it('takes from a suspended tenant what it holds and waits for', async () => {
    const provider = await newPool({ held: { ttlMs: HOUR }, waiting: { ttlMs: HOUR }, theirs: { ttlMs: HOUR, tenant: 'b' } });
    setting.suspended.push('a');
    await eventually(async () => (await stateOf(provider)).leases.has(`${provider}/theirs`));
    setting.suspended.pop();
    const { leases, tickets } = await stateOf(provider);
    expect([[...leases.keys()], [...tickets.keys()]]).toEqual([[`${provider}/theirs`], []]);
    expect((await typesOf(provider)).slice(-3)).toEqual(['LeaseRevoked', 'TicketCancelled', 'LeaseGranted']);
  });

  it('TEST-30: takes from deactivated people and deleted service clients what they hold and wait for', async () => {
    const provider = await newPool({
      held: { ttlMs: HOUR, holder: `${randomUUID()}-gone` }, deleted: { ttlMs: HOUR, holder: `${randomUUID()}-deleted` }, theirs: { ttlMs: HOUR, holder: 'run/1' },
    });
    const { leases, tickets } = await stateOf(provider);
    const gone = leases.get(`${provider}/held`)!.holder;
    const deleted = tickets.get(`${provider}/deleted`)!.holder;
    await setting.db.query(`insert into auth_standing (user_id, tenant_id, role, active) values ($1, 'a', 'admin', false)`, [gone]);
    await setting.db.query(`insert into auth_service_clients (client_id, tenant_id, scopes, deleted, revision) values ($1, 'a', '{}', true, 1)`, [deleted]);
    await eventually(async () => (await stateOf(provider)).leases.has(`${provider}/theirs`));
    expect((await typesOf(provider)).slice(-3)).toEqual(['TicketCancelled', 'LeaseRevoked', 'LeaseGranted']);
  });

  it('serves the queue when a key has rested', async () => {
    const provider = await newPool({});
    await send(provider, { type: 'CoolDownProviderKey', keyId: `${provider}/k`, until: Date.now() + 400, reason: 'rate', now: 0 });
    await send(provider, request(`${provider}/x`, { ttlMs: HOUR }));
    expect((await stateOf(provider)).leases.size).toBe(0);
    await eventually(async () => (await stateOf(provider)).leases.has(`${provider}/x`));
  });

  it('leaves a lease alone that beats', async () => {
    const provider = await newPool({ steady: { ttlMs: 20_000 } });
    const lease = { leaseId: `${provider}/steady`, provider, token: 1, ttlMs: 20_000 };
    for (let beats = 0; beats < 3; beats++) {
      await setting.db.query(`update lease_beat set seen_at = seen_at - interval '12 seconds' where provider = $1`, [provider]);
      const other = await newPool({ silent: { ttlMs: 1 } });
      await eventually(async () => (await typesOf(other)).includes('LeaseExpired'));
      expect(await beat(setting.db, lease)).toBe(true);
    }
    expect(await typesOf(provider)).not.toContain('LeaseExpired');
  });

  it('gives every lease a row, also one that was granted from the queue', async () => {
    const provider = await newPool({ x: { ttlMs: HOUR }, y: { ttlMs: HOUR } });
    await send(provider, release(`${provider}/x`, 1));
    await eventually(async () => (await beatsOf(provider)).some(({ lease_id, state }) => lease_id === `${provider}/y` && state === 'live'));
  });

  it('TEST-36, fault 42: ends tickets past their wait limit', async () => {
    const provider = await newPool({ x: { ttlMs: HOUR }, y: { maxWaitMs: 100 }, z: { maxWaitMs: HOUR } });
    await eventually(async () => (await typesOf(provider)).includes('TicketTimedOut'));
    expect([...(await stateOf(provider)).tickets.keys()]).toEqual([`${provider}/z`]);
  });

  it('does each thing once, also together with another keeper', async () => {
    const second = setting.startKeeper();
    const provider = await newPool({ x: { ttlMs: 200 }, y: { maxWaitMs: 100 } });
    await eventually(async () => (await stateOf(provider)).leases.size + (await stateOf(provider)).tickets.size === 0);
    await second.stop();
    expect((await typesOf(provider)).sort())
      .toEqual(['LeaseExpired', 'LeaseGranted', 'LeaseRequested', 'LeaseRequested', 'ProviderKeyAdded', 'TicketTimedOut']);
  });

  it('finishes what another keeper began: a marked lease expires although nobody marks it again', async () => {
    const provider = await newPool({ x: { ttlMs: 200 } });
    const lapsed = `insert into lease_beat (lease_id, provider, token, ttl_ms, state) values ($1, $2, 1, 200, 'lapsed')
      on conflict (lease_id) do update set state = 'lapsed'`;
    await setting.db.query(lapsed, [`${provider}/x`, provider]);
    await eventually(async () => (await typesOf(provider)).includes('LeaseExpired'));
  });
});

describe('the table of heartbeats', () => {
  const row = (leaseId: string, ttlMs: number) => ({ leaseId, provider: 'table', token: 5, ttlMs });
  const age = (leaseId: string) =>
    setting.db.query(`update lease_beat set seen_at = now() - interval '1 minute' where lease_id = $1`, [leaseId]);
  const state = async (leaseId: string) => {
    const [row] = await setting.db.query<{ state: string }>('select state from lease_beat where lease_id = $1', [leaseId]);
    return row?.state;
  };

  it('TEST-31, fault 40: marks by the own TTL of each lease, and lets no late heartbeat revive one, nor one with another token', async () => {
    const names = ['short', 'long'].map((name) => `${name}-${randomUUID()}`) as [string, string];
    await insertBeats(setting.db, [row(names[0], 50), row(names[1], HOUR)]);
    await Promise.all(names.map(age));
    await eventually(async () => {
      await markLapsed(setting.db, 0);
      return (await state(names[0])) === 'lapsed';
    });
    expect(await state(names[1])).toBe('live');
    expect(await beat(setting.db, row(names[0], 50))).toBe(false);
    expect(await beat(setting.db, row(names[1], HOUR))).toBe(true);
    expect(await beat(setting.db, { ...row(names[1], HOUR), token: 4 })).toBe(false);
  });

  it('fault 43: gives everybody a full TTL from the start of the keeper', async () => {
    const name = `graced-${randomUUID()}`;
    await insertBeats(setting.db, [row(name, 30_000)]);
    await age(name);
    await markLapsed(setting.db, Date.now());
    expect(await state(name)).toBe('live');
  });

  it('never brings a lease back that is over', async () => {
    const name = `over-${randomUUID()}`;
    await insertBeats(setting.db, [row(name, 50)]);
    await setting.db.query(`update lease_beat set state = 'over' where lease_id = $1`, [name]);
    await insertBeats(setting.db, [row(name, 50)]);
    expect(await beat(setting.db, row(name, 50))).toBe(false);
    expect(await state(name)).toBe('over');
  });
});

describe('fault 39: a server whose clock is wrong', () => {
  it.each([['an hour fast', HOUR], ['an hour slow', -HOUR]])('grants leases that end neither early nor late, when it is %s', async (_how, skewMs) => {
    const provider = await newPool({});
    const id = randomUUID();
    const wrong = (command: KeyPoolCommand) => setting.commands.execute(keyPool, provider, { ...command, now: Date.now() + skewMs } as KeyPoolCommand,
      { commandId: randomUUID(), correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: 'a' });
    expect(await wrong(request(`${provider}/x`, { ttlMs: 1_000 }))).toMatchObject({ accepted: true });
    const granted = Date.now();
    const keeper = setting.startKeeper();
    await eventually(async () => (await stateOf(provider)).leases.size === 0, 20_000);
    expect(Date.now() - granted).toBeGreaterThan(800);
    await keeper.stop();
    expect(await typesOf(provider)).toEqual(['ProviderKeyAdded', 'LeaseRequested', 'LeaseGranted', 'LeaseExpired']);
  });

  it.each([
    ['said so once', HOUR, 0, 1], ['not suspected because the database was slow', 0, 700, 0],
  ])('is %s', async (_what, aheadMs, slowMs, told) => {
    const errors: unknown[] = [];
    let looks = 0;
    const slow = async <Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      const rows = await setting.db.query<Row>(sql, values);
      if (!sql.includes('clock_timestamp')) return rows;
      looks++;
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      return rows;
    };
    const keeper = startKeyPoolKeeper({
      commands: setting.commands, db: { query: slow }, suspended: async () => [], clock: () => new Date(Date.now() + aheadMs), sweepMs: 50,
      log: { ...silentLog, error: (...what: unknown[]) => void errors.push(what) },
    });
    await eventually(async () => looks >= 3, 20_000);
    await keeper.stop();
    expect(errors).toHaveLength(told);
  });
});
