import { createHmac } from 'node:crypto';
import { apiOf, bearer, follow, post, type Api } from '../../support/api';
import { act, acts, done, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER } from '../../support/set-up';

const NEXTAUTH_SECRET = 'k4Vq9-only-for-this-test-Zr7wLm2x';
/** What the design promises: nothing of a lost right is left after this. */
const WITHIN_MS = 1_000;
const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: { NEXTAUTH_SECRET } });
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const ME = '{ viewer { role sessions { id method current device address } } }';
const viewerOf = async (api: Api): Promise<any> => (await api.ask(ME)).viewer;
const isOut = async (api: Api): Promise<boolean> => (await viewerOf(api)) === null;

test('TEST-06, 83: the first visitor with the link makes the owner, however many try, and nobody after them', async () => {
  const visitor = apiOf(server.url);
  expect((await visitor.ask('{ setupState { needed } viewer { role } }'))).toMatchObject({ setupState: { needed: true }, viewer: null });
  expect((await act(visitor, 'signIn', { email: 'admin', password: 'admin' })).errors).toMatchObject([{ code: 'E4011' }]);
  const token = new URL(server.setupLink!).searchParams.get('token')!;
  expect((await act(visitor, 'setUp', { ...OWNER, token: 'A'.repeat(43) })).errors).toMatchObject([{ code: 'E4031', rule: 'setup_token' }]);
  expect((await act(visitor, 'setUp', { ...OWNER, token, password: 'password1234' })).errors).toMatchObject([{ rule: 'password_common' }]);

  const racers = Array.from({ length: 12 }, (_, n) => ({ api: apiOf(server.url), email: `racer-${n}@example.test` }));
  const answers = await Promise.all(racers.map(({ api, email }) => act(api, 'setUp', { ...OWNER, email, token }, 'viewer { role }')));
  const won = answers.flatMap(({ errors }, n) => (errors.length === 0 ? [racers[n]!] : []));
  expect(won).toHaveLength(1);
  expect(new Set(answers.flatMap(({ errors }) => errors.map(({ rule }: any) => rule)))).toEqual(new Set(['setup_token']));
  owner = won[0]!.api;
  expect((await owner.ask('{ users { nodes { email role } } setupState { needed } }'))).toEqual({
    users: { nodes: [{ email: won[0]!.email, role: 'OWNER' }] }, setupState: { needed: false },
  });
  expect((await act(apiOf(server.url), 'setUp', { ...OWNER, token })).errors).toMatchObject([{ rule: 'setup_token' }]);
});

