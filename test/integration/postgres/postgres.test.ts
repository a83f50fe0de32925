import { Client, type Pool } from 'pg';
import { migrate } from '../../../src/postgres/migrations';
import { createNotifications } from '../../../src/postgres/notifications';
import { createPool, inTransaction } from '../../../src/postgres/pool';
import { isTransient } from '../../../src/postgres/transient';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { cutConnections, eventually } from '../projection-runtime/setting';

describe('Postgres', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 4, applicationName: 'postgres test', statementTimeoutMs: 500 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  const NOTIFICATIONS = 'keyledger notifications';

  describe('a transaction', () => {
    beforeAll(() => pool.query('create table entry (n int primary key)'));

    it('is committed when the work returns and rolled back when it throws', async () => {
      const inserted = await inTransaction(pool, (client) => client.query('insert into entry values (1) returning n'));
      expect(inserted.rows).toEqual([{ n: 1 }]);
      await expect(inTransaction(pool, async (client) => {
        await client.query('insert into entry values (2)');
        throw new Error('second thoughts');
      })).rejects.toThrow('second thoughts');
      expect((await pool.query('select n from entry')).rows).toEqual([{ n: 1 }]);
    });

    it('whose connection is cut fails as transient, and the pool goes on', async () => {
      const failure = await inTransaction(pool, async (client) => {
        const { rows } = await client.query('select pg_backend_pid() as pid');
        await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
        await client.query('insert into entry values (3)');
      }).catch((error) => error);
      expect([isTransient(failure), failure.message]).toEqual([true, expect.any(String)]);
      expect((await pool.query('select n from entry')).rows).toEqual([{ n: 1 }]);
    });

    it('that is too slow or wrong is no transient failure', async () => {
      expect(isTransient(await pool.query('select pg_sleep(5)').catch((error) => error))).toBe(false);
      expect(isTransient(await pool.query('insert into entry values (1)').catch((error) => error))).toBe(false);
    });

    it('to a server that is not there fails as transient', async () => {
      const nowhere = createPool('postgresql://u:p@127.0.0.1:1/none', { max: 1, applicationName: 'nowhere' });
      expect(isTransient(await nowhere.query('select 1').catch((error) => error))).toBe(true);
      await nowhere.end();
    });
  });

  describe('notifications', () => {
    it('arrive, and after a lost connection every listener is told to look again', async () => {
      const notifications = createNotifications(database.url);
      const heard: string[] = [];
      let gaps = 0;
      const end = notifications.listen('news', { message: (payload) => heard.push(payload), gap: () => gaps++ });
      await eventually(() => gaps === 1);
      await pool.query("select pg_notify('news', 'one'), pg_notify('other', 'not for us')");
      await eventually(() => heard.length === 1);
      await cutConnections(pool, NOTIFICATIONS);
      await eventually(() => gaps === 2);
      await pool.query("select pg_notify('news', 'two')");
      await eventually(() => heard.length === 2);
      expect(heard).toEqual(['one', 'two']);
      end();
      await pool.query("select pg_notify('news', 'three')");
      await notifications.stop();
      expect(heard).toHaveLength(2);
      const open = 'select from pg_stat_activity where application_name = $1 and datname = current_database()';
      await eventually(async () => (await pool.query(open, [NOTIFICATIONS])).rowCount === 0);
    });

    it('are stopped at once even while there is no server', async () => {
      const notifications = createNotifications('postgresql://u:p@127.0.0.1:1/none');
      notifications.listen('news', { message: () => {}, gap: () => {} });
      await notifications.stop();
    });
  });

  describe('migrations', () => {
    it('are applied once by any number of servers that start at once, and again change nothing', async () => {
      const fresh = await createTestDatabase();
      await Promise.all([migrate(fresh.url), migrate(fresh.url), migrate(fresh.url)]);
      await migrate(fresh.url);
      const client = new Client({ connectionString: fresh.url });
      await client.connect();
      const { rows } = await client.query('select name from schema_migration order by id');
      expect(rows.map(({ name }) => name)).toEqual([...new Set(rows.map(({ name }) => name))]);
      expect(rows.map(({ name }) => name)).toContain('001_projection');
      const tables = await client.query(
        "select to_regclass('graphile_worker.jobs') as jobs, to_regclass('projection_checkpoint') as checkpoints");
      expect(tables.rows).toEqual([{ jobs: 'graphile_worker.jobs', checkpoints: 'projection_checkpoint' }]);
      await client.end();
      await fresh.drop();
    });
  });
});
