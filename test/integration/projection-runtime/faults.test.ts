import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, SubscribeOptions } from '../../../src/event-store/port';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import { StoreMismatch } from '../../../src/projection-runtime/builds';
import type { AnyProjector } from '../../../src/projection-runtime/projector';
import type { ProjectionRuntime } from '../../../src/projection-runtime/runtime';
import type { ProjectionStatus } from '../../../src/projection-runtime/status';
import type { Sealed } from '../../../src/vault/port';
import { accountView, accountWriter, moved, named, newEvent, opened } from './account-view';
import { createSetting, cutConnections, eventually, type Setting } from './setting';

const quick = { retries: [1, 1], outage: [10, 20] };

describe('a projection', () => {
  let setting: Setting;
  let append: ReturnType<typeof accountWriter>;
  beforeEach(async () => {
    setting = await createSetting();
    append = accountWriter(setting.store);
  });
  afterEach(() => setting.close());

  const one = async (runtime: ProjectionRuntime, name = 'account'): Promise<ProjectionStatus> =>
    (await runtime.status()).find((status) => status.name === name)!;
  const reached = (runtime: ProjectionRuntime, position: bigint, name = 'account') =>
    eventually(async () => (await one(runtime, name)).position === position);
  const balances = async (): Promise<Record<string, string>> => {
    const { rows } = await setting.pool.query('select account_id, balance from views.account');
    return Object.fromEntries(rows.map(({ account_id, balance }) => [account_id, balance]));
  };
  const ask = async (command: string): Promise<void> => {
    await setting.pool.query("insert into projection_request (name, command) values ('account', $1)", [command]);
    await setting.pool.query("select pg_notify('projection_control', '')");
  };

  /** Sums of what the log says, independent of any projection. */
  async function expectedBalances(): Promise<Record<string, string>> {
    const sums: Record<string, number> = {};
    for await (const { type, data } of setting.store.readAll()) {
      const id = data.accountId as string;
      if (type === 'AccountOpened') sums[id] ??= 0;
      if (type === 'MoneyMoved' && id in sums) sums[id]! += data.amount as number;
    }
    return Object.fromEntries(Object.entries(sums).map(([id, sum]) => [id, String(sum)]));
  }

  describe('that meets an event it cannot apply', () => {
    const poisons = {
      'data that does not fit': newEvent('MoneyMoved', { accountId: 'a', movementId: 'p', amount: 'many' }),
      'a newer version': { ...moved('a', 'p', 1), metadata: { ...moved('a', 'p', 1).metadata, v: 2 } },
      'a value that the table refuses': moved('a', 'p', 3_000_000_000),
      'a projector that throws': named('a', 'throw'),
    };
    const throwing = accountView();
    const view = accountView({ project: (events, open) => {
      if (events.some(({ data }) => 'name' in data && data.name === 'throw')) throw new Error('a bug in the projector');
      return throwing.project(events, open);
    } });

    it.each(Object.entries(poisons))('stops before %s, visibly, while others go on, and goes on once it is skipped', async (_, poison) => {
      await append('a', opened('a'), moved('a', 'm1', 1), moved('a', 'm2', 2));
      const before = await append('a', moved('a', 'm3', 3));
      const at = await append('a', poison);
      const after = await append('a', moved('a', 'm4', 4));
      const other: AnyProjector = { name: 'other', version: 1, events: {}, tables: `${__dirname}/other-tables.sql`, project: () => [] };
      const runtime = await setting.runtime({ projectors: [view, other], times: quick });

      const stopped = await eventually(async () => {
        const status = await one(runtime);
        return status.state === 'stopped' && status;
      });
      const error = expect.stringMatching(/\w/);
      expect(stopped).toMatchObject({ position: before, errorPosition: at, errorEventType: poison.type, error });
      expect(await balances()).toEqual({ a: '6' });
      await reached(runtime, after, 'other');

      await ask('skip');
      await reached(runtime, after);
      expect(await one(runtime)).toMatchObject({ state: 'running', error: null, errorPosition: null });
      expect(await balances()).toEqual({ a: '10' });
      expect((await setting.pool.query('select name, position, event_type, error from projection_skip')).rows).toEqual([
        { name: 'account', position: at.toString(), event_type: poison.type, error: stopped.error }]);
    });

    it('goes on after a retry once the cause is gone', async () => {
      let broken = true;
      const inner = accountView();
      const fixed = await setting.runtime({ times: quick, projectors: [accountView({ project: (events, open) => {
        if (broken) throw new Error('not yet');
        return inner.project(events, open);
      } })] });
      const last = await append('a', opened('a'), moved('a', 'm', 5));
      await eventually(async () => (await one(fixed)).state === 'stopped');
      broken = false;
      await ask('retry');
      await reached(fixed, last);
      expect(await balances()).toEqual({ a: '5' });
    });
  });

  it('writes rows and checkpoint together or not at all, wherever the connection breaks', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()], times: { ...quick, pace: 1 } });
    await append('a', opened('a'));
    await append('b', opened('b'));
    let last = 0n;
    for (let round = 0; round < 40; round++) {
      last = await append(round % 2 ? 'a' : 'b', moved(round % 2 ? 'a' : 'b', `m${round}`, round));
      if (round % 4 === 0) {
        await cutConnections(setting.pool, 'test').catch(() => {});
      }
      await sleep(round % 5);
    }
    await reached(runtime, last);
    expect(await balances()).toEqual(await expectedBalances());
  });

  it('undoes rows whose checkpoint cannot be moved', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()], times: quick });
    await append('a', opened('a'));
    const before = await append('a', moved('a', 'm1', 1));
    await reached(runtime, before);
    await setting.pool.query(`
      create function fail_move() returns trigger language plpgsql as $$ begin raise exception 'crash between rows and checkpoint'; end $$;
      create trigger fail_move before update of position on projection_checkpoint for each row execute function fail_move()`);
    const after = await append('a', moved('a', 'm2', 2));
    await eventually(async () => (await one(runtime)).state === 'stopped');
    expect(await balances()).toEqual({ a: '1' });
    await setting.pool.query('drop trigger fail_move on projection_checkpoint');
    await ask('retry');
    await reached(runtime, after);
    expect(await balances()).toEqual({ a: '3' });
  });

  it('starts again from the database when that has lost its last commits', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()], times: quick });
    const early = await append('a', opened('a'), moved('a', 'm1', 1));
    await reached(runtime, early);
    await setting.pool.query(`begin;
      create table kept as select * from account_v1.account;
      create table kept_position as select position from projection_checkpoint; commit`);
    const late = await append('a', moved('a', 'm2', 2));
    await reached(runtime, late);
    await setting.pool.query(`begin;
      update projection_checkpoint set position = (select position from kept_position);
      delete from account_v1.account; insert into account_v1.account select * from kept; commit`);
    const last = await append('a', moved('a', 'm3', 4));
    await reached(runtime, last);
    expect(await balances()).toEqual({ a: '7' });
  });

  describe('on two nodes', () => {
    it('is kept by one of them, and by the other once the first has stopped', async () => {
      const first = await setting.runtime({ projectors: [accountView()], owner: 'first' });
      const second = await setting.runtime({ projectors: [accountView()], owner: 'second' });
      await reached(first, await append('a', opened('a'), moved('a', 'm1', 1)));
      expect((await one(second)).owner).toBe('first');
      await first.stop();
      await reached(second, await append('a', moved('a', 'm2', 2)));
      expect(await one(second)).toMatchObject({ owner: 'second', state: 'running' });
      expect(await balances()).toEqual({ a: '3' });
    });

    it('is taken over when the owner is silent, and what the former owner then writes is undone', async () => {
      const gate = { closed: false, waiting: 0, open: () => {} };
      const opening = new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      // A frozen process: in the middle of a batch its projector waits for the vault, and its leases are not renewed.
      const frozenVault = { open: async () => {
        gate.waiting++;
        await opening;
        return ['secret'];
      } };
      const view = accountView({ project: (events, open) => {
        void open;
        return accountView().project(events, open);
      } });
      const sealed = { sealed: 1, alg: 'A256GCM', subject: 's', field: 'name', keyId: 'k', nonce: 'n', ciphertext: 'c', tag: 't' };
      const deaf = { listen: () => () => {}, stop: async () => {} };
      const frozen = await setting.runtime({
        projectors: [view], owner: 'frozen', vault: frozenVault, notifications: deaf, leaseMs: 600_000, times: quick,
      });
      await reached(frozen, await append('a', opened('a'), moved('a', 'm1', 1)));
      const last = await append('a', named('a', sealed), moved('a', 'm2', 2));
      await eventually(() => gate.waiting > 0);
      await setting.pool.query("update projection_checkpoint set lease_until = now() - interval '1 second'");
      const next = await setting.runtime({ projectors: [view], owner: 'next', vault: { open: async () => ['secret'] } });
      await reached(next, last);
      gate.open();
      await reached(next, await append('a', moved('a', 'm3', 4)));
      await frozen.stop();
      expect(await one(next)).toMatchObject({ owner: 'next', state: 'running' });
      expect(await balances()).toEqual({ a: '7' });
    });

    it('is not waited for when it is known to be gone', async () => {
      const dead = await setting.runtime({ projectors: [accountView()], owner: 'dead', leaseMs: 600_000 });
      await reached(dead, await append('a', opened('a')));
      await dead.stop();
      // As kill -9 leaves it.
      await setting.pool.query("update projection_checkpoint set owner = 'dead', lease_until = now() + interval '10 minutes'");
      const last = await append('a', moved('a', 'm1', 1));
      const next = await setting.runtime({ projectors: [accountView()], owner: 'next', gone: ['dead'] });
      await reached(next, last);
      expect(await one(next)).toMatchObject({ owner: 'next', state: 'running' });
    });

    it('has exact counters while ownership goes to and fro', async () => {
      const nodes = await Promise.all(['first', 'second'].map((owner) =>
        setting.runtime({ projectors: [accountView()], owner, leaseMs: 60, times: { ...quick, pace: 1 } })));
      await append('a', opened('a'));
      let last = 0n;
      for (let round = 0; round < 40; round++) {
        last = await append('a', moved('a', `m${round}`, 1));
        if (round % 5 === 0) await setting.pool.query('update projection_checkpoint set lease_until = now() - interval \'1 second\'');
        await sleep(10);
      }
      await reached(nodes[0]!, last);
      expect(await balances()).toEqual({ a: '40' });
      expect((await setting.pool.query('select count(*)::int as n from views.movement')).rows[0].n).toBe(40);
    });
  });

  it('is refused when its checkpoint belongs to another log', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()] });
    await runtime.stop();
    const other = createInMemoryEventStore({ identity: 'another-log' });
    const starting = setting.runtime({ projectors: [accountView()], store: other });
    await expect(starting).rejects.toThrow(StoreMismatch);
    await expect(starting).rejects.toThrow(/account.*another-log/s);
  });

  it('goes on when the subscription fails, ends, or falls silent', async () => {
    let attempts = 0;
    const faulty: EventStore = { ...setting.store, subscribeToAll: (options?: SubscribeOptions) => {
      const attempt = attempts++;
      return (async function* () {
        let count = 0;
        for await (const item of setting.store.subscribeToAll(options)) {
          yield item;
          if (item.kind !== 'event' || ++count < 3) continue;
          if (attempt % 3 === 0) throw new Error('connection dropped');
          if (attempt % 3 === 1) return;
          await new Promise(() => {});
        }
      })();
    } };
    const runtime = await setting.runtime({ projectors: [accountView()], store: faulty, silenceMs: 100 });
    await append('a', opened('a'));
    for (let round = 0; round < 14; round++) await reached(runtime, await append('a', moved('a', `m${round}`, 1)));
    expect(await balances()).toEqual({ a: '14' });
    expect(attempts).toBeGreaterThan(4);
  });

  it('reads for itself what the shared events do not reach back to', async () => {
    const inner = accountView();
    const gate = { open: () => {}, entered: false };
    const opening = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const slow = accountView({ project: (events, open) => {
      void open;
      return inner.project(events, open);
    } });
    const sealed = { sealed: 1, alg: 'A256GCM', subject: 's', field: 'name', keyId: 'k', nonce: 'n', ciphertext: 'c', tag: 't' };
    const vault = { open: async () => {
      gate.entered = true;
      await opening;
      return ['x'];
    } };
    const runtime = await setting.runtime({ projectors: [slow], vault, tailCapacity: 8, times: quick });
    await append('a', opened('a'), named('a', sealed));
    await eventually(() => gate.entered);
    let last = 0n;
    for (let round = 0; round < 100; round++) last = await append('a', moved('a', `m${round}`, 1));
    gate.open();
    await reached(runtime, last);
    expect(await balances()).toEqual({ a: '100' });
  });

  it('opens sealed texts, and waits while the vault cannot', async () => {
    const sealed = { sealed: 1, alg: 'A256GCM', subject: 's', field: 'name', keyId: 'k', nonce: 'n', ciphertext: 'c', tag: 't' };
    const view = accountView({ project: (events, open) => events.flatMap((each) => {
      if (each.type !== 'AccountNamed') return accountView().project([each], open);
      const name = open(each.data.name as Sealed) ?? 'erased';
      return accountView().project([{ ...each, data: { ...each.data, name } }], open);
    }) });
    let outages = 6;
    const vault = { open: async (tenant: string, all: readonly { subject: string }[]) => {
      if (outages-- > 0) throw new Error('the key is missing');
      return all.map(({ subject }) => (subject === 'erased' ? null : `${subject} of ${tenant}`));
    } };
    const runtime = await setting.runtime({ projectors: [view], vault, times: quick });
    await append('b', opened('b'), named('b', { ...sealed, subject: 'erased', nonce: 'other' }));
    await reached(runtime, await append('a', opened('a'), named('a', sealed)));
    const { rows } = await setting.pool.query('select account_id, owner_name from views.account order by account_id');
    expect(rows).toEqual([{ account_id: 'a', owner_name: 's of tenant-1' }, { account_id: 'b', owner_name: 'erased' }]);
  });
});
