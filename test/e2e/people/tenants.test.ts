import { featureNames } from '../../../schema/access/features';
import { apiOf, follow, type Api } from '../../support/api';
import { png } from '../../support/png';
import { eventually, eventuallyHolds } from '../../support/eventually';
import { act, done, globalId, PASSWORD, seeAll, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner, signIn } from '../../support/set-up';
import { makeTenant, putLogo, type NewTenant } from '../../support/tenants';

const WITHIN_MS = 1_000;

const folder = temporaryDataDir();
let server: ServerProcess;
let operator: Api;
let a: NewTenant;
let b: NewTenant;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  operator = await setUpOwner(server);
  a = await makeTenant(server, operator, 'tenant-a');
  b = await makeTenant(server, operator, 'tenant-b');
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const errorOf = async (api: Api, document: string, variables?: Record<string, unknown>): Promise<unknown> => {
  const { errors } = await api.call(document, variables);
  return errors[0]?.extensions;
};

describe('making tenants', () => {
  test('the first owner runs the server; owners of other tenants do not', async () => {
    expect((await operator.ask('{ viewer { operator tenant { slug isDefault } } }')).viewer).toEqual({ operator: true, tenant: { slug: 'default', isDefault: true } });
    expect((await a.owner.ask('{ viewer { operator role tenant { slug isDefault state } } }')).viewer)
      .toEqual({ operator: false, role: 'OWNER', tenant: { slug: 'tenant-a', isDefault: false, state: 'ACTIVE' } });
    for (const document of ['{ tenants { nodes { id } } }', `{ tenantConfiguration(tenantId: "${b.id}") }`]) {
      expect(await errorOf(a.owner, document)).toMatchObject({ code: 'E4031', rule: 'role' });
    }
    for (const [name, input] of [
      ['createTenant', { slug: 'mine', name: 'Mine', owner: { email: 'x@example.test', displayName: 'X' } }], ['suspendTenant', { tenantId: b.id, confirmation: 'tenant-b' }],
      ['resumeTenant', { tenantId: b.id }], ['importTenant', { configuration: { tenant_id: 'tenant-b', layout: 'Taken' }, dryRun: false }],
    ] as const) await expect(act(a.owner, name, input)).rejects.toThrow('Your role does not allow this');
  });

  test('the link is shown once, and again not under the same key', async () => {
    const input = { slug: 'once', name: 'Once', owner: { email: 'once@example.test', displayName: 'O' }, idempotencyKey: 'once' };
    const first = await done(operator, 'createTenant', input, 'passwordLink tenant { id slug features branding { logoUrl } }');
    expect(first).toMatchObject({ passwordLink: expect.stringContaining('/reset-password?token='), tenant: { slug: 'once', features: featureNames.map((name) => name.toUpperCase()) } });
    expect(await done(operator, 'createTenant', input, 'passwordLink tenant { id }')).toMatchObject({ passwordLink: null, tenant: { id: first.tenant.id } });
  });

  test('a taken address is refused cleanly, and the tenant can be made with another', async () => {
    const input = { slug: 'later', name: 'Later', owner: { email: a.email, displayName: 'O' } };
    expect((await act(operator, 'createTenant', input, 'passwordLink tenant { id }'))).toMatchObject({
      passwordLink: null, tenant: null, errors: [{ code: 'E4091', rule: 'email_taken', path: ['input', 'owner', 'email'] }],
    });
    expect((await operator.ask('{ tenants(filter: { search: "later" }) { totalCount } }')).tenants.totalCount).toBe(0);
    await done(operator, 'createTenant', { ...input, owner: { email: 'later@example.test', displayName: 'O' } });
    expect((await act(operator, 'createTenant', { ...input, owner: { email: 'other@example.test', displayName: 'O' } })).errors)
      .toMatchObject([{ code: 'E4091', rule: 'slug_taken', path: ['input', 'slug'] }]);
  });

  test.each(['a', 'A-b', 'a b', 'a/b', '../a', 'a'.repeat(41), 'é-é', 'default'])('the slug %s is refused', async (slug) => {
    const { errors } = await act(operator, 'createTenant', { slug, name: 'N', owner: { email: 'slug@example.test', displayName: 'O' } });
    expect(errors).toMatchObject([{ path: ['input', 'slug'] }]);
  });

  test('operators list, filter, order and page them', async () => {
    const list = 'query ($filter: TenantFilter, $orderBy: TenantOrder, $first: Int, $after: String) { tenants(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { slug } } }';
    const orderBy = { field: 'SLUG', direction: 'ASC' };
    const { tenants: page } = await operator.ask(list, { filter: { search: 'TENANT-' }, orderBy, first: 1 });
    expect(page).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true }, nodes: [{ slug: 'tenant-a' }] });
    expect((await operator.ask(list, { filter: { search: 'tenant-' }, orderBy, first: 1, after: page.pageInfo.endCursor })).tenants.nodes).toEqual([{ slug: 'tenant-b' }]);
    expect((await operator.ask(list, { filter: { state: ['SUSPENDED'] } })).tenants.nodes).toEqual([]);
  });

  test('owners rename their own tenant, and it stands in its audit log', async () => {
    expect((await done(a.owner, 'renameTenant', { name: ' School A ' }, 'tenant { id name revision }')).tenant).toMatchObject({ id: a.id, name: 'School A' });
    const { auditLog } = await eventually(async () => {
      const found = await a.owner.ask('{ auditLog(first: 50) { nodes { act } } }');
      return found.auditLog.nodes.some(({ act }: { act: string }) => act === 'TenantRenamed') && found;
    });
    expect(auditLog.nodes.map(({ act }: { act: string }) => act)).toEqual(expect.arrayContaining(['TenantCreated', 'UserCreated', 'PasswordLinkIssued', 'TenantRenamed']));
    const { api } = await somebody(server, a.owner, 'plain@a.test');
    await expect(act(api, 'renameTenant', { name: 'Mine' })).rejects.toThrow('Your role does not allow this');
  });
});

