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
    inTransaction(setting.pool, (client) => moveCheckpoint(client, { id, epoch, from, to, notice: undefined }));

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
    await setting.pool.query('update projection_checkpoint set position = $1 where build = $2', [2n ** 62n, next.build]);
    expect(await swapIn(setting.pool, owned, owned.epoch - 1n)).toBe(false);
    expect(await swapIn(setting.pool, owned, owned.epoch)).toBe(true);
    const { rows } = await setting.pool.query('select build, role from projection_checkpoint order by build');
    expect(rows).toEqual([{ build: 1, role: 'retired' }, { build: 2, role: 'live' }]);
    const shown = await setting.pool.query("select definition from pg_views where schemaname = 'views' and viewname = 'account'");
    expect(shown.rows[0].definition).toContain('account_v1_r2');
  });
});
