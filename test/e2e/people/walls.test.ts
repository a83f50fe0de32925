import { Client } from 'pg';
import WebSocket from 'ws';
import { runningDatabaseUrl } from '../../../src/embedded/postgres';
import { post, type Api } from '../../support/api';
import { eventually } from '../../support/eventually';
import { keyOf, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { makeTenant, type NewTenant } from '../../support/tenants';

const TOOLS = 'https://tools.example.test';
const BURST = 400;
const PER_SECOND = 100;

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let other: NewTenant;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: { KEYLEDGER_ALLOWED_ORIGINS: TOOLS, KEYLEDGER_COST_BURST: String(BURST), KEYLEDGER_COST_PER_SECOND: String(PER_SECOND) } });
  owner = await setUpOwner(server);
  other = await makeTenant(server, owner, 'elsewhere');
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

describe('94: a statement that forgot the tenant', () => {
  let client: Client;
  beforeAll(async () => {
    await somebody(server, owner, 'insider@example.test');
    await eventually(async () => (await other.owner.ask('{ users { totalCount } }')).users.totalCount === 1);
    client = new Client({ connectionString: runningDatabaseUrl(server.dataDir, 'keyledger') });
    await client.connect();
  });
  afterAll(() => client.end());

  test('sees the rows of the tenant that the connection serves, in every view but the shared pools', async () => {
    const { rows } = await client.query<{ name: string }>(
      "select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = 'views'::regnamespace and a.attname = 'tenant_id'");
    expect(rows.length).toBeGreaterThan(8);
    const tenant = keyOf(other.id);
    const seen: Record<string, string[]> = {};
    for (const serving of ['', tenant, 'nobody-at-all']) {
      await client.query("select set_config('keyledger.tenant', $1, false)", [serving]);
      for (const { name } of rows.filter((row) => !/^(key_pools|provider_keys|leases|wait_tickets)$/.test(row.name))) {
        const { rows: found } = await client.query<{ tenant_id: string }>(`select distinct tenant_id from views."${name}"`);
        if (found.some(({ tenant_id }) => tenant_id !== serving)) seen[`${name} for ${serving}`] = found.map(({ tenant_id }) => tenant_id);
      }
      const { rows: people } = await client.query('select * from views.users');
      expect(people).toHaveLength(serving === tenant ? 1 : 0);
    }
    expect(seen).toEqual({});
    await client.query("select set_config('keyledger.tenant', '*', false)");
    expect((await client.query('select * from views.users')).rows.length).toBeGreaterThanOrEqual(3);
  });

  test('is held by a role that cannot do without', async () => {
    const { rows } = await client.query('select rolsuper, rolbypassrls from pg_roles where rolname = current_user');
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    const { rows: open } = await client.query(
      `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
         and c.relnamespace in (select oid from pg_namespace where nspname ~ '_v[0-9]+(_r[0-9]+)?$')`);
    expect(open.map(({ name }: { name: string }) => name).filter((name) => !/^(key_pools|concurrency_slots)_/.test(name))).toEqual([]);
  });
});

describe('HUB-53: pages of other origins', () => {
  const preflight = (origin: string) => fetch(`${server.url}/graphql`, {
    method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });

  test('that are named may ask and read, with credentials', async () => {
    const asked = await preflight(TOOLS);
    expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('access-control-allow-credentials')]).toEqual([204, TOOLS, 'true']);
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin: TOOLS }, body: '{"query":"{ caller { kind } }"}',
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, TOOLS]);
  });

  test.each(['https://evil.example', 'https://tools.example.test.evil.example', 'http://tools.example.test', 'null'])('others, like %s, may not', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin, cookie: owner.cookie()! }, body: '{"query":"{ users { totalCount } }"}',
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  test.each(['https://evil.example', 'null', undefined])('104: and get no socket with the cookie of a visitor: %s', async (origin) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { cookie: owner.cookie()!, ...(origin && { origin }) } });
    socket.on('error', () => undefined);
    const status = await new Promise((resolve) => socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)).once('open', () => resolve('open')));
    expect(status).toBe(403);
  });
});

