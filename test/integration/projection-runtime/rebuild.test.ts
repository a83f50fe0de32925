import { runProjectionsCli } from '../../../src/cli/projections';
import { createLiveFeeds } from '../../../src/live/feeds';
import type { ProjectionRuntime } from '../../../src/projection-runtime/runtime';
import { accountView, accountWriter, moved, movementReactor, named, newEvent, opened } from './account-view';
import { createSetting, eventually, type Setting } from './setting';

describe('builds of a view', () => {
  let setting: Setting;
  let append: ReturnType<typeof accountWriter>;
  beforeEach(async () => {
    setting = await createSetting();
    append = accountWriter(setting.store);
  });
  afterEach(() => setting.close());

  const builds = async (runtime: ProjectionRuntime): Promise<string[]> =>
    (await runtime.status()).map(({ version, build, role }) => `v${version}.${build} ${role}`);
  const rows = async (table = 'views.account'): Promise<unknown[]> => (await setting.pool.query(`select * from ${table} order by 2`)).rows;
  const cli = async (...argv: string[]): Promise<{ code: number; lines: string[] }> => {
    const lines: string[] = [];
    // As `console.log` does, which prints all that it is given.
    return { code: await runProjectionsCli(argv, setting.url, (...words: unknown[]) => lines.push(words.join(' '))), lines };
  };

  async function history(count: number): Promise<bigint> {
    let last = 0n;
    for (let index = 0; index < count; index++) {
      const id = `a${index % 50}`;
      if (index < 50) await append(id, opened(id, ['tag']));
      last = await append(id, moved(id, `m${index}`, index));
    }
    return last;
  }
  const caughtUp = (runtime: ProjectionRuntime, position: bigint) =>
    eventually(async () => (await runtime.status()).every((status) => status.position === position && status.role === 'live'));

  it('are made anew beside the live one and swapped while writing goes on, with the same rows', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()] });
    await caughtUp(runtime, await history(2_500));
    const before = await rows('views.movement');
    const writing = (async () => {
      let last = 0n;
      for (let index = 0; index < 60; index++) {
        last = await append('busy', ...(index === 0 ? [opened('busy')] : []), moved('busy', `b${index}`, 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return last;
    })();
    const { code, lines } = await cli('rebuild', 'account');
    expect({ code, lines }).toMatchObject({ code: 0 });
    expect(lines[lines.length - 1]).toBe('Queries now see the new build of account.');
    await caughtUp(runtime, await writing);
    await eventually(async () => (await builds(runtime)).join() === 'v1.2 live');
    expect((await rows('views.movement')).slice(0, before.length)).toHaveLength(before.length);
    expect((await setting.pool.query('select sum(balance)::int as sum from views.account')).rows[0].sum).toBe(60 + (2_499 * 2_500) / 2);
    expect((await setting.pool.query("select from pg_namespace where nspname in ('account_v1')")).rowCount).toBe(0);
  });

  it('give the same rows as the live one, table by table', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()] });
    await caughtUp(runtime, await history(300));
    const before = [await rows('views.account'), await rows('views.movement')];
    await runtime.rebuild('account');
    await eventually(async () => (await builds(runtime)).join() === 'v1.2 live');
    expect([await rows('views.account'), await rows('views.movement')]).toEqual(before);
  });

  it('are loaded without their indexes, which they have once caught up', async () => {
    const last = await history(1_200);
    const inner = accountView();
    let during: string[] | undefined;
    const indexes = async (): Promise<string[]> => {
      const found = await setting.pool.query("select indexname as name from pg_indexes where schemaname = 'account_v1' order by 1");
      return found.rows.map(({ name }) => name);
    };
    const gate = { open: () => {} };
    const opening = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const sealed = { sealed: 1, alg: 'A256GCM', subject: 's', field: 'name', keyId: 'k', nonce: 'n', ciphertext: 'c', tag: 't' };
    await append('a0', named('a0', sealed));
    const vault = { open: async () => {
      during ??= await indexes();
      gate.open();
      return ['x'];
    } };
    const runtime = await setting.runtime({ projectors: [accountView({ project: (events, open) => {
      void open;
      return inner.project(events, open);
    } })], vault });
    await opening;
    expect(during).toEqual(['account_pkey', 'movement_pkey']);
    await eventually(async () => (await runtime.status())[0]!.position! > last);
    await eventually(async () => (await indexes()).length === 4);
    expect(await indexes()).toEqual(['account_pkey', 'account_position', 'movement_pkey', 'movement_position']);
  });

  it('of a new version are shown once caught up, the old one stays until dropped', async () => {
    const first = await setting.runtime({ projectors: [accountView()] });
    await caughtUp(first, await history(100));
    await first.stop();
    const inner = accountView();
    const project: typeof inner.project = (events, open) => inner.project(events, open).map((change) => (
      change.kind === 'put' && change.table === 'account' ? { ...change, set: { ...change.set, owner_name: 'version 2' } } : change));
    const second = await setting.runtime({ projectors: [accountView({ version: 2, project })] });
    await eventually(async () => (await builds(second)).join() === 'v1.1 retired,v2.1 live');
    expect((await setting.pool.query('select distinct owner_name from views.account')).rows).toEqual([{ owner_name: 'version 2' }]);
    expect((await setting.pool.query('select from account_v1.account')).rowCount).toBe(50);
    expect(await cli('drop', 'account')).toEqual({ code: 0, lines: ['1 former builds of account were dropped'] });
    expect(await builds(second)).toEqual(['v2.1 live']);
  });

  it('end the feeds that began before', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()] });
    const feeds = createLiveFeeds({ pool: setting.pool, reads: setting.reads, notifications: setting.notifications, projectors: [accountView()] });
    await caughtUp(runtime, await history(10));
    const subscription = feeds.subscribe({ view: 'account', tenant: 'tenant-1' });
    const { value: { cursor } } = await subscription.next();
    const next = subscription.next().catch((error) => error.refusal);
    await runtime.rebuild('account');
    expect(await next).toMatchObject({ code: 'E4004', rule: 'cursor_outdated' });
    const resumed = feeds.subscribe({ view: 'account', tenant: 'tenant-1', after: cursor });
    await expect(resumed.next()).rejects.toMatchObject({ refusal: { rule: 'cursor_outdated' } });
    await feeds.close();
  });

  it('that stop are shown by the CLI with the reason, and the live one goes on', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()], reactors: [movementReactor], times: { retries: [1] } });
    await history(3);
    await append('bad', newEvent('AccountOpened', { accountId: 'bad', tags: 7 }));
    await eventually(async () => (await runtime.status()).every(({ state }) => state === 'stopped'));
    const status = await cli('status', 'account');
    expect(status.lines.join('\n')).toMatch(/stopped.*before event AccountOpened at \d+\n.*tags/s);
    const list = await cli('list');
    expect(list.lines).toHaveLength(2);
    expect(list.lines).toContain(status.lines[0]);
    const rebuild = await cli('rebuild', 'account');
    expect(rebuild.code).toBe(1);
    expect(rebuild.lines.join('\n')).toContain('before event AccountOpened');
    expect(await cli('rebuild', 'account')).toMatchObject({ code: 1, lines: [expect.stringContaining('being built already')] });
    expect(await cli('rebuild', 'movement_reactor')).toMatchObject({ code: 1, lines: [expect.stringContaining('never rebuilt')] });
    expect(await cli('skip', 'account')).toMatchObject({ code: 0, lines: [expect.stringContaining('without the event AccountOpened')] });
    expect(await cli('retry', 'movement_reactor')).toMatchObject({ code: 0 });
  });

  it('that do not exist are named by the CLI, and wrong usage is explained', async () => {
    await setting.runtime({ projectors: [accountView()] });
    expect(await cli('rebuild', 'nothing')).toEqual({ code: 1, lines: ['There is no projection named nothing. There are: account'] });
    for (const argv of [[], ['rebuild'], ['explode', 'account'], ['list', 'account', 'x']]) {
      expect(await cli(...argv)).toMatchObject({ code: 2, lines: [expect.stringContaining('Usage')] });
    }
  });

  it('by two servers that start at once are made once', async () => {
    await append('a', opened('a'));
    const runtimes = await Promise.all(['one', 'two', 'three'].map((owner) => setting.runtime({ projectors: [accountView()], owner })));
    await eventually(async () => (await rows()).length === 1);
    expect(await builds(runtimes[0]!)).toEqual(['v1.1 live']);
  });

  it('with a table that another view has are refused', async () => {
    const starting = setting.runtime({ projectors: [accountView(), accountView({ name: 'twin' })] });
    await expect(starting).rejects.toThrow('both have a table named account');
  });
});
