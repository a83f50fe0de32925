import {
  buildClientSchema, getIntrospectionQuery, getNamedType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredArgument,
  isRequiredInputField, type GraphQLField, type GraphQLInputType, type GraphQLSchema,
} from 'graphql';
import { grantableScopes, scopeNames } from '../../../schema/access/scopes';
import { bearer, post, type Api } from '../../support/api';
import { act, acts, done, globalId, inputOf, keyOf, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { openSocket } from './key-callers';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let count = 0;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

interface Robot {
  clientId: string;
  plainId: string;
  secret: string;
  headers: Record<string, string>;
}
async function robot(scopes: readonly string[]): Promise<Robot> {
  const { serviceClient } = await done(owner, 'createServiceClient', { name: `robot ${++count}`, scopes }, 'serviceClient { id }');
  const { secret } = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'its key' }, 'secret');
  return { clientId: serviceClient.id, plainId: keyOf(serviceClient.id), secret, headers: { 'x-api-key': secret } };
}
const createUser = (email: string): string =>
  `mutation { createUser(input: { email: "${email}", displayName: "Made", role: USER }) { position user { email } errors { code rule } } }`;

describe('MAMA-09: two credentials for the same mutation', () => {
  test('each is let in and named in the log: the person, or the service client', async () => {
    const { headers, plainId } = await robot(['users:write', 'users:read']);
    const { viewer } = await owner.ask('{ viewer { user { id } } }');
    expect((await owner.ask(createUser('by-owner@example.test'))).createUser.errors).toEqual([]);
    const { data } = await post(server.url, headers, createUser('by-robot@example.test'));
    expect(data.createUser).toMatchObject({ user: { email: 'by-robot@example.test' }, errors: [] });
    const [byRobot, byOwner] = await acts(owner, ['UserCreated'], 2);
    expect(byRobot).toMatchObject({ actorKind: 'service', actorId: plainId });
    expect(byOwner).toMatchObject({ actorKind: 'user', actorId: keyOf(viewer.user.id) });
  });

  test('X-API-Key alone decides when it is there', async () => {
    const { secret } = await robot(['users:read']);
    const { token } = await done(owner, 'signIn', { email: 'owner@example.test', password: 'correct horse battery', answer: 'TOKEN' }, 'token');
    const WHO = '{ caller { kind } }';
    const kind = async (headers: Record<string, string>): Promise<unknown> => {
      const { status, data } = await post(server.url, headers, WHO);
      return status === 401 ? 401 : data.caller.kind;
    };
    expect(await kind(bearer(token))).toBe('USER');
    expect(await kind({ 'x-api-key': secret, ...bearer(token), cookie: owner.cookie()! })).toBe('SERVICE');
    expect(await kind({ 'x-api-key': secret, authorization: 'Basic nonsense' })).toBe('SERVICE');
    for (const wrong of [`${secret.slice(0, -1)}-`, 'wrong', '']) {
      expect(await kind({ 'x-api-key': wrong, ...bearer(token) })).toBe(401);
      expect(await kind({ 'x-api-key': wrong, cookie: owner.cookie()! })).toBe(401);
    }
    expect(await kind({ ...bearer('wrong'), cookie: owner.cookie()! })).toBe(401);
    expect(await kind({ cookie: owner.cookie()! })).toBe('USER');
  });

  test('says who it is', async () => {
    const { headers, plainId, clientId } = await robot(['users:read', 'audit:read']);
    const { data } = await post(server.url, headers, '{ caller { kind id operator scopes expiresAt } viewer { role } }');
    expect(data).toMatchObject({ caller: { kind: 'SERVICE', operator: false, scopes: ['users:read', 'audit:read'] }, viewer: null });
    expect([clientId, plainId]).toContain(data.caller.id);
  });
});

test('MAMA-10: what was for the server key alone asks for a scope: none or a wrong key 401, too little 403, whoever calls', async () => {
  const LEASE = 'mutation { leaseKey(input: { provider: "lent", requestId: "r1" }) { lease { id } ticket { id } errors { code rule } } }';
  await done(owner, 'addProviderKey', { provider: 'lent', name: 'only', secret: 'not-a-real-key' });
  const { api } = await somebody(server, owner, 'plain-person@example.test');
  expect((await api.call(LEASE)).errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'role' } }]);
  expect((await post(server.url, {}, LEASE)).errors).toMatchObject([{ extensions: { code: 'E4011', rule: 'signed_in' } }]);
  expect(await post(server.url, { 'x-api-key': 'wrong' }, LEASE)).toMatchObject({ status: 401, errors: [{ extensions: { code: 'E4011', rule: 'credential' } }] });
  expect((await post(server.url, (await robot(['pools:read'])).headers, LEASE)).errors)
    .toMatchObject([{ extensions: { code: 'E4031', rule: 'scope', details: { scope: 'leases:write' } } }]);
  const { data, errors } = await post(server.url, (await robot(['leases:write', 'pools:read'])).headers, LEASE);
  expect(errors).toEqual([]);
  expect(data.leaseKey.errors).toEqual([]);
});

