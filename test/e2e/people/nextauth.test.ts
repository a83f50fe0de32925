import net from 'node:net';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { apiOf, bearer, post, type Api } from '../../support/api';
import { eventuallyHolds } from '../../support/eventually';
import { act, done, seeAll, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';
import { claimsOf, encryptedToken, forgedTokens, newTokenSecret, tokenOf, type Claims } from '../../support/tokens';

const secret = newTokenSecret();
const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let count = 0;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: { NEXTAUTH_SECRET: secret, KEYLEDGER_TRUST_PROXY: '127.0.0.1,::1' } });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const ME = '{ caller { kind id expiresAt } viewer { role operator user { id email displayName } } }';
const seconds = (): number => Math.floor(Date.now() / 1_000);
/** Somebody whom nobody has seen before. */
const stranger = (more: Claims = {}): Claims => claimsOf({ sub: `sub-${++count}`, email: `stranger-${count}@example.test`, ...more });
const call = (token: string, query = ME) => post(server.url, bearer(token), query);
const refusalOf = ({ status, data, errors }: Awaited<ReturnType<typeof post>>): object => ({
  status, data, code: errors[0]?.extensions.code, rule: errors[0]?.extensions.rule, message: errors[0]?.message,
});
const REFUSED = { status: 401, data: null, code: 'E4011', rule: 'credential', message: 'The credential that was sent is not valid.' };