describe('two tenants on one server do not see each other', () => {
  let userOfA: { id: string; api: Api };
  let userOfB: { id: string; api: Api };
  beforeAll(async () => {
    userOfA = await somebody(server, a.owner, 'user@a.test', 'USER', { organization: 'Org of A' });
    userOfB = await somebody(server, b.owner, 'user@b.test', 'USER', { organization: 'Org of B' });
    for (const [tenant, user] of [[a, userOfA], [b, userOfB]] as const) {
      await done(tenant.owner, 'issueKey', { ownerId: user.id, keyAlias: `key of ${tenant.slug}`, models: ['gpt-4o-mini'] }, 'virtualKey { id }');
      await done(tenant.owner, 'setEntitlements', { subjectKind: 'TIER', tier: `tier-of-${tenant.slug}`, models: ['gpt-4o-mini'] });
      await done(user.api, 'openChatSession', { title: `chat of ${tenant.slug}`, model: 'gpt-4o-mini' }, 'chatSession { id }');
    }
  });

  const everything = `{
    users(first: 100) { nodes { id email } } virtualKeys(first: 100) { nodes { id keyAlias } } runs(first: 100) { nodes { id } }
    chatSessions(first: 100) { nodes { id title } } keyPools(first: 100) { nodes { id } } serviceClients { nodes { name } } clientKeys { nodes { name } }
    entitlements { tiers { tier } } tenantConfiguration userExport { csv } viewer { tenant { id name } } overview { __typename }
  }`;

  test('by no list', async () => {
    const ofA = JSON.stringify(await a.owner.ask(everything));
    const ofB = JSON.stringify(await b.owner.ask(everything));
    for (const [own, other, mine] of [[ofA, 'b', 'a'], [ofB, 'a', 'b']] as const) {
      expect(own).toContain(`user@${mine}.test`);
      expect(own).toContain(`key of tenant-${mine}`);
      expect(own).toContain(`tier-of-tenant-${mine}`);
      expect(own).not.toMatch(new RegExp(`@${other}\\.test|of-tenant-${other}|of tenant-${other}|tenant-${other}`));
    }
    const { users } = await operator.ask('{ users(first: 100) { nodes { email } } }');
    expect(JSON.stringify(users)).not.toMatch(/@a\.test|@b\.test/);
  });

  test('by no filter', async () => {
    const list = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount } }';
    for (const filter of [{ search: 'user@b.test' }, { search: '@org:Org of B' }, { organization: ['Org of B'] }]) {
      expect((await b.owner.ask(list, { filter })).users.totalCount).toBe(1);
      expect((await a.owner.ask(list, { filter })).users.totalCount).toBe(0);
    }
    const { virtualKeys } = await a.owner.ask('query ($id: ID!) { virtualKeys(filter: { ownerId: $id }) { totalCount } }', { id: userOfB.id });
    expect(virtualKeys.totalCount).toBe(0);
  });

  test('by no id', async () => {
    const { virtualKeys, auditLog } = await b.owner.ask('{ virtualKeys { nodes { id } } auditLog { nodes { id } } }');
    const { chatSessions } = await userOfB.api.ask('{ chatSessions { nodes { id } } }');
    for (const id of [userOfB.id, b.id, virtualKeys.nodes[0].id, auditLog.nodes[0].id, chatSessions.nodes[0].id]) {
      expect(await errorOf(a.owner, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toMatchObject({ code: 'E4041' });
      expect((await a.owner.call('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [id] })).data).toEqual({ nodes: [null] });
    }
    for (const [name, input] of [
      ['setEntitlements', { subjectKind: 'USER', userId: userOfB.id, models: [] }], ['deactivateUser', { userId: userOfB.id }],
      ['issueKey', { ownerId: userOfB.id, keyAlias: 'foreign', models: [] }],
    ] as const) expect((await act(a.owner, name, input)).errors).toMatchObject([{ code: 'E4041' }]);
  });

  test('by no subscription', async () => {
    const [ofA, ofB] = [
      await follow(a.owner, 'subscription { userChanged { node { email } } }'), await follow(b.owner, 'subscription { userChanged { node { email } } }'),
    ];
    await somebody(server, b.owner, 'seen@b.test');
    await eventually(async () => JSON.stringify(ofB.items).includes('seen@b.test'));
    await somebody(server, a.owner, 'seen@a.test');
    await eventually(async () => JSON.stringify(ofA.items).includes('seen@a.test'));
    expect(JSON.stringify(ofA.items)).not.toContain('@b.test');
    await Promise.all([ofA.stop(), ofB.stop()]);
  });

  test('by no logo', async () => {
    const { tenant } = await (await putLogo(server.url, b.owner, png(3, 3))).json() as { tenant: { branding: { logoUrl: string } } };
    const get = (api: Api): Promise<Response> => fetch(server.url + tenant.branding.logoUrl, { headers: { cookie: api.cookie()! } });
    expect((await get(b.owner)).status).toBe(200);
    expect((await get(userOfB.api)).status).toBe(200);
    for (const stranger of [a.owner, userOfA.api, operator]) expect((await get(stranger)).status).toBe(404);
    expect((await fetch(server.url + tenant.branding.logoUrl)).status).toBe(401);
    await putLogo(server.url, a.owner, png(3, 3));
    expect((await get(a.owner)).status).toBe(200);
  });

  test('by no audit log, and not what the operator does elsewhere', async () => {
    await done(b.owner, 'renameTenant', { name: 'Secret name of B' });
    await eventually(async () => JSON.stringify(await b.owner.ask('{ auditLog(first: 100) { nodes { act summary } } }')).includes('Secret name of B'));
    // What the operator does to B as well; afterwards the writing of A's owner stands behind all of it.
    await done(operator, 'suspendTenant', { tenantId: b.id, confirmation: 'tenant-b' });
    await done(operator, 'resumeTenant', { tenantId: b.id });
    for (const api of [a.owner, operator]) await seeAll(api);
    const logOf = async (api: Api): Promise<string> => JSON.stringify(await api.ask('{ auditLog(first: 100) { nodes { act summary } } }'));
    for (const api of [a.owner, operator]) expect(await logOf(api)).not.toContain('Secret name of B');
    expect(await logOf(a.owner)).not.toMatch(/TenantSuspended|TenantResumed/);
    await eventuallyHolds(async () => expect(await logOf(b.owner)).toMatch(/TenantResumed[\s\S]*TenantSuspended/));
  });
});

describe('suspending', () => {
  test('sessions, keys and sockets of the tenant end within a second; resuming lets them in again', async () => {
    const shut = await makeTenant(server, operator, 'shut');
    const { api } = await somebody(server, shut.owner, 'user@shut.test');
    const { secret } = await done(shut.owner, 'issueClientKey', { name: 'robot' }, 'secret');
    const byKey = (): Promise<Response> => fetch(`${server.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': secret }, body: JSON.stringify({ query: '{ users { totalCount } }' }),
    });
    expect((await byKey()).status).toBe(200);
    const { closed } = await follow(api, 'subscription { runChanged { cursor } }');

    const refused = await act(operator, 'suspendTenant', { tenantId: shut.id, confirmation: 'shut up' });
    expect(refused.errors).toMatchObject([{ rule: 'confirmation', path: ['input', 'confirmation'] }]);
    expect((await done(operator, 'suspendTenant', { tenantId: shut.id, confirmation: 'shut' }, 'tenant { state }')).tenant.state).toBe('SUSPENDED');
    const since = Date.now();
    expect(await closed).toBe(4403);
    await eventually(async () => (await api.ask('{ viewer { role } }')).viewer === null);
    await eventually(async () => (await byKey()).status === 401);
    expect(Date.now() - since).toBeLessThanOrEqual(WITHIN_MS);
    await expect(signIn(server, { email: 'user@shut.test', password: PASSWORD, displayName: '', tenantName: '' })).rejects.toThrow('E4011');

    await done(operator, 'resumeTenant', { tenantId: shut.id });
    await eventually(async () => (await byKey()).status === 200);
    await signIn(server, { email: 'user@shut.test', password: PASSWORD, displayName: '', tenantName: '' });
    const { auditLog } = await eventually(async () => {
      const found = await shut.owner.ask('{ auditLog(first: 100) { nodes { act } } }').catch(() => undefined);
      return found && JSON.stringify(found).includes('TenantResumed') && found;
    });
    expect(JSON.stringify(auditLog)).toContain('TenantSuspended');
  });

  test('the default tenant stays', async () => {
    const { viewer } = await operator.ask('{ viewer { tenant { id } } }');
    expect((await act(operator, 'suspendTenant', { tenantId: viewer.tenant.id, confirmation: 'default' })).errors).toMatchObject([{ code: 'B2003', rule: 'default_tenant' }]);
  });

  test('an unknown tenant is none', async () => {
    const tenantId = globalId('Tenant', 'nowhere');
    expect((await act(operator, 'suspendTenant', { tenantId, confirmation: 'x' })).errors).toMatchObject([{ code: 'E4041', rule: 'tenant_unknown' }]);
    expect((await act(operator, 'resumeTenant', { tenantId: 'nonsense' })).errors).toMatchObject([{ code: 'E4004' }]);
    expect(await errorOf(operator, 'query ($id: ID!) { tenantConfiguration(tenantId: $id) }', { id: tenantId })).toMatchObject({ code: 'E4041' });
    expect(await errorOf(apiOf(server.url), '{ tenantConfiguration }')).toMatchObject({ code: 'E4011' });
  });
});
