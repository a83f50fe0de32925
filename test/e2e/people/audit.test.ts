import { request } from 'node:http';
import WebSocket from 'ws';
import { apiOf, post, type Api } from '../../support/api';
import { eventually, eventuallyHolds } from '../../support/eventually';
import { act, done, keyOf, seeAll, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { makeTenant } from '../../support/tenants';

const ENTRY = 'id position at act actorKind actorId subjects result reason code requestId correlationId address summary';
const LOG = `query ($filter: AuditFilter, $first: Int, $after: String, $orderBy: AuditOrder) {
  auditLog(filter: $filter, first: $first, after: $after, orderBy: $orderBy) { totalCount pageInfo { hasNextPage endCursor } nodes { ${ENTRY} } } }`;
/** Where the proxy, which this test plays, says that requests come from. */
const HERE = '203.0.113.77';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let auditor: { id: string; api: Api };
let user: { id: string; api: Api };

const log = async (who: Api, filter: object = {}, more: object = {}) => (await who.ask(LOG, { filter, first: 100, ...more })).auditLog;

/** Refusals so far. */
async function refusals(filter: object = {}): Promise<any[]> {
  await seeAll(owner);
  return (await log(owner, { result: ['REFUSED'], ...filter })).nodes;
}

/** Like `apiOf`, but its requests come through the proxy. */
async function through(headers: Record<string, string>, query: string, variables: object = {}): Promise<{ headers: Headers; body: any }> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': HERE, ...headers }, body: JSON.stringify({ query, variables }),
  });
  return { headers: response.headers, body: await response.json() };
}

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: { KEYLEDGER_TRUST_PROXY: '127.0.0.1,::1' } });
  owner = await setUpOwner(server);
  auditor = await somebody(server, owner, 'auditor@example.test', 'AUDITOR');
  user = await somebody(server, owner, 'user@example.test');
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

describe('MAMA-40: every act has a line', () => {
  test('that was done: by whom, to whom, with which request, from where', async () => {
    const created = await through(
      { cookie: owner.cookie()! }, 'mutation ($input: CreateUserInput!) { createUser(input: $input) { position user { id } errors { message } } }',
      { input: { email: 'new@example.test', displayName: 'Nelly New', role: 'USER' } });
    const { user: { id }, position } = created.body.data.createUser;
    await seeAll(owner);
    const entries = (await log(owner, { subject: keyOf(id) })).nodes;
    const entry = entries.find(({ act: what }: any) => what === 'UserCreated');
    const { viewer } = await owner.ask('{ viewer { user { id } } }');
    expect(entry).toMatchObject({
      actorKind: 'user', actorId: keyOf(viewer.user.id), result: 'SUCCEEDED', reason: null, code: null, requestId: created.headers.get('x-request-id'),
      correlationId: created.headers.get('x-correlation-id'), address: HERE,
    });
    expect(BigInt(entry.position)).toBeLessThanOrEqual(BigInt(position));
    expect(JSON.stringify(entries)).not.toMatch(/new@example\.test|Nelly/);
  });

  test('that was refused by a right somebody does not have, with what they wanted to do it to', async () => {
    const refused = await user.api.call(
      'mutation ($input: AssignRoleInput!) { assignRole(input: $input) { errors { code } } }', { input: { userId: auditor.id, role: 'OWNER' } });
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'E4031', rule: 'role' });
    const [entry] = await refusals({ actorId: keyOf(user.id) });
    expect(entry).toMatchObject({
      act: 'ActRefused', actorKind: 'user', subjects: [keyOf(auditor.id)], reason: 'role', code: 'E4031', requestId: refused.headers.get('x-request-id'),
      summary: { act: 'assignRole', unrecorded: 0 },
    });
  });

  test('that was refused by a rule', async () => {
    const { viewer } = await owner.ask('{ viewer { user { id } } }');
    const { errors } = await act(owner, 'deactivateUser', { userId: viewer.user.id });
    const [entry] = await refusals({ subject: keyOf(viewer.user.id) });
    expect(entry).toMatchObject({ reason: errors[0].rule, code: errors[0].code, summary: { act: 'deactivateUser' } });
  });

  test('that a stranger or a program with a bad key tried', async () => {
    const before = (await refusals()).length;
    await through({}, 'mutation { createUser(input: { email: "a@b.test", displayName: "x", role: USER }) { errors { code } } }');
    await through({ 'x-api-key': 'sk-kl-nothing-that-ever-was' }, '{ caller { kind } }');
    const entries = await refusals();
    expect(entries.length).toBe(before + 2);
    expect(entries.slice(0, 2)).toMatchObject([
      { actorKind: 'anonymous', reason: 'credential', code: 'E4011', summary: { act: 'authenticate' }, address: HERE },
      { actorKind: 'anonymous', reason: 'signed_in', code: 'E4011', summary: { act: 'createUser' }, address: HERE },
    ]);
    expect(JSON.stringify(entries)).not.toContain('a@b.test');
  });

  test('also when it was a socket', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { 'x-api-key': 'sk-kl-nothing-either', 'x-forwarded-for': '198.51.100.9' },
    });
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    await new Promise((resolve) => socket.once('close', resolve));
    const [entry] = await refusals();
    expect(entry).toMatchObject({ reason: 'credential', summary: { act: 'authenticate' }, address: '198.51.100.9' });
  });

  test('that was a wrong password, by account and never by name', async () => {
    await act(apiOf(server.url), 'signIn', { email: 'user@example.test', password: 'not the one at all' });
    const [entry] = await refusals({ act: ['SignInFailed'] });
    expect(entry).toMatchObject({ reason: 'credentials', code: 'E4011', subjects: expect.arrayContaining([keyOf(user.id)]) });
    expect(JSON.stringify(entry)).not.toMatch(/user@example|not the one/);
  });
});