/** A socket opened with a token; resolves to how it closed. */
function socketOf(token: string): { client: Client; opened: Promise<void>; closed: Promise<number> } {
  let client!: Client;
  const closed = new Promise<number>((resolve) => {
    client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`, lazy: false, retryAttempts: 0, onNonLazyError: () => undefined,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string | string[]) {
          super(address, protocols, { headers: { authorization: `Bearer ${token}` } });
        }
      },
      on: { closed: (event) => resolve((event as { code: number }).code) },
    });
  });
  return { client, closed, opened: new Promise((resolve) => client.on('connected', () => resolve())) };
}

describe('MMA-01: a bearer token', () => {
  test('lets in who it speaks of, for as long as it says', async () => {
    const claims = stranger();
    const { status, data } = await call(tokenOf(secret, claims));
    expect({ status, data }).toMatchObject({
      status: 200,
      data: {
        caller: { kind: 'USER', expiresAt: new Date(Number(claims.exp) * 1_000).toISOString() },
        viewer: { role: 'USER', operator: false, user: { email: claims.email, displayName: claims.name } },
      },
    });
  });

  test('that has expired is told so', async () =>
    expect(refusalOf(await call(tokenOf(secret, stranger({ iat: seconds() - 100, exp: seconds() - 60 })))))
      .toEqual({ ...REFUSED, rule: 'token_expired', message: 'The token has expired.' }));

  test.each([
    ['no expiry', () => tokenOf(secret, { sub: 'x', email: 'x@example.test', iat: seconds() })],
    ['no sense', () => 'not.a.token'],
    ['another secret', () => tokenOf(newTokenSecret(), stranger())],
  ])('of %s is refused, with no word about why', async (_name, token) => expect(refusalOf(await call(token()))).toEqual(REFUSED));

  test('may not stand where no token is wanted: another scheme, none, or twice', async () => {
    const token = tokenOf(secret, stranger());
    for (const authorization of [`Basic ${token}`, token, `Bearer ${token} ${token}`, `Bearer`]) {
      expect(refusalOf(await post(server.url, { authorization }, ME))).toEqual(REFUSED);
    }
    const { data } = await post(server.url, {}, '{ caller { kind } viewer { role } }');
    expect(data).toEqual({ caller: { kind: 'ANONYMOUS' }, viewer: null });
  });
});

test('72: the encrypted default form of NextAuth is refused clearly', async () => {
  for (const form of ['next-auth 4', '@auth/core'] as const) expect(refusalOf(await call(await encryptedToken(secret, form)))).toEqual(REFUSED);
});

test('69: every forged token is refused over HTTP with one message', async () => {
  const forged = (await forgedTokens(secret)).filter(([, token]) => /^[\x21-\x7e]*$/.test(token) && token.length < 12_000);
  expect(forged.length).toBeGreaterThanOrEqual(60);
  const people = async (): Promise<number> => {
    await seeAll(owner);
    return (await owner.ask('{ users { totalCount } }')).users.totalCount;
  };
  const before = await people();
  const wrong = [];
  for (const [name, token] of forged) {
    const refusal = refusalOf(await call(token));
    if (JSON.stringify(refusal) !== JSON.stringify(REFUSED)) wrong.push([name, refusal]);
  }
  expect(wrong).toEqual([]);
  expect(await people()).toBe(before);
}, 60_000);

test('69: those that no client library would send are refused as well', async () => {
  const forged = (await forgedTokens(secret)).filter(([, token]) => !/^[\x21-\x7e]*$/.test(token) || token.length >= 12_000);
  expect(forged.length).toBeGreaterThanOrEqual(5);
  for (const [name, token] of forged) {
    expect([name, await rawStatus(`Bearer ${token}`)]).toEqual([name, expect.stringMatching(/^(400|401|431)$/)]);
  }
});

/** Sends the header as it is, byte by byte. */
async function rawStatus(authorization: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const body = JSON.stringify({ query: '{ viewer { role } }' });
  const socket = net.connect(Number(port), hostname);
  const answered = new Promise<string>((resolve) => {
    socket.once('data', (data) => resolve(/^HTTP\/1\.1 (\d{3})/.exec(data.toString())?.[1] ?? 'none'));
    socket.on('error', () => resolve('cut'));
  });
  socket.write(`POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nAuthorization: `);
  socket.write(Buffer.from(authorization, 'utf8'));
  socket.write(`\r\n\r\n${body}`);
  try {
    return await answered;
  } finally {
    socket.destroy();
  }
}

test('69: a sample of them is refused on the WebSocket, where the true one is let in', async () => {
  const good = socketOf(tokenOf(secret, stranger()));
  await good.opened;
  await good.client.dispose();
  const wanted = ['alg none, no signature', 'HS512', 'RS256 of somebody', 'kid, rightly signed', 'jwk of the secret', 'no exp', 'sub twice', 'another secret', 'signature in another spelling', 'a JWE around it'];
  const sample = (await forgedTokens(secret)).filter(([name]) => wanted.includes(name));
  expect(sample).toHaveLength(wanted.length);
  for (const [name, token] of sample) expect([name, await socketOf(token).closed]).toEqual([name, 4403]);
});

test('69: a refused token is in the audit log', async () => {
  // From an address of its own: of those above more were refused than are kept of one.
  const address = '203.0.113.69';
  const { headers } = await post(server.url, { ...bearer(tokenOf(newTokenSecret(), stranger())), 'x-forwarded-for': address }, ME);
  await eventuallyHolds(async () => {
    const { auditLog } = await owner.ask(
      'query ($correlationId: String) { auditLog(filter: { correlationId: $correlationId }) { nodes { act actorKind result reason code address } } }',
      { correlationId: headers.get('x-correlation-id') });
    expect(auditLog.nodes).toEqual([{ act: 'ActRefused', actorKind: 'anonymous', result: 'REFUSED', reason: 'credential', code: 'E4011', address }]);
  });
});

describe('MMA-02: somebody unknown', () => {
  test('becomes exactly one user however many calls come at once', async () => {
    const claims = stranger();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => call(tokenOf(secret, { ...claims, jti: String(n) }))));
    const ids = new Set(answers.map(({ data }) => data?.viewer?.user?.id));
    expect([...ids]).toEqual([expect.any(String)]);
    const { users } = await owner.ask('query ($search: String) { users(filter: { search: $search }) { nodes { id } } }', { search: String(claims.email) });
    expect(users.nodes).toHaveLength(1);
  });

  test('keeps the account when the address changes elsewhere', async () => {
    const claims = stranger();
    const first = await call(tokenOf(secret, claims));
    const second = await call(tokenOf(secret, { ...claims, email: 'renamed@example.test' }));
    expect(second.data.viewer.user.id).toBe(first.data.viewer.user.id);
    expect(second.data.viewer.user.email).toBe(claims.email);
  });

  test('without an address is nobody', async () =>
    expect(refusalOf(await call(tokenOf(secret, stranger({ email: undefined }))))).toEqual({ ...REFUSED, rule: 'user_unknown', message: 'User not found' }));

  test('with the address of a user is that user, who sees the link', async () => {
    const { id, email, api } = await somebody(server, owner, 'linked@example.test');
    const { data } = await call(tokenOf(secret, stranger({ email: email.toUpperCase() })));
    expect(data.viewer.user.id).toBe(id);
    expect((await api.ask('{ viewer { identities { provider } } }')).viewer.identities).toEqual([{ provider: 'nextauth' }]);
  });
});

test('79: a token with the address of an owner or admin does not become them', async () => {
  const admin = await somebody(server, owner, 'boss@example.test', 'ADMIN');
  expect(refusalOf(await call(tokenOf(secret, stranger({ email: OWNER.email }))))).toEqual(REFUSED);
  expect(refusalOf(await call(tokenOf(secret, stranger({ email: admin.email }))))).toEqual(REFUSED);
});

test('MMA-03: somebody deactivated is refused on both transports, and an open socket goes', async () => {
  const token = tokenOf(secret, stranger());
  const { data } = await call(token);
  const socket = socketOf(token);
  await socket.opened;
  await done(owner, 'deactivateUser', { userId: data.viewer.user.id });
  expect(await socket.closed).toBe(4403);
  expect(refusalOf(await call(token))).toEqual({ ...REFUSED, rule: 'inactive_user', message: 'This account is not active.' });
  expect(await socketOf(token).closed).toBe(4403);
});

test('HAPA-07: a token that was signed out is refused everywhere, and others of the same person are not', async () => {
  const claims = stranger();
  const [token, another] = [tokenOf(secret, claims), tokenOf(secret, { ...claims, jti: 'another' })];
  expect((await call(token)).status).toBe(200);
  const socket = socketOf(token);
  await socket.opened;
  const { data } = await call(token, 'mutation { signOut(input: {}) { errors { rule } } }');
  expect(data.signOut.errors).toEqual([]);
  expect(refusalOf(await call(token))).toEqual(REFUSED);
  expect(await socket.closed).toBe(4403);
  expect(await socketOf(token).closed).toBe(4403);
  expect((await call(another)).status).toBe(200);
});

test('79: the last way in stays', async () => {
  const token = tokenOf(secret, stranger());
  const { data } = await call(token, '{ viewer { identities { id } } }');
  const api = apiOf(server.url);
  const unlink = `mutation { unlinkIdentity(input: { identityId: "${data.viewer.identities[0].id}" }) { errors { code rule path } } }`;
  expect((await call(token, unlink)).data.unlinkIdentity.errors).toEqual([{ code: 'B2003', rule: 'last_way_in', path: ['input', 'identityId'] }]);
  expect((await api.call(unlink)).errors[0]?.extensions.code).toBe('E4011');
  expect((await act(owner, 'unlinkIdentity', { identityId: data.viewer.identities[0].id })).errors).toMatchObject([{ code: 'E4041', rule: 'identity_not_linked' }]);
  expect((await act(owner, 'unlinkIdentity', { identityId: 'rubbish' })).errors).toMatchObject([{ code: 'E4004' }]);
});
