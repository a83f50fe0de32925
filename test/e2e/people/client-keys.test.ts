import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { newClientKey } from '../../../src/auth/client-key-format';
import { runningDatabaseUrl } from '../../../src/embedded/postgres';
import { apiOf, bearer, post, type Api } from '../../support/api';
import { eventually } from '../../support/eventually';
import { act, acts, done, globalId, keyOf, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { makeTenant } from '../../support/tenants';
import { decisionOverHttp, decisionOverSocket, headersWith, openSocket, socketsWith } from './key-callers';

const DAY_MS = 24 * 60 * 60_000;
/** Nothing of a lost right is left after this. */
const WITHIN_MS = 1_000;
const WHO = '{ caller { kind id tenantId scopes expiresAt } }';
const KEY_FIELDS = 'secret clientKey { id name scopes lastFour state expiresAt createdAt useCount lastUsedAt owner { __typename ... on User { email } ... on ServiceClient { name } } }';
const STATE = 'query ($id: ID!) { node(id: $id) { ... on ClientKey { state useCount lastUsedAt } } }';

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

const ownKey = (api: Api, more: object = {}): Promise<any> => done(api, 'issueClientKey', { name: `key ${++count}`, ...more }, KEY_FIELDS);
async function clientWith(scopes: string[], api = owner): Promise<string> {
  const { serviceClient } = await done(api, 'createServiceClient', { name: `client ${++count}`, scopes }, 'serviceClient { id }');
  return serviceClient.id;
}
const serviceKey = async (scopes: string[]): Promise<any> => ownKey(owner, { clientId: await clientWith(scopes) });
const key = (secret: string): Record<string, string> => ({ 'x-api-key': secret });

/** Stands in for time that passes: the server's own clock cannot be turned. */
async function expire(keyId: string): Promise<void> {
  const database = new Client({ connectionString: runningDatabaseUrl(server.dataDir, 'keyledger') });
  await database.connect();
  try {
    const { rowCount } = await database.query(
      `update auth_client_keys set expires_at = now() - interval '1 second' where key_id = $1`, [keyOf(keyId)]);
    expect(rowCount).toBe(1);
  } finally {
    await database.end();
  }
}

describe('HAPA-01: a key', () => {
  test('is issued once, for a year, with all that its owner may put on one', async () => {
    const { api } = await somebody(server, owner, 'issuer@example.test');
    const before = Date.now();
    const { secret, clientKey } = await ownKey(api, { name: ' laptop ' });
    expect(secret).toMatch(/^sk-kl-[0-9A-Za-z]{49}$/);
    expect(clientKey).toMatchObject({
      name: 'laptop', lastFour: secret.slice(-4), state: 'ACTIVE', useCount: 0, lastUsedAt: null, owner: { __typename: 'User', email: 'issuer@example.test' },
    });
    expect(Math.abs(Date.parse(clientKey.expiresAt) - before - 365 * DAY_MS)).toBeLessThan(60_000);
    const { ownScopes } = await api.ask('{ ownScopes { scope about } }');
    expect(clientKey.scopes).toEqual(ownScopes.map(({ scope }: { scope: string }) => scope));
    expect(clientKey.scopes).not.toEqual(expect.arrayContaining(['account']));
    expect(clientKey.scopes).not.toEqual(expect.arrayContaining(['clients:write']));
  });

  test('is used as its owner, whose rights it has as far as it was given them', async () => {
    const { api, id } = await somebody(server, owner, 'user-of-key@example.test');
    const { secret, clientKey } = await ownKey(api, { scopes: ['users:read'] });
    const { data } = await post(server.url, key(secret), WHO);
    expect(data.caller).toMatchObject({ kind: 'USER', scopes: ['users:read'], expiresAt: clientKey.expiresAt });
    expect((await post(server.url, key(secret), '{ users { nodes { id email } } }')).data.users.nodes).toEqual([{ id, email: 'user-of-key@example.test' }]);
    expect((await post(server.url, key(secret), '{ virtualKeys { totalCount } }')).errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'scope' } }]);
  });

  test('expires by the clock, on an open socket too, and says so', async () => {
    const { secret, clientKey } = await serviceKey(['users:read']);
    expect((await post(server.url, key(secret), WHO)).data.caller).toMatchObject({ kind: 'SERVICE', expiresAt: clientKey.expiresAt });
    const socket = await openSocket(server.url, { name: '', headers: key(secret) }, 'subscription { userChanged { cursor } }');
    expect(socket.decision).toBe('open');
    await expire(clientKey.id);
    const since = Date.now();
    expect(await socket.closed).toBe(4403);
    // Twice as long as otherwise: nobody told the server, which finds out when it next looks.
    expect(Date.now() - since).toBeLessThanOrEqual(2 * WITHIN_MS);
    expect((await post(server.url, key(secret), WHO)).status).toBe(401);
  });

  test('is shown once: the same request again answers the same key and no secret', async () => {
    const input = { name: 'once', idempotencyKey: 'issue-once' };
    const [first, again] = [await done(owner, 'issueClientKey', input, KEY_FIELDS), await done(owner, 'issueClientKey', input, KEY_FIELDS)];
    expect(again).toMatchObject({ secret: null, clientKey: { id: first.clientKey.id } });
  });

  test.each<[object, string, string]>([
    [{ name: ' ' }, 'V1001', 'name'], [{ name: 'x'.repeat(101) }, 'V1001', 'name'], [{ name: 'a\u202eb' }, 'V1001', 'name'],
    [{ name: 'x', expiresInDays: 0 }, 'V1001', 'expiresInDays'], [{ name: 'x', expiresInDays: 366 }, 'V1001', 'expiresInDays'],
    [{ name: 'x', scopes: [] }, 'V1001', 'scopes'], [{ name: 'x', scopes: ['users:read', 'users:read'] }, 'V1001', 'scopes'],
    [{ name: 'x', scopes: ['account'] }, 'B2003', 'scopes'], [{ name: 'x', scopes: ['clients:write'] }, 'B2003', 'scopes'],
    [{ name: 'x', clientId: 'nonsense' }, 'E4004', 'none'], [{ name: 'x', clientId: '' }, 'E4004', 'none'],
    [{ name: 'x', clientId: globalId('ServiceClient', 'unknown') }, 'E4041', 'clientId'],
  ])('is refused for %j: %s', async (input, code, field) => {
    const { errors, clientKey, secret } = await act(owner, 'issueClientKey', input, KEY_FIELDS);
    expect(errors).toMatchObject([{ code, ...(field !== 'none' && { path: ['input', field] }) }]);
    expect([clientKey, secret]).toEqual([null, null]);
  });

  test('works for the days that were asked for', async () => {
    const { clientKey } = await ownKey(owner, { expiresInDays: 1 });
    expect(Math.abs(Date.parse(clientKey.expiresAt) - Date.now() - DAY_MS)).toBeLessThan(60_000);
  });
});

