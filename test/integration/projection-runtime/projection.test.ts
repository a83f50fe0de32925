import { accountView, accountWriter, moved, movementReactor, named, newEvent, opened } from './account-view';
import { createSetting, eventually, type Setting } from './setting';

describe('a view kept by the runtime', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await createSetting();
  });
  afterEach(() => setting.close());

  const positionOf = async (name: string): Promise<bigint> => {
    const { rows } = await setting.pool.query<{ position: string }>('select position from projection_checkpoint where name = $1', [name]);
    return BigInt(rows[0]!.position);
  };

  it('has the rows that the events before and after its start say', async () => {
    const append = accountWriter(setting.store);
    await append('a', opened('a', ['x', 'with "quotes", {braces} and \\slashes']), moved('a', 'm1', 7));
    const advanced: [string, bigint][] = [];
    const runtime = await setting.runtime({ projectors: [accountView()] });
    runtime.onAdvance((view, position) => advanced.push([view, position]));
    await append('a', moved('a', 'm2', -3), named('a', 'Ada'));
    const last = await append('b', opened('b'), newEvent('AccountErased', { accountId: 'b' }), opened('b', ['again']));
    await eventually(() => advanced.some(([, position]) => position >= last));

    const { rows } = await setting.pool.query('select * from views.account order by account_id');
    expect(rows).toMatchObject([
      {
        tenant_id: 'tenant-1', account_id: 'a', owner_name: 'Ada', balance: '4', tags: ['x', 'with "quotes", {braces} and \\slashes'],
        details: { 'quoted "key"': ['x', 'with "quotes", {braces} and \\slashes'], revision: 0 },
        limits: null, opened_at: new Date('2026-01-02T03:04:05.678Z'), closed: false, ratio: null,
      },
      { account_id: 'b', tags: ['again'], owner_name: null, balance: '0', position: last.toString() },
    ]);
    expect(await positionOf('account')).toBe(last);
    const [status] = await runtime.status();
    expect(status).toMatchObject({ name: 'account', state: 'running', role: 'live', position: last, head: last, progress: 1 });
  });

  it('moves its checkpoint over events of others', async () => {
    const runtime = await setting.runtime({ projectors: [accountView()] });
    const { position } = await setting.store.append('other-1', 'no_stream', [newEvent('SomethingElse', {})]);
    await eventually(async () => (await runtime.status())[0]!.position === position);
  });

  it('enqueues the jobs of a reactor once, however often it restarts', async () => {
    const append = accountWriter(setting.store);
    await append('a', opened('a'), moved('a', 'm1', 1), moved('a', 'm2', 2));
    const first = await setting.runtime({ reactors: [movementReactor] });
    const jobs = async (): Promise<unknown[]> =>
      (await setting.pool.query('select key, payload from graphile_worker._private_jobs order by key')).rows;
    await eventually(async () => (await jobs()).length === 2);
    await first.stop();
    await setting.pool.query('delete from graphile_worker._private_jobs');
    const last = await append('a', moved('a', 'm3', 3));
    await setting.runtime({ reactors: [movementReactor] });
    await eventually(async () => (await positionOf('movement_reactor')) === last);
    expect(await jobs()).toEqual([{ key: 'book m3', payload: { movementId: 'm3', amount: 3 } }]);
  });
});