test('74: the cookie is for this host, not for scripts and not across sites, and goes with the session', async () => {
  const { email } = await somebody(server, owner, 'cookie@example.test');
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `mutation { signIn(input: { email: "${email}", password: "${PASSWORD}" }) { errors { rule } } }` }),
  });
  const [set] = response.headers.getSetCookie();
  expect(set).toMatch(/^keyledger=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/);
  const left = await fetch(`${server.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', cookie: set!.split(';')[0]! },
    body: JSON.stringify({ query: 'mutation { signOut(input: {}) { position } }' }),
  });
  expect(left.headers.getSetCookie()).toEqual(['keyledger=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
});

test('TEST-05, 84: a session is one of those that are listed, survives a reload and ends with signing out', async () => {
  const { api, email } = await somebody(server, owner, 'listed@example.test');
  await done(apiOf(server.url), 'signIn', { email, password: PASSWORD });
  const { sessions } = await viewerOf(api);
  expect(sessions.map(({ method, current }: any) => [method, current]).sort()).toEqual([['PASSWORD', false], ['PASSWORD', true]]);
  for (const { address, device } of sessions) {
    expect(address).toMatch(/127\.0\.0\.1/);
    expect(device).toBe('node');
  }
  const stolen = api.cookie()!;
  await done(api, 'signOut');
  expect(await isOut(api)).toBe(true);
  expect((await post(server.url, { cookie: stolen }, '{ viewer { role } }')).data.viewer).toBeNull();
});

test('73: signing in again gives another session, and the one before is dead', async () => {
  const { api, email } = await somebody(server, owner, 'fixed@example.test');
  const before = api.cookie()!;
  await done(api, 'signIn', { email, password: PASSWORD });
  expect(api.cookie()).not.toBe(before);
  expect((await post(server.url, { cookie: before }, '{ viewer { role } }')).data.viewer).toBeNull();
  expect((await viewerOf(api)).sessions).toHaveLength(1);
  await post(server.url, { cookie: `keyledger=${'P'.repeat(43)}` }, `mutation { signIn(input: { email: "${email}", password: "${PASSWORD}" }) { position } }`);
  expect((await post(server.url, { cookie: `keyledger=${'P'.repeat(43)}` }, '{ viewer { role } }')).data.viewer).toBeNull();
});

test('73, 75: a new password leaves one session, with a new token', async () => {
  const { api, email } = await somebody(server, owner, 'rotated@example.test');
  const other = apiOf(server.url);
  await done(other, 'signIn', { email, password: PASSWORD });
  const { token } = await done(apiOf(server.url), 'signIn', { email, password: PASSWORD, answer: 'TOKEN' }, 'token');
  const before = api.cookie()!;
  await done(api, 'changePassword', { oldPassword: PASSWORD, newPassword: 'another tram on ice' }, 'viewer { role }');
  expect(api.cookie()).not.toBe(before);
  expect((await viewerOf(api)).sessions).toEqual([expect.objectContaining({ current: true })]);
  expect((await post(server.url, { cookie: before }, '{ viewer { role } }')).data.viewer).toBeNull();
  expect(await isOut(other)).toBe(true);
  expect((await post(server.url, bearer(token), '{ viewer { role } }')).status).toBe(401);
});

describe('75: sessions are ended', () => {
  test('one by one, by their owner', async () => {
    const { api, email } = await somebody(server, owner, 'revoker@example.test');
    const other = apiOf(server.url);
    await done(other, 'signIn', { email, password: PASSWORD });
    const { sessions } = await viewerOf(api);
    const sessionId = sessions.find(({ current }: any) => !current).id;
    expect((await done(api, 'revokeSession', { sessionId }, 'sessionId')).sessionId).toBe(sessionId);
    expect(await isOut(other)).toBe(true);
    expect((await act(api, 'revokeSession', { sessionId }, 'sessionId'))).toMatchObject({ sessionId: null, errors: [{ code: 'E4041', rule: 'session_unknown' }] });
    expect(await isOut(api)).toBe(false);
    const [ended] = await acts(owner, ['SessionEnded'], 1);
    expect(ended).toMatchObject({ summary: { reason: 'revoked' }, result: 'SUCCEEDED' });
  });

  test('all others at once', async () => {
    const { api, email } = await somebody(server, owner, 'everywhere@example.test');
    const others = [apiOf(server.url), apiOf(server.url), apiOf(server.url)];
    for (const other of others) await done(other, 'signIn', { email, password: PASSWORD });
    expect((await done(api, 'revokeOtherSessions', {}, 'count')).count).toBe(3);
    for (const other of others) expect(await isOut(other)).toBe(true);
    expect((await viewerOf(api)).sessions).toHaveLength(1);
    expect((await done(api, 'revokeOtherSessions', {}, 'count')).count).toBe(0);
  });

  test('by whoever manages their owner, and by nobody else', async () => {
    const [admin, user, peer] = await Promise.all([
      somebody(server, owner, 'boss@example.test', 'ADMIN'), somebody(server, owner, 'managed@example.test'), somebody(server, owner, 'peer@example.test', 'ADMIN'),
    ]);
    const sessionOf = async (api: Api): Promise<string> => (await viewerOf(api)).sessions[0].id;
    const [ofUser, ofPeer, ofAdmin] = [await sessionOf(user.api), await sessionOf(peer.api), await sessionOf(admin.api)];
    expect((await act(user.api, 'revokeSession', { sessionId: ofAdmin })).errors).toMatchObject([{ code: 'E4041', rule: 'session_unknown' }]);
    expect((await act(admin.api, 'revokeSession', { sessionId: ofPeer })).errors).toMatchObject([{ code: 'B2003', rule: 'role_above' }]);
    expect((await act(admin.api, 'revokeUserSessions', { userId: peer.id })).errors).toMatchObject([{ code: 'B2003', rule: 'role_above' }]);
    expect((await admin.api.ask(`{ node(id: "${user.id}") { ... on User { sessions { id current } } } }`)).node.sessions).toEqual([{ id: ofUser, current: false }]);
    await done(admin.api, 'revokeSession', { sessionId: ofUser });
    expect(await isOut(user.api)).toBe(true);
    await done(user.api, 'signIn', { email: user.email, password: PASSWORD });
    expect((await done(admin.api, 'revokeUserSessions', { userId: user.id }, 'count')).count).toBe(1);
    expect(await isOut(user.api)).toBe(true);
    expect(await isOut(peer.api)).toBe(false);
  });

  test.each([
    ['another role', (id: string) => done(owner, 'assignRole', { userId: id, role: 'AUDITOR' })],
    ['deactivation, MMA-03', (id: string) => done(owner, 'deactivateUser', { userId: id })],
    ['a password that an operator set', (id: string) => done(owner, 'setUserPassword', { userId: id, password: 'another tram on ice' })],
  ])('by %s, also those of programs and of open sockets, within a second', async (what, end) => {
    const { id, api, email } = await somebody(server, owner, `${what.replaceAll(/\W/g, '-')}@example.test`, 'ADMIN');
    const { token } = await done(apiOf(server.url), 'signIn', { email, password: PASSWORD, answer: 'TOKEN' }, 'token');
    const { closed } = await follow(api, 'subscription { userChanged(after: null) { cursor } }');
    await end(id);
    const since = Date.now();
    expect(await closed).toBe(4403);
    expect(Date.now() - since).toBeLessThan(WITHIN_MS);
    expect(await isOut(api)).toBe(true);
    expect((await post(server.url, bearer(token), '{ viewer { role } }'))).toMatchObject({ status: 401, errors: [{ extensions: { rule: 'credential' } }] });
  });
});

test('HAPA-07: a token of another system is refused once its holder signed out', async () => {
  const seconds = Math.floor(Date.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'elsewhere', email: 'elsewhere@example.test', name: 'Else Where', iat: seconds, exp: seconds + 3_600 };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  const token = `${signed}.${createHmac('sha256', NEXTAUTH_SECRET).update(signed).digest('base64url')}`;
  const before = await post(server.url, bearer(token), '{ viewer { user { email } } caller { kind expiresAt } }');
  expect(before.data).toEqual({
    viewer: { user: { email: claims.email } }, caller: { kind: 'USER', expiresAt: new Date(claims.exp * 1_000).toISOString() },
  });
  expect((await post(server.url, bearer(token), 'mutation { signOut(input: {}) { errors { rule } } }')).data).toEqual({ signOut: { errors: [] } });
  expect(await post(server.url, bearer(token), '{ viewer { role } }')).toMatchObject({ status: 401, errors: [{ extensions: { code: 'E4011' } }] });
  expect((await acts(owner, ['SessionEnded'], 1))[0]).toMatchObject({ summary: { reason: 'signed_out' } });
});