test('HAPA-02: neither the tables nor any later answer hold a key, and there is no built-in one', async () => {
  const { secret, clientKey } = await serviceKey(['users:read']);
  const database = new Client({ connectionString: runningDatabaseUrl(server.dataDir, 'keyledger') });
  await database.connect();
  const { rows: [kept] } = await database.query('select fingerprint, k::text as row from auth_client_keys k where key_id = $1', [keyOf(clientKey.id)]);
  await database.end();
  const body = secret.slice('sk-kl-'.length, -6);
  expect(kept.row).not.toContain(body);
  const answers = JSON.stringify([
    await owner.ask('{ clientKeys(first: 100) { nodes { id name scopes lastFour } } }'), await acts(owner, ['ClientKeyIssued']),
  ]);
  expect(answers).toContain(secret.slice(-4));
  expect(answers).not.toContain(body);
  const elsewhere = temporaryDataDir();
  const other = await startServer({ dataDir: elsewhere.dataDir });
  try {
    expect((await post(other.url, key(secret), WHO)).status).toBe(401);
    const { clientKeys: none } = await (await setUpOwner(other)).ask('{ clientKeys { totalCount } }');
    expect(none.totalCount).toBe(0);
  } finally {
    await other.stop();
    elsewhere.remove();
  }
}, 90_000);

