import { graphql } from 'graphql';
import type { Pool } from 'pg';
import type { Context, Db } from '../../src/graphql/context';
import { contextMaker, type Services } from '../../src/graphql/make-context';
import { toGlobalId } from '../../src/graphql/node';
import { buildApiSchema } from '../../src/graphql/schema';
import { createPool } from '../../src/postgres/pool';
import { createTenantReads, type TenantReads } from '../../src/postgres/tenant-reads';
import { ensureView } from '../../src/projection-runtime/builds';
import { projectors, resolvers } from '../../src/registry';
import { createMigratedDatabase, type TestDatabase } from '../support/database';
import { asPlainRole } from '../support/plain-role';
import { person } from '../support/principals';

const TENANTS = 10;
const ROWS = 20_000;
const TENANT = 'tenant-3';

let database: TestDatabase;
let pool: Pool;
let reads: TenantReads;
const schema = buildApiSchema(resolvers);

beforeAll(async () => {
  database = await createMigratedDatabase();
  const url = await asPlainRole(database.url);
  pool = createPool(url, { max: 2, applicationName: 'plans test' });
  for (const projector of projectors) await ensureView(pool, projector, 'store-1');
  reads = createTenantReads(url, { max: 1, applicationName: 'plans reads' });
  for (const view of ['users', 'virtual_keys', 'runs', 'audit_log']) await fill(view);
}, 120_000);
afterAll(async () => {
  await reads.close();
  await pool.end();
  await database.drop();
});

/** Rows of ten tenants in every table of a view; the texts of a column differ, a hundred people share the rows. */
async function fill(view: string): Promise<void> {
  const projector = projectors.find(({ name }) => name === view)!;
  const place = `${projector.name}_v${projector.version}`;
  const { rows } = await pool.query<{ table: string; name: string; type: string }>(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by c.relname, a.attnum`, [place]);
  for (const table of new Set(rows.map((row) => row.table))) {
    const columns = rows.filter((row) => row.table === table);
    await pool.query(`insert into ${place}.${table} (${columns.map(({ name }) => name).join()})
      select ${columns.map(({ name, type }) => made(name, type)).join()} from generate_series(1, ${ROWS}) n`);
    await pool.query(`analyze ${place}.${table}`);
  }
}

function made(name: string, type: string): string {
  if (name === 'tenant_id') return `'tenant-' || n % ${TENANTS}`;
  if (name === 'position' || name === 'revision') return 'n * 10';
  if (name === 'state') return "case when n % 50 = 0 then 'failed' else 'active' end";
  // A tenth of every tenant's rows.
  if (name === 'operation') return `case when n / ${TENANTS} % 10 = 0 then 'kling_image' end`;
  if (name === 'pool') return `case when n / ${TENANTS} % 10 = 0 then case when n / ${TENANTS} % 100 = 0 then 'kling' else 'legnext' end end`;
  if (name === 'result') return "case when n % 500 = 3 then 'refused' else 'succeeded' end";
  // Few acts are none of the many that work writes by itself; those that were refused are among them.
  if (name === 'routine') return `n / ${TENANTS} % 20 not in (0, 7, 10)`;
  if (/^(owner_id|actor_id|requested_by|subject|act)$/.test(name)) return `'${name}-' || (n / ${TENANTS}) % 100`;
  if (type.endsWith('[]')) return "array['a', 'subject-' || n % 100]";
  if (type.startsWith('timestamp')) return "timestamptz '2026-01-01' + n * interval '1 minute'";
  if (/int|numeric/.test(type)) return 'n % 1000';
  if (type === 'boolean') return 'n % 2 = 0';
  return type === 'jsonb' ? "'{}'::jsonb" : type === 'date' ? 'current_date' : `'${name} ' || n`;
}

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** Everything that an operation asks of the database, as Postgres went about it. */
async function plansOf(document: string): Promise<{ plan: Plan; sql: string }[]> {
  const plans: { plan: Plan; sql: string }[] = [];
  const own = reads.of(TENANT);
  const db: Db = {
    async query(sql, parameters) {
      const [row] = await own.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, format json) ${sql}`, parameters);
      plans.push({ plan: row!['QUERY PLAN'][0].Plan, sql });
      return own.query(sql, parameters);
    },
  };
  const services = { db: () => db, live: { waitFor: async () => true }, now: () => new Date() } as unknown as Services;
  const context = contextMaker(services)({ principal: person('boss', 'owner', TENANT), signal: new AbortController().signal } as Context);
  const { errors } = await graphql({ schema, source: document, contextValue: context });
  expect(errors).toBeUndefined();
  return plans;
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const USER = toGlobalId('User', 'owner_id-7');
const REQUESTER = toGlobalId('User', 'requested_by-7');

