import { startRebuild, swapIn } from '../../../src/projection-runtime/builds';
import { Fenced, moveCheckpoint, type BuildId } from '../../../src/projection-runtime/checkpoints';
import { acquire, release, renew } from '../../../src/projection-runtime/leases';
import { inTransaction } from '../../../src/postgres/pool';
import { accountView } from './account-view';
import { createSetting, type Setting } from './setting';

describe('a checkpoint', () => {
  let setting: Setting;
  const id: BuildId = { name: 'account', version: 1, build: 1 };
  beforeAll(async () => {
    setting = await createSetting();
    const runtime = await setting.runtime({ projectors: [accountView()] });
    await runtime.stop();
  });
  afterAll(() => setting.close());

  const wanted = [{ name: 'account', version: 1 }];
  const own = async (owner: string) => (await acquire(setting.pool, owner, wanted, 60_000))[0];
  const expire = () => setting.pool.query("update projection_checkpoint set lease_until = now() - interval '1 second'");
  const move = (epoch: bigint, from: bigint, to: bigint) =>
    inTransaction(setting.pool, (client) => moveCheckpoint(client, { id, epoch, from, to, notice: undefined, durable: true }));

  it('moves forward only, from where its owner knows it, and only for the newest owner', async () => {
    const first = (await own('first'))!;
    expect(await move(first.epoch, -1n, 10n)).toBe('live');
    await expect(move(first.epoch, 5n, 20n)).rejects.toThrow(Fenced);
    await expect(move(first.epoch, 10n, 10n)).rejects.toThrow(Fenced);
    await expect(move(first.epoch, 10n, 9n)).rejects.toThrow(Fenced);
    await expire();
    const second = (await own('second'))!;
    expect(second.epoch).toBe(first.epoch + 1n);
    await expect(move(first.epoch, 10n, 20n)).rejects.toThrow(Fenced);
    expect(await move(second.epoch, 10n, 2n ** 62n)).toBe('live');
    await release(setting.pool, [second]);
  });

  it('takes rows along when it moves, and only then', async () => {
    await setting.pool.query('create table mark (id text primary key)');
    const owner = (await own('writer'))!;
    const over = (rows: string) => `insert into mark select v.id from json_to_recordset(${rows}) as v (id text)`;
    const mark = { over, rows: '[{"id":"a"},{"id":"b"}]' };
    const position = async () => BigInt((await setting.pool.query('select position from projection_checkpoint')).rows[0].position);
    const from = await position();
    const moving = { id, from, to: from + 1n, notice: undefined, durable: false };
    await expect(moveCheckpoint(setting.pool, { ...moving, epoch: owner.epoch - 1n }, [mark])).rejects.toThrow(Fenced);
    await expect(moveCheckpoint(setting.pool, { ...moving, epoch: owner.epoch, from: from - 1n }, [mark])).rejects.toThrow(Fenced);
    expect((await setting.pool.query('select id from mark')).rows).toEqual([]);
    await moveCheckpoint(setting.pool, { ...moving, epoch: owner.epoch }, [mark]);
    expect((await setting.pool.query('select id from mark order by id')).rows).toEqual([{ id: 'a' }, { id: 'b' }]);
    const further = { ...moving, from: from + 1n, to: from + 2n, epoch: owner.epoch };
    await expect(moveCheckpoint(setting.pool, further, [mark])).rejects.toThrow(/duplicate key/);
    expect(await position()).toBe(from + 1n);
    await release(setting.pool, [owner]);
  });

  it('belongs to one owner until its lease ends, is given back, or taken over', async () => {
    const first = (await own('first'))!;
    expect(await own('second')).toBeUndefined();
    expect(await renew(setting.pool, [first], 60_000)).toEqual(new Set(['account/1/1']));
    await expire();
    const second = (await own('second'))!;
    expect(await renew(setting.pool, [first], 60_000)).toEqual(new Set());
    await release(setting.pool, [first]);
    expect(await own('third')).toBeUndefined();
    await release(setting.pool, [second]);
    const third = (await own('third'))!;
    expect(third.epoch).toBe(second.epoch + 1n);
    await release(setting.pool, [third]);
  });

  it('of a build lets queries see it only once it is as far as the live one', async () => {
    const next = await inTransaction(setting.pool, (client) => startRebuild(client, accountView(), 'any log'));
    const owned = (await acquire(setting.pool, 'builder', wanted, 60_000)).find(({ build }) => build === next.build)!;
    expect(await swapIn(setting.pool, owned, owned.epoch)).toBe(false);
    await setting.pool.query('update projection_checkpoint set position = $1 where build = $2', [2n ** 63n - 1n, next.build]);
    expect(await swapIn(setting.pool, owned, owned.epoch - 1n)).toBe(false);
    expect(await swapIn(setting.pool, owned, owned.epoch)).toBe(true);
    const { rows } = await setting.pool.query('select build, role from projection_checkpoint order by build');
    expect(rows).toEqual([{ build: 1, role: 'retired' }, { build: 2, role: 'live' }]);
    const shown = await setting.pool.query("select definition from pg_views where schemaname = 'views' and viewname = 'account'");
    expect(shown.rows[0].definition).toContain('account_v1_r2');
  });
});