describe('HAPA-03: the header', () => {
  const USERS = '{ users { totalCount } }';

  test('missing is a stranger, wrong is 401, without the right is forbidden', async () => {
    const { secret } = await serviceKey(['audit:read']);
    expect((await post(server.url, {}, USERS)).errors).toMatchObject([{ extensions: { code: 'E4011', rule: 'signed_in' } }]);
    expect(await post(server.url, key(newClientKey()), USERS)).toMatchObject({ status: 401, errors: [{ extensions: { code: 'E4011', rule: 'credential' } }] });
    expect((await post(server.url, key(secret), USERS)).errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'scope', details: { scope: 'users:read' } } }]);
    expect((await post(server.url, key(secret), '{ auditLog { totalCount } }')).errors).toEqual([]);
  });

  test('says the same of every credential that is no good', async () => {
    const { secret, clientKey } = await serviceKey(['users:read']);
    await done(owner, 'revokeClientKey', { keyId: clientKey.id });
    const bad = [secret, newClientKey(), `${secret}x`, 'sk-kl-', 'nonsense', 'SK-KL-NONSENSE', ' ', `${secret}, ${secret}`];
    const told = await Promise.all(bad.map(async (value) => {
      const { status, errors } = await post(server.url, key(value), USERS);
      return { status, message: errors[0]?.message, rule: errors[0]?.extensions.rule };
    }));
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(told[0]).toMatchObject({ status: 401, rule: 'credential' });
  });
});

describe('81: a key means the same in each header, scheme and letter case, over HTTP and WebSocket', () => {
  const HTTP = '{ users { totalCount } }';
  const SOCKET = 'subscription { userChanged { cursor } }';
  const typo = (secret: string): string => secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');

  test.each<[string, string, () => Promise<string>]>([
    ['that is good', 'open', async () => (await serviceKey(['users:read'])).secret],
    ['of a person', 'open', async () => (await ownKey(owner, { scopes: ['users:read'] })).secret],
    ['without the scope', 'scope', async () => (await serviceKey(['audit:read'])).secret],
    ['that was revoked', 'stranger', async () => {
      const { secret, clientKey } = await serviceKey(['users:read']);
      await done(owner, 'revokeClientKey', { keyId: clientKey.id });
      return secret;
    }],
    ['that expired', 'stranger', async () => {
      const { secret, clientKey } = await serviceKey(['users:read']);
      await expire(clientKey.id);
      return secret;
    }],
    ['of a deleted client', 'stranger', async () => {
      const clientId = await clientWith(['users:read']);
      const { secret, clientKey } = await ownKey(owner, { clientId });
      await done(owner, 'deleteServiceClient', { clientId, confirmation: clientKey.owner.name });
      return secret;
    }],
    ['of a deactivated person', 'stranger', async () => {
      const { api, id } = await somebody(server, owner, 'gone-with-key@example.test');
      const { secret } = await ownKey(api);
      await done(owner, 'deactivateUser', { userId: id });
      return secret;
    }],
    ['with a wrong checksum', 'stranger', async () => typo((await serviceKey(['users:read'])).secret)],
    ['in another letter case', 'stranger', async () => `sk-kl-${(await serviceKey(['users:read'])).secret.slice(6).toLowerCase()}`],
    ['that nobody issued', 'stranger', async () => newClientKey()],
    ['of a suspended tenant', 'stranger', async () => {
      const other = await makeTenant(server, owner, 'suspended-keys');
      const { secret } = await ownKey(other.owner, { clientId: await clientWith(['users:read'], other.owner) });
      await done(owner, 'suspendTenant', { tenantId: other.id, confirmation: 'suspended-keys' });
      return secret;
    }],
  ])('%s: %s', async (_what, expected, make) => {
    const secret = await make();
    for (const carrier of headersWith(secret)) expect([carrier.name, await decisionOverHttp(server.url, carrier, HTTP)]).toEqual([carrier.name, expected]);
    for (const carrier of socketsWith(secret)) expect([carrier.name, await decisionOverSocket(server.url, carrier, SOCKET)]).toEqual([carrier.name, expected]);
  });

  test('of another tenant sees that tenant alone, in whatever header', async () => {
    const other = await makeTenant(server, owner, 'elsewhere');
    const { secret } = await ownKey(other.owner, { clientId: await clientWith(['users:read'], other.owner) });
    const { viewer } = await owner.ask('{ viewer { user { id } } }');
    for (const { headers } of headersWith(secret)) {
      expect((await post(server.url, headers!, '{ users { nodes { email } } }')).data.users.nodes).toEqual([{ email: 'owner-of-elsewhere@example.test' }]);
      const { errors } = await post(server.url, headers!, `{ node(id: "${viewer.user.id}") { id } }`);
      expect(errors).toMatchObject([{ extensions: { code: 'E4041' } }]);
    }
  });

  test('in both a header and the parameters must be one', async () => {
    const [one, other] = [(await serviceKey(['users:read'])).secret, (await serviceKey(['users:read'])).secret];
    const both = (params: string) => ({ name: '', headers: key(one), params: { 'X-API-Key': params } });
    expect(await decisionOverSocket(server.url, both(one), SOCKET)).toBe('open');
    expect(await decisionOverSocket(server.url, both(other), SOCKET)).toBe('stranger');
  });
});