test('HAPA-04: every right is within reach: the owner of the server has them all, and gives on all that are for machines', async () => {
  const { caller, grantableScopes: grantable } = await owner.ask('{ caller { scopes } grantableScopes { scope about } }');
  expect(caller.scopes).toEqual(scopeNames);
  expect(grantable.map(({ scope }: { scope: string }) => scope)).toEqual(grantableScopes);
  expect(grantable.every(({ about }: { about: string }) => about.length > 0)).toBe(true);
  const { headers } = await robot(grantableScopes);
  expect((await post(server.url, headers, '{ caller { scopes } }')).data.caller.scopes).toEqual(grantableScopes);
});

describe('an integrator with a key of users:read only', () => {
  let integrator: Robot;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    integrator = await robot(['users:read']);
    schema = buildClientSchema(await owner.ask<any>(getIntrospectionQuery()));
  });

  test('reads users', async () => {
    const { data, errors } = await post(server.url, integrator.headers, '{ users(first: 100) { totalCount nodes { id email displayName role } } }');
    expect(errors).toEqual([]);
    expect(data.users.nodes).toContainEqual(expect.objectContaining({ email: 'owner@example.test', role: 'OWNER' }));
    const { node } = (await post(server.url, integrator.headers, `{ node(id: "${data.users.nodes[0].id}") { ... on User { email } } }`)).data;
    expect(node.email).toBe(data.users.nodes[0].email);
    const socket = await openSocket(server.url, { name: '', headers: integrator.headers }, 'subscription { userChanged { node { email } } }');
    expect(socket.decision).toBe('open');
    socket.close();
  });

  test('is refused what hangs on users by other rights', async () => {
    for (const [edge, scope] of [['virtualKeys { totalCount }', 'keys:read'], ['clientKeys { id }', 'clients:read']] as const) {
      const { errors } = await post(server.url, integrator.headers, `{ users { nodes { id ${edge} } } }`);
      expect(errors[0]).toMatchObject({ path: ['users', 'nodes', 0, edge.split(' ')[0]], extensions: { code: 'E4031', rule: 'scope', details: { scope } } });
    }
  });

  test('is refused every other query', async () => {
    const open: string[] = [];
    for (const field of Object.values(schema.getQueryType()!.getFields())) {
      const { errors } = await post(server.url, integrator.headers, `{ ${called(field)} }`);
      if (errors.length === 0) open.push(field.name);
      else if (!['node', 'nodes'].includes(field.name)) expect([field.name, errors[0].extensions]).toEqual([field.name, expect.objectContaining({ code: 'E4031' })]);
    }
    expect(open.filter((name) => name !== 'nodes').sort()).toEqual(['caller', 'grantableScopes', 'ownScopes', 'setupState', 'userExport', 'users', 'viewer']);
  });

  test('is refused every mutation', async () => {
    const forEverybody = ['resetPassword', 'setUp', 'signIn', 'signOut', 'signUp'];
    const mutations = Object.values(schema.getMutationType()!.getFields()).filter(({ name }) => !forEverybody.includes(name));
    expect(mutations.length).toBeGreaterThan(20);
    for (const field of mutations) {
      const { data, errors } = await post(server.url, integrator.headers, `mutation { ${called(field)} }`);
      expect([field.name, data, errors[0]?.extensions]).toEqual([field.name, null, expect.objectContaining({ code: 'E4031' })]);
    }
  });

  test('is refused every other feed', async () => {
    for (const field of Object.values(schema.getSubscriptionType()!.getFields())) {
      const { name } = field;
      const socket = await openSocket(server.url, { name, headers: integrator.headers }, `subscription { ${called(field)} }`);
      socket.close();
      await socket.closed;
      expect([name, socket.decision]).toEqual([name, name === 'userChanged' ? 'open' : 'scope']);
    }
  }, 60_000);
});

