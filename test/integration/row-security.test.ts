import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, type Pool } from 'pg';
import { projectRoot } from '../../src/paths';
import { createPool } from '../../src/postgres/pool';
import { bypassesRowSecurity, createTenantReads, type TenantReads } from '../../src/postgres/tenant-reads';
import { ensureView } from '../../src/projection-runtime/builds';
import { projectors } from '../../src/registry';
import { createMigratedDatabase, type TestDatabase } from '../support/database';
import { asPlainRole } from '../support/plain-role';

const TENANTS = ['tenant-a', 'tenant-b'];

let database: TestDatabase;
let url: string;
let pool: Pool;
let reads: TenantReads;

beforeAll(async () => {
  database = await createMigratedDatabase();
  url = await asPlainRole(database.url);
  pool = createPool(url, { max: 4, applicationName: 'row security test' });
  for (const projector of projectors) await ensureView(pool, projector, 'store-1');
  reads = createTenantReads(url, { max: 3, applicationName: 'reads test' });
});
afterAll(async () => {
  await reads.close();
  await pool.end();
  await database.drop();
});

/** Every table of every view, whether its rows are hidden from other tenants, and by which name queries read it. */
async function tables(): Promise<{ view: string; schema: string; table: string; shared: boolean }[]> {
  const { rows } = await pool.query<{ schema: string; table: string }>(
    `select n.nspname as schema, c.relname as "table" from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = any($1) order by 1, 2`, [projectors.map(({ name, version }) => `${name}_v${version}`)]);
  return rows.map((row) => {
    const projector = projectors.find(({ name, version }) => `${name}_v${version}` === row.schema)!;
    return { ...row, view: projector.name, shared: projector.shared === true };
  });
}

/** A row for each tenant, with a made-up value in every column that needs one. */
async function fill(schema: string, table: string): Promise<void> {
  const { rows: columns } = await pool.query<{ name: string; type: string }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_attribute a where a.attrelid = format('%I.%I', $1::text, $2::text)::regclass and a.attnum > 0 and not a.attisdropped`, [schema, table]);
  const made = (type: string): string => {
    if (type.endsWith('[]')) return "'{}'";
    if (/int|numeric/.test(type)) return '1';
    if (type.startsWith('timestamp')) return 'now()';
    if (type === 'boolean') return 'true';
    if (type === 'jsonb') return "'{}'";
    return type === 'date' ? 'current_date' : "'x'";
  };
  for (const tenant of TENANTS) {
    const values = columns.map(({ name, type }) => (name === 'tenant_id' ? `'${tenant}'` : type === 'text' ? `'${name} of ${tenant}'` : made(type)));
    await pool.query(`insert into "${schema}"."${table}" (${columns.map(({ name }) => `"${name}"`).join()}) values (${values.join()})`);
  }
}

describe('a statement that forgot the tenant', () => {
  test('sees no row of another tenant in any table of any view', async () => {
    const all = await tables();
    expect(all.length).toBeGreaterThanOrEqual(projectors.length);
    const seen: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const { schema, table, shared } of all) {
      await fill(schema, table);
      for (const tenant of [...TENANTS, 'tenant-c', undefined]) {
        const rows = await reads.of(tenant).query<{ tenant_id: string }>(`select tenant_id from views."${table}"`);
        const own = TENANTS.filter((each) => each === tenant);
        seen[`${table} for ${tenant}`] = rows.map(({ tenant_id }) => tenant_id).sort();
        expected[`${table} for ${tenant}`] = shared ? TENANTS : own;
      }
    }
    expect(seen).toEqual(expected);
  });

  test('sees none in the tables below the views either, cannot change or delete them, and counts none', async () => {
    for (const { schema, table } of (await tables()).filter(({ shared }) => !shared)) {
      const place = `"${schema}"."${table}"`;
      const db = reads.of('tenant-a');
      expect(await db.query(`select distinct tenant_id from ${place}`)).toEqual([{ tenant_id: 'tenant-a' }]);
      expect(await db.query(`select count(*)::int as count from ${place} where tenant_id <> 'tenant-a' or tenant_id is null`)).toEqual([{ count: 0 }]);
      expect(await db.query(`update ${place} set position = 9 where tenant_id = 'tenant-b' returning 1`)).toEqual([]);
      expect(await db.query(`delete from ${place} where tenant_id = 'tenant-b' returning 1`)).toEqual([]);
      await expect(db.query(`update ${place} set tenant_id = 'tenant-b'`)).rejects.toThrow('row-level security');
    }
  });

  test('has a tenant to be judged by in every table', async () => {
    const { rows } = await pool.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname = any($1)
         and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull)`,
      [projectors.map(({ name, version }) => `${name}_v${version}`)]);
    expect(rows).toEqual([]);
  });

  test('only the list of tenants is read without one', () => {
    const rooms = ['commands', 'queries', 'projections'].flatMap((room) => readdirSync(path.join(projectRoot, room), { recursive: true, encoding: 'utf8' }).map((file) => path.join(room, file)));
    const users = rooms.filter((file) => file.endsWith('.ts') && readFileSync(path.join(projectRoot, file), 'utf8').includes('dbOfServer'));
    expect(users.map((file) => path.dirname(file)).filter((folder) => folder !== 'queries/tenant')).toEqual([]);
  });

  test('only views that say so are shared', () => {
    expect(projectors.filter(({ shared }) => shared).map(({ name }) => name)).toEqual(['key_pools', 'concurrency_slots']);
  });
});