describe('a caller’s share', () => {
  const QUERY = '{ users(first: 100) { nodes { id } } }';
  const COST = 102;

  test('is told, refused when it is used up, and comes back exactly when it was said', async () => {
    const { api } = await somebody(server, owner, 'eager@example.test', 'AUDITOR');
    const answers = await Promise.all(Array.from({ length: 6 }, () => api.call(QUERY)));
    const served = answers.filter(({ errors }) => errors.length === 0);
    const refused = answers.filter(({ errors }) => errors.length > 0);
    expect(served.length).toBeGreaterThanOrEqual(3);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { status, errors, headers } of refused) {
      const { code, rule, retryAfterMs } = errors[0]!.extensions;
      expect({ status, code, rule }).toEqual({ status: 429, code: 'E4291', rule: 'cost_budget' });
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual((COST / PER_SECOND) * 1_000);
      expect(headers.get('retry-after')).toBe(String(Math.ceil(Number(retryAfterMs) / 1_000)));
    }
    const wait = Math.max(...refused.map(({ errors }) => Number(errors[0]!.extensions['retryAfterMs'])));
    await new Promise((resolve) => setTimeout(resolve, wait));
    expect((await api.call(QUERY)).errors).toEqual([]);
  });

  test('is not that of others', async () => {
    const [one, two] = [await somebody(server, owner, 'one@example.test', 'AUDITOR'), await somebody(server, owner, 'two@example.test', 'AUDITOR')];
    const answers = await Promise.all(Array.from({ length: 8 }, () => one.api.call(QUERY)));
    expect(answers.map(({ status }) => status)).toContain(429);
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', cookie: two.api.cookie()! }, body: JSON.stringify({ query: QUERY }),
    });
    const { extensions } = (await response.json()) as { extensions: { cost: object } };
    expect([response.status, extensions.cost]).toEqual([200, { requested: COST, available: expect.any(Number), restoreRate: PER_SECOND }]);
  });
});

describe('88: what belongs to the server', () => {
  test.each(['tenantId', 'createdAt', 'revision', 'operator', 'state', 'id', '__proto__', 'constructor'])('is not taken from an input: %s', async (field) => {
    // As text: a parser in between might drop the very name that is tried.
    const input = `{"email":"x@example.test","displayName":"x","role":"USER",${JSON.stringify(field)}:"x"}`;
    const query = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } errors { code } } }';
    const body = `{"query":${JSON.stringify(query)},"variables":{"input":${input}}}`;
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', cookie: owner.cookie()! }, body });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { data?: unknown }).data ?? null).toBeNull();
  });

  test('nor a role at signing up or in one’s own profile', async () => {
    const signUp = await post(server.url, {}, 'mutation { signUp(input: { email: "s@example.test", displayName: "s", password: "violet tram on ice", role: OWNER }) { errors { code } } }');
    expect([signUp.status, signUp.errors[0]?.extensions.rule]).toEqual([400, 'validation']);
    const { api } = await somebody(server, owner, 'plain@example.test');
    const tried = await api.call('mutation { updateProfile(input: { displayName: "x", role: OWNER }) { errors { code } } }');
    expect([tried.status, tried.errors[0]?.extensions['rule']]).toEqual([400, 'validation']);
    expect((await api.ask('{ viewer { role } }')).viewer.role).toBe('USER');
  });
});

test('TEST-08, 95: an auditor reads, and changes nothing', async () => {
  const { api, id } = await somebody(server, owner, 'auditor@example.test', 'AUDITOR');
  const tried: [string, object, string][] = [
    ['createUser', { email: 'y@example.test', displayName: 'y', role: 'USER' }, 'CreateUserInput'],
    ['assignRole', { userId: id, role: 'OWNER' }, 'AssignRoleInput'],
    ['issueKey', { ownerId: id, keyAlias: 'mine', models: [] }, 'IssueKeyInput'],
    ['createServiceClient', { name: 'mine', scopes: [] }, 'CreateServiceClientInput'],
    ['renameTenant', { name: 'Mine' }, 'RenameTenantInput'],
    ['openChatSession', { title: 'Mine' }, 'OpenChatSessionInput'],
  ];
  for (const [name, input, type] of tried) {
    const { errors } = await api.call(`mutation ($input: ${type}!) { ${name}(input: $input) { errors { code } } }`, { input });
    expect({ name, ...errors[0]?.extensions }).toMatchObject({ name, code: 'E4031', rule: 'role' });
  }
  expect((await api.ask('{ users { totalCount } }')).users.totalCount).toBeGreaterThan(1);
});