/** The field with the arguments it cannot go without. */
function called({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const given = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${literal(arg.type)}`).join(', ');
  return `${name}${given && `(${given})`} ${isCompositeType(getNamedType(type)) ? '{ __typename }' : ''}`;
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType as GraphQLInputType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    return `{ ${Object.values(type.getFields()).filter(isRequiredInputField).map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  }
  switch (type.name) {
    case 'Int': case 'Float': return '1';
    case 'Boolean': return 'true';
    case 'JSON': return '{}';
    case 'DateTime': return '"2026-01-01T00:00:00.000Z"';
    case 'Position': return '"1"';
    case 'Scope': return '"users:read"';
    default: return `"${globalId('User', 'nobody')}"`;
  }
}

describe('a service client', () => {
  test('loses at once what is taken from it, with all its keys, and gets back no more than was on them', async () => {
    const { headers, clientId } = await robot(['users:read', 'audit:read']);
    const scopes = async (): Promise<string[]> => (await post(server.url, headers, '{ caller { scopes } }')).data.caller.scopes;
    expect(await scopes()).toEqual(['users:read', 'audit:read']);
    await done(owner, 'updateServiceClient', { clientId, scopes: ['audit:read'] });
    expect(await scopes()).toEqual(['audit:read']);
    await done(owner, 'updateServiceClient', { clientId, scopes: ['audit:read', 'pools:read', 'users:write'] });
    expect(await scopes()).toEqual(['audit:read']);
  });

  test('is changed, listed and followed', async () => {
    const client = owner.socket();
    const seen: any[] = [];
    let clientId = '';
    for await (const { data } of client.iterate<any>({ query: 'subscription { serviceClientChanged { node { id name scopes deleted } } }' })) {
      const { node } = data.serviceClientChanged;
      if (!node) {
        const { serviceClient } = await done(
          owner, 'createServiceClient', { name: ' Findable ', scopes: ['users:write', 'users:read'] }, 'serviceClient { id name scopes revision keys { id } }');
        expect(serviceClient).toMatchObject({ name: 'Findable', scopes: ['users:read', 'users:write'], revision: '0', keys: [] });
        clientId = serviceClient.id;
        const { serviceClient: renamed } = await done(owner, 'updateServiceClient', { clientId, name: 'Findable too' }, 'serviceClient { name scopes revision }');
        expect(renamed).toEqual({ name: 'Findable too', scopes: ['users:read', 'users:write'], revision: '1' });
        const { serviceClients } = await owner.ask('{ serviceClients(filter: { search: "findable" }) { totalCount nodes { id name deleted } } }');
        expect(serviceClients).toEqual({ totalCount: 1, nodes: [{ id: clientId, name: 'Findable too', deleted: false }] });
        await done(owner, 'deleteServiceClient', { clientId, confirmation: 'Findable too' });
        continue;
      }
      seen.push(node);
      if (node.deleted) break;
    }
    await client.dispose();
    expect(seen.at(-1)).toEqual({ id: clientId, name: 'Findable too', scopes: ['users:read', 'users:write'], deleted: true });
    expect((await owner.ask('{ serviceClients(filter: { search: "findable" }) { totalCount } }')).serviceClients.totalCount).toBe(0);
  });

  test('is deleted by its name, and its keys with it, for good', async () => {
    const { headers, clientId } = await robot(['users:read']);
    const { serviceClient } = (await owner.ask('query ($id: ID!) { serviceClient: node(id: $id) { ... on ServiceClient { name } } }', { id: clientId }));
    expect((await act(owner, 'deleteServiceClient', { clientId, confirmation: 'wrong' })).errors).toMatchObject([{ code: 'V1001', rule: 'confirmation', path: ['input', 'confirmation'] }]);
    expect((await post(server.url, headers, '{ caller { kind } }')).status).toBe(200);
    await done(owner, 'deleteServiceClient', { clientId, confirmation: serviceClient.name });
    expect((await post(server.url, headers, '{ caller { kind } }')).status).toBe(401);
    for (const [name, input] of [['updateServiceClient', { clientId, name: 'back' }], ['issueClientKey', { clientId, name: 'back' }]] as const) {
      expect((await act(owner, name, input)).errors).toMatchObject([{ code: 'E4041', rule: 'service_client_unknown' }]);
    }
  });

  test.each<[string, object, string, string]>([
    ['createServiceClient', { name: 'x', scopes: ['account'] }, 'V1001', 'scope_not_grantable'],
    ['createServiceClient', { name: 'x', scopes: ['clients:write'] }, 'V1001', 'scope_not_grantable'],
    ['createServiceClient', { name: 'x', scopes: ['tenants:manage'] }, 'V1001', 'scope_not_grantable'],
    ['createServiceClient', { name: '', scopes: [] }, 'V1001', 'min_length'],
    ['createServiceClient', { name: 'x', scopes: ['users:read', 'users:read'] }, 'V1001', 'array_unique'],
    ['updateServiceClient', { clientId: globalId('User', 'u'), name: 'x' }, 'E4004', 'global_id_type'],
  ])('is not made or changed: %s %j', async (name, input, code, rule) => {
    expect((await act(owner, name, input)).errors).toEqual(expect.arrayContaining([expect.objectContaining({ code, rule })]));
  });

  test('is no business of users and auditors, who are told so whether it exists or not', async () => {
    const { clientId } = await robot(['users:read']);
    const user = (await somebody(server, owner, 'curious@example.test')).api;
    const auditor = (await somebody(server, owner, 'auditor-of-clients@example.test', 'AUDITOR')).api;
    expect((await user.ask('{ serviceClients { totalCount } }')).serviceClients.totalCount).toBe(0);
    expect((await auditor.ask('{ serviceClients { totalCount } }')).serviceClients.totalCount).toBeGreaterThan(0);
    const inputs: [string, object][] = [
      ['createServiceClient', { name: 'x', scopes: [] }],
      ...[clientId, globalId('ServiceClient', 'nothing')].flatMap((id): [string, object][] => [
        ['updateServiceClient', { clientId: id, name: 'x' }], ['deleteServiceClient', { clientId: id, confirmation: 'x' }],
      ]),
    ];
    for (const [name, input] of inputs) {
      expect((await act(user, name, input)).errors).toMatchObject([{ code: 'E4031', rule: 'role' }]);
      const { errors } = await auditor.call(`mutation ($input: ${inputOf(name)}!) { ${name}(input: $input) { position } }`, { input });
      expect(errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'role' } }]);
    }
  });
});