test.each<[string, string, RegExp, number]>([
  ['users, newest first', '{ users(first: 20) { nodes { id } } }', /users_by_creation/, 25],
  ['users by name', '{ users(first: 20, orderBy: { field: DISPLAY_NAME, direction: ASC }) { nodes { id } } }', /users_by_name/, 25],
  ['virtual keys, newest first', '{ virtualKeys(first: 20) { nodes { id } } }', /virtual_keys_by_creation/, 25],
  ['virtual keys of one owner', `{ virtualKeys(first: 20, filter: { ownerId: "${USER}" }) { nodes { id } } }`, /virtual_keys_by_owner/, 100],
  ['runs, newest first', '{ runs(first: 20) { nodes { id } } }', /runs_by_creation/, 25],
  ['runs by change', '{ runs(first: 20, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { id } } }', /runs_by_update/, 25],
  ['runs of some operations', '{ runs(first: 20, filter: { operation: [KLING_IMAGE, KLING_TEXT_TO_VIDEO] }) { nodes { id } } }', /runs_by_operation/, 250],
  ['runs with a scenario', '{ runs(first: 20, filter: { scenario: [SUCCESS] }) { nodes { id } } }', /runs_by_operation/, 250],
  ['runs of one pool', '{ runs(first: 20, filter: { pool: "kling" }) { nodes { id } } }', /runs_by_pool/, 25],
  ['runs of one person', `{ runs(first: 20, filter: { requestedBy: "${REQUESTER}" }) { nodes { id } } }`, /runs_by_requester/, 25],
  ['runs of one hour', '{ runs(first: 20, filter: { since: "2026-01-05T00:00:00Z", until: "2026-01-05T01:00:00Z" }) { nodes { id } } }', /runs_by_creation/, 25],
  ['acts, newest first', '{ auditLog(first: 20) { nodes { id } } }', /audit_entries_of_note/, 300],
  ['acts of one kind', '{ auditLog(first: 20, filter: { act: ["act-7"] }) { nodes { id } } }', /audit_entries_by_act/, 100],
  ['acts of one person', '{ auditLog(first: 20, filter: { actorId: "actor_id-7" }) { nodes { id } } }', /audit_entries_by_actor/, 100],
  ['acts on one subject', '{ auditLog(first: 20, filter: { subject: "subject-7" }) { nodes { id } } }', /audit_entries_by_subject.*audit_subjects_pkey|audit_subjects_pkey.*audit_entries_by_subject/, 500],
  ['refused acts', '{ auditLog(first: 20, filter: { result: [REFUSED] }) { nodes { id } } }', /audit_entries_refused/, 200],
  ['acts of one hour', '{ auditLog(first: 20, filter: { from: "2026-01-05T00:00:00Z", to: "2026-01-05T01:00:00Z" }) { nodes { id } } }', /audit_entries_by_time/, 150],
])('under row-level security the list of %s is read by its index', async (_list, document, index, mostRows) => {
  const [list] = await plansOf(document);
  const nodes = nodesOf(list!.plan);
  const touched = nodes.reduce((sum, node) => sum + (node['Relation Name'] ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] : 0), 0);
  const scans = nodes.map((node) => `${node['Node Type']} ${node['Index Name'] ?? node['Relation Name'] ?? ''}`.trim());
  expect(scans.filter((scan) => scan.startsWith('Seq Scan'))).toEqual([]);
  expect(scans.join('; ')).toMatch(index);
  expect(touched).toBeLessThanOrEqual(mostRows);
});