describe('keys of people', () => {
  test('are seen, issued and taken back by themselves, and by nobody of their kind', async () => {
    const [one, other] = [await somebody(server, owner, 'one@example.test'), await somebody(server, owner, 'other@example.test')];
    const { clientKey } = await ownKey(one.api);
    expect((await one.api.ask('{ clientKeys { nodes { id } } viewer { user { clientKeys { id } } } }'))).toEqual({
      clientKeys: { nodes: [{ id: clientKey.id }] }, viewer: { user: { clientKeys: [{ id: clientKey.id }] } },
    });
    expect((await other.api.ask('{ clientKeys { nodes { id } } }')).clientKeys.nodes).toEqual([]);
    expect((await other.api.call(STATE, { id: clientKey.id })).errors).toMatchObject([{ extensions: { code: 'E4041' } }]);
    expect((await act(other.api, 'revokeClientKey', { keyId: clientKey.id })).errors).toMatchObject([{ code: 'E4041', rule: 'client_key_unknown' }]);
    expect((await done(one.api, 'revokeClientKey', { keyId: clientKey.id }, 'clientKey { state }')).clientKey.state).toBe('REVOKED');
  });

  test('are taken back by an admin, and shown with their users', async () => {
    const { api, id } = await somebody(server, owner, 'lost-laptop@example.test');
    const admin = (await somebody(server, owner, 'key-admin@example.test', 'ADMIN')).api;
    const { secret, clientKey } = await ownKey(api);
    const { node } = await admin.ask('query ($id: ID!) { node(id: $id) { ... on User { clientKeys { id state } } } }', { id });
    expect(node.clientKeys).toEqual([{ id: clientKey.id, state: 'ACTIVE' }]);
    await done(admin, 'revokeClientKey', { keyId: clientKey.id });
    expect((await post(server.url, key(secret), WHO)).status).toBe(401);
  });

  test('lose what their person loses', async () => {
    const { api, id } = await somebody(server, owner, 'demoted@example.test', 'ADMIN');
    const { secret } = await ownKey(api, { scopes: ['users:read', 'users:write', 'audit:read'] });
    expect((await post(server.url, key(secret), WHO)).data.caller.scopes).toEqual(['users:read', 'users:write', 'audit:read']);
    await done(owner, 'assignRole', { userId: id, role: 'USER' });
    expect((await post(server.url, key(secret), WHO)).data.caller.scopes).toEqual(['users:read']);
  });

  test('cannot be issued for service clients by them, nor by means of a key', async () => {
    const { api } = await somebody(server, owner, 'climber@example.test');
    const clientId = await clientWith(['users:read']);
    expect((await act(api, 'issueClientKey', { name: 'x', clientId })).errors).toMatchObject([{ code: 'E4031', rule: 'role' }]);
    const { secret } = await ownKey(owner);
    const { errors } = await post(server.url, key(secret), 'mutation { issueClientKey(input: { name: "child" }) { secret } }');
    expect(errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'scope', details: { scope: 'clients:write' } } }]);
  });

  test('end with their person', async () => {
    const { api, id, email } = await somebody(server, owner, 'leaver@example.test');
    const { secret, clientKey } = await ownKey(api);
    await done(owner, 'deleteUser', { userId: id, confirmation: email });
    expect((await post(server.url, key(secret), WHO)).status).toBe(401);
    await eventually(async () => (await owner.ask(STATE, { id: clientKey.id })).node.state === 'REVOKED', 20_000);
  }, 40_000);
});