describe('connections that serve many tenants', () => {
  test('never answer one with the rows of another, however the statements come', async () => {
    const asked = Array.from({ length: 300 }, (_, index) => [...TENANTS, undefined][(index * 7) % 3]);
    const answers = await Promise.all(asked.map((tenant, index) => (index % 10 === 0
      ? reads.of(tenant).query('select 1 / 0').catch(() => [])
      : reads.of(tenant).query<{ tenant_id: string }>('select tenant_id from views.users'))));
    asked.forEach((tenant, index) => {
      if (index % 10 !== 0) expect(answers[index]).toEqual(tenant === undefined ? [] : [{ tenant_id: tenant }]);
    });
  });

  test('are told for whom only when that changes', async () => {
    const lone = createTenantReads(url, { max: 1, applicationName: 'lone reads' });
    const sent: string[] = [];
    const original = Client.prototype.query;
    const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
      const [statement] = args as [string | { text: string }];
      sent.push((typeof statement === 'string' ? statement : statement.text).slice(0, 17));
      return (original as (...rest: unknown[]) => unknown).apply(this, args) as never;
    });
    try {
      for (const tenant of ['tenant-a', 'tenant-a', 'tenant-b', 'tenant-b', 'tenant-a']) await lone.of(tenant).query('select 1');
    } finally {
      spy.mockRestore();
      await lone.close();
    }
    expect(sent).toEqual(['select set_config', 'select 1', 'select 1', 'select set_config', 'select 1', 'select 1', 'select set_config', 'select 1']);
  });

  test('cannot be asked for every tenant', () => {
    expect(() => reads.of('*')).toThrow('every tenant');
  });

  test('take settings that the connection string has already', async () => {
    const given = createTenantReads(`${url}${url.includes('?') ? '&' : '?'}options=-c%20work_mem%3D5MB`, { max: 1, applicationName: 'given options' });
    const [row] = await given.of('tenant-a').query("select current_setting('work_mem') as memory, current_setting('keyledger.tenant') as tenant");
    await given.close();
    expect(row).toEqual({ memory: '5MB', tenant: 'tenant-a' });
  });
});

test('the server itself sees all tenants, also on connections of other makers none', async () => {
  expect((await pool.query('select tenant_id from views.users order by 1')).rows).toEqual(TENANTS.map((tenant_id) => ({ tenant_id })));
  const stranger = new Client({ connectionString: url });
  await stranger.connect();
  try {
    expect((await stranger.query('select tenant_id from views.users')).rows).toEqual([]);
  } finally {
    await stranger.end();
  }
});

test('tables of an older build are secured at the next start', async () => {
  const { name, version } = projectors.find((projector) => projector.name === 'users')!;
  const place = `${name}_v${version}.users`;
  await pool.query(`drop policy tenancy on ${place}`);
  await pool.query(`alter table ${place} disable row level security, no force row level security`);
  await pool.query('alter view views.users reset (security_invoker)');
  expect(await reads.of('tenant-c').query('select 1 from views.users')).toHaveLength(2);
  for (const projector of projectors) await ensureView(pool, projector, 'store-1');
  expect(await reads.of('tenant-c').query('select 1 from views.users')).toHaveLength(0);
  const { rows } = await pool.query("select reloptions from pg_class where oid = 'views.users'::regclass");
  expect(rows).toEqual([{ reloptions: ['security_invoker=true'] }]);
});

test('a role that is beyond row-level security is noticed', async () => {
  expect(await bypassesRowSecurity(pool)).toBe(false);
  const superuser = createPool(database.url, { max: 1, applicationName: 'superuser' });
  expect(await bypassesRowSecurity(superuser)).toBe(true);
  await superuser.end();
});