describe('MAMA-41: the log is read', () => {
  test('page by page, newest first, without overlap or gap, while it grows', async () => {
    const whole = (await log(owner)).nodes.map(({ id }: any) => id);
    const pages: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const page: any = await log(owner, {}, { first: 7, after });
      pages.push(...page.nodes.map(({ id }: any) => id));
      ({ hasNextPage: more, endCursor: after } = page.pageInfo);
      if (pages.length === 7) await act(user.api, 'deactivateUser', { userId: auditor.id }).catch(() => undefined);
      if (pages.length > 1_000) throw new Error('The pages do not end');
    }
    expect(new Set(pages).size).toBe(pages.length);
    expect(pages.slice(0, whole.length)).toEqual(whole);
    // The act in between was somebody else's, whom the owner's next query does not wait for.
    await eventuallyHolds(async () => expect((await log(owner)).totalCount).toBe(pages.length + 1));
    const { nodes } = await log(owner);
    expect(nodes.map(({ position }: any) => BigInt(position))).toEqual([...nodes].map(({ position }: any) => BigInt(position)).sort((a, b) => (a < b ? 1 : -1)));
  });

  test('by any filter and any two of them: what is listed is exactly what fits', async () => {
    const { nodes, totalCount } = await log(owner);
    const all: any[] = nodes;
    expect(all).toHaveLength(totalCount);
    const middle = all[Math.floor(all.length / 2)];
    const sample = all.find(({ result, subjects }) => result === 'REFUSED' && subjects.length > 0);
    const filters: [string, unknown, (entry: any) => boolean][] = [
      ['act', ['UserCreated'], ({ act: what }) => what === 'UserCreated'],
      ['act', ['UserCreated', 'ActRefused'], ({ act: what }) => ['UserCreated', 'ActRefused'].includes(what)],
      ['actorId', sample.actorId, ({ actorId }) => actorId === sample.actorId],
      ['subject', sample.subjects[0], ({ subjects }) => subjects.includes(sample.subjects[0])],
      ['correlationId', sample.correlationId, ({ correlationId }) => correlationId === sample.correlationId],
      ['result', ['REFUSED'], ({ result }) => result === 'REFUSED'],
      ['result', ['SUCCEEDED'], ({ result }) => result === 'SUCCEEDED'],
      ['result', ['SUCCEEDED', 'REFUSED'], () => true],
      ['result', [], () => false],
      ['from', middle.at, ({ at }) => at >= middle.at],
      ['to', middle.at, ({ at }) => at <= middle.at],
      ['search', 'refused', ({ act: what }) => what === 'ActRefused'],
    ];
    for (const [name, value, fits] of filters) {
      for (const [other, otherValue, alsoFits] of filters) {
        if (name === other && value !== otherValue) continue;
        const filter = { [name]: value, [other]: otherValue, to: other === 'to' || name === 'to' ? middle.at : all[0].at };
        const found = (await log(owner, filter)).nodes.map(({ id }: any) => id);
        expect({ filter, found }).toEqual({ filter, found: all.filter((entry) => fits(entry) && alsoFits(entry)).map(({ id }) => id) });
      }
    }
    const moment = await log(owner, { from: middle.at, to: middle.at });
    expect(moment.nodes.map(({ id }: any) => id)).toContain(middle.id);
  }, 60_000);

  test('by owners, admins and auditors; auditors see networks and not addresses', async () => {
    const admin = await somebody(server, owner, 'admin@example.test', 'ADMIN');
    const addresses = async (who: Api) => (await log(who, { result: ['REFUSED'] })).nodes.map(({ address }: any) => address);
    await refusals();
    const [full, seenByAdmin, masked] = [await addresses(owner), await addresses(admin.api), await addresses(auditor.api)];
    expect(full).toContain(HERE);
    expect(seenByAdmin).toEqual(full);
    expect(masked).toHaveLength(full.length);
    expect(masked).toContain('203.0.113.x');
    expect(masked.filter((address: string | null) => address && /^\d+\.\d+\.\d+\.\d+$/.test(address))).toEqual([]);
    expect((await user.api.call(LOG)).errors[0]?.extensions).toMatchObject({ code: 'E4031', rule: 'role' });
    expect((await apiOf(server.url).call(LOG)).errors[0]?.extensions).toMatchObject({ code: 'E4011' });
  });

  test('by a service client whose key says so, with networks only', async () => {
    const { serviceClient } = await done(owner, 'createServiceClient', { name: 'Auditing robot', scopes: ['audit:read'] }, 'serviceClient { id }');
    const { secret } = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'key' }, 'secret');
    const { data, errors } = await post(server.url, { 'x-api-key': secret }, '{ auditLog(first: 100, filter: { result: [REFUSED] }) { nodes { address } } }');
    expect(errors).toEqual([]);
    const seen = data.auditLog.nodes.map(({ address }: any) => address);
    expect(seen).toContain('203.0.113.x');
    expect(seen).not.toContain(HERE);
  });

  test('by nobody of another tenant, whose refusals stay with them', async () => {
    const other = await makeTenant(server, owner, 'elsewhere');
    await act(other.owner, 'deactivateUser', { userId: user.id });
    await done(other.owner, 'updateProfile', { displayName: 'Somebody else' });
    const theirs = (await log(other.owner)).nodes;
    expect(theirs.some(({ summary }: any) => summary.act === 'deactivateUser')).toBe(true);
    const ours = new Set((await log(owner)).nodes.map(({ id }: any) => id));
    expect(theirs.filter(({ id }: any) => ours.has(id))).toEqual([]);
  });

  test('as it grows, with the refusals', async () => {
    const client = owner.socket();
    const items: any[] = [];
    client.subscribe({ query: 'subscription { auditEntryAdded { position node { act result reason address } } }' }, {
      next: ({ data }: any) => void items.push(data.auditEntryAdded), error: () => undefined, complete: () => undefined,
    });
    await eventually(async () => items.length > 0);
    await user.api.call('mutation { createUser(input: { email: "a@b.test", displayName: "x", role: USER }) { errors { code } } }');
    const told = await eventually(async () => items.find(({ node }) => node?.act === 'ActRefused'));
    await client.dispose();
    expect(told.node).toMatchObject({ result: 'REFUSED', reason: 'role' });
  });
});

test('MAMA-56, HUB-01: health is answered without any credential', async () => {
  const get = (path: string) => fetch(`${server.url}${path}`);
  const health = await get('/health');
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok', service: 'keyledger' }]);
  const detailed = (await (await get('/health/detailed')).json()) as { checks: { name: string; details: object }[] };
  expect(detailed.checks.find(({ name }) => name === 'postgres')?.details).toMatchObject({ rowSecurity: true, connections: expect.any(Number) });
  const raw = await new Promise<number | undefined>((resolve) => request(`${server.url}/health`, { method: 'HEAD' }, ({ statusCode }) => resolve(statusCode)).end());
  expect(raw).toBe(200);
});

test('MAMA-40: of a crowd of refusals of one person as many are kept as fit into a minute', async () => {
  const noisy = await somebody(server, owner, 'noisy@example.test');
  for (let n = 0; n < 35; n++) await noisy.api.call('mutation { createUser(input: { email: "a@b.test", displayName: "x", role: USER }) { errors { code } } }');
  expect(await refusals({ actorId: keyOf(noisy.id) })).toHaveLength(30);
});