test('76: a revoked key loses its open sockets within a second', async () => {
  const { secret, clientKey } = await serviceKey(['users:read']);
  const sockets = await Promise.all(socketsWith(secret).slice(6, 10).map((carrier) => openSocket(server.url, carrier, 'subscription { userChanged { cursor } }')));
  expect(sockets.map(({ decision }) => decision)).toEqual(['open', 'open', 'open', 'open']);
  await done(owner, 'revokeClientKey', { keyId: clientKey.id });
  const since = Date.now();
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4403, 4403, 4403, 4403]);
  expect(Date.now() - since).toBeLessThanOrEqual(WITHIN_MS);
});

test('calls are counted without an event each, an open socket once, and the count outlives the server', async () => {
  const { secret, clientKey } = await serviceKey(['users:read', 'audit:read']);
  const before = await newest();
  for (let n = 0; n < 7; n++) await post(server.url, bearer(secret), WHO);
  const socket = await openSocket(server.url, { name: '', headers: key(secret) }, 'subscription { userChanged { cursor } }');
  // Long enough to be judged again, which is no call: nothing tells from outside that it happened.
  await sleep(1_200);
  socket.close();
  const { node } = await owner.ask(STATE, { id: clientKey.id });
  expect(node.useCount).toBe(8);
  expect(Date.now() - Date.parse(node.lastUsedAt)).toBeLessThan(60_000);
  expect(await newest()).toBe(before);

  await post(server.url, key(secret), WHO);
  await server.stop();
  server = await startServer({ dataDir: server.dataDir });
  owner = apiOf(server.url);
  await done(owner, 'signIn', { email: 'owner@example.test', password: 'correct horse battery' });
  expect((await owner.ask(STATE, { id: clientKey.id })).node.useCount).toBe(9);
}, 60_000);

async function newest(): Promise<string> {
  return (await owner.ask('{ auditLog(first: 1) { nodes { position } } }')).auditLog.nodes[0].position;
}

describe('clientKeys', () => {
  test('are listed by state, owner and text, and in order', async () => {
    const clientId = await clientWith(['users:read']);
    const made = new Map<string, any>();
    for (const name of ['list-b', 'list-a', 'list-c']) made.set(name, (await ownKey(owner, { clientId, name })).clientKey);
    await done(owner, 'revokeClientKey', { keyId: made.get('list-c').id });
    const list = async (filter: object, more: object = {}): Promise<string[]> => (await owner.ask(
      'query ($filter: ClientKeyFilter, $orderBy: ClientKeyOrder) { clientKeys(filter: $filter, orderBy: $orderBy) { totalCount nodes { name } } }',
      { filter: { ownerId: clientId, ...filter }, ...more })).clientKeys.nodes.map(({ name }: { name: string }) => name);
    expect(await list({})).toEqual(['list-c', 'list-a', 'list-b']);
    expect(await list({ state: ['ACTIVE'] }, { orderBy: { field: 'NAME', direction: 'ASC' } })).toEqual(['list-a', 'list-b']);
    expect(await list({ state: ['REVOKED'] })).toEqual(['list-c']);
    expect(await list({ state: ['EXPIRED'] })).toEqual([]);
    expect(await list({ state: [] })).toEqual([]);
    expect(await list({ search: 'LIST-A' })).toEqual(['list-a']);
    expect(await list({ search: made.get('list-b').lastFour })).toEqual(['list-b']);
    const { node } = await owner.ask('query ($id: ID!) { node(id: $id) { ... on ServiceClient { keys { name state } } } }', { id: clientId });
    expect(node.keys).toEqual([{ name: 'list-c', state: 'REVOKED' }, { name: 'list-a', state: 'ACTIVE' }, { name: 'list-b', state: 'ACTIVE' }]);
  });

  test('are followed by those who may see them', async () => {
    const [one, other] = [await somebody(server, owner, 'follower@example.test'), await somebody(server, owner, 'other-follower@example.test')];
    const client = one.api.socket();
    const seen: string[] = [];
    for await (const { data } of client.iterate<any>({ query: 'subscription { clientKeyChanged { node { id name state } } }' })) {
      const { node } = data.clientKeyChanged;
      if (!node) {
        await ownKey(other.api, { name: 'not theirs' });
        const { clientKey } = await ownKey(one.api, { name: 'theirs' });
        await done(one.api, 'revokeClientKey', { keyId: clientKey.id });
        continue;
      }
      seen.push(node.name);
      if (node.state === 'REVOKED') break;
    }
    await client.dispose();
    expect(new Set(seen)).toEqual(new Set(['theirs']));
  });
});
