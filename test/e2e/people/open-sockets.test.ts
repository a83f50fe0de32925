import type { Client } from 'graphql-ws';
import { apiOf, type Api } from '../../support/api';
import { startServer, type ServerProcess } from '../../support/server-process';
import { setUpOwner, signIn } from '../../support/set-up';

/** What the design promises: nothing of a lost right is left after this. */
const WITHIN_MS = 1_000;
const PASSWORD = 'plain words of mine';

let server: ServerProcess;
let owner: Api;
let count = 0;

beforeAll(async () => {
  server = await startServer();
  owner = await setUpOwner(server);
}, 90_000);
afterAll(() => server?.stop());

interface Watcher {
  email: string;
  userId: string;
  api: Api;
  /** Resolves to the close code once the server has closed the socket. */
  closed: Promise<{ code: number; at: number }>;
}

/** Somebody with a running subscription. */
async function watcher(role = 'ADMIN', admin = owner): Promise<Watcher> {
  const email = `watcher-${++count}@example.test`;
  const { createUser } = await admin.ask(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } errors { message } } }',
    { input: { email, displayName: 'Watcher', role, password: PASSWORD } });
  const api = await signIn(server, { email, password: PASSWORD, displayName: '', tenantName: '' });
  return { email, userId: createUser.user.id, api, ...(await subscribed(api.socket())) };
}

/** Follows runs, and answers once the first item has come. */
async function subscribed(client: Client): Promise<Pick<Watcher, 'closed'>> {
  const closed = new Promise<{ code: number; at: number }>((resolve) => {
    client.on('closed', (event) => resolve({ code: (event as { code: number }).code, at: Date.now() }));
  });
  await new Promise<void>((resolve, reject) => {
    client.subscribe({ query: 'subscription { runChanged(after: null) { cursor } }' }, { next: () => resolve(), error: reject, complete: () => undefined });
  });
  return { closed };
}

/** The socket goes with 4403, and soon, once the mutation was answered. */
async function losesItsSocket(closed: Watcher['closed'], act: () => Promise<unknown>): Promise<void> {
  await act();
  const since = Date.now();
  const { code, at } = await closed;
  expect(code).toBe(4403);
  expect(at - since).toBeLessThanOrEqual(WITHIN_MS);
}

const mutate = (api: Api, name: string, input: object): Promise<unknown> => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return api.ask(`mutation ($input: ${type}!) { ${name}(input: $input) { errors { code rule message } } }`, { input }).then((data) => {
    expect(data[name].errors).toEqual([]);
    return data;
  });
};

describe('75 and 76: an open socket is closed within a second when its person', () => {
  test('signs out', async () => {
    const { api, closed } = await watcher();
    await losesItsSocket(closed, () => mutate(api, 'signOut', {}));
  });

  test('revokes the session from another one', async () => {
    const { api, email, closed } = await watcher();
    const other = await signIn(server, { email, password: PASSWORD, displayName: '', tenantName: '' });
    const { viewer } = await api.ask('{ viewer { sessions { id current } } }');
    await losesItsSocket(closed, () => mutate(other, 'revokeSession', { sessionId: viewer.sessions.find((session: { current: boolean }) => session.current).id }));
  });

  test('changes the password elsewhere', async () => {
    const { email, closed } = await watcher();
    const other = await signIn(server, { email, password: PASSWORD, displayName: '', tenantName: '' });
    await losesItsSocket(closed, () => mutate(other, 'changePassword', { oldPassword: PASSWORD, newPassword: 'other plain words' }));
  });

  test.each([
    ['gets another role', 'assignRole', { role: 'USER' }],
    ['is deactivated', 'deactivateUser', {}],
    ['gets a new password by an operator', 'setUserPassword', { password: 'words of the operator' }],
    ['has all sessions revoked by an operator', 'revokeUserSessions', {}],
  ])('%s', async (_words, name, more) => {
    const { userId, closed } = await watcher();
    await losesItsSocket(closed, () => mutate(owner, name, { userId, ...more }));
  });

  test('is deleted', async () => {
    const { userId, email, closed } = await watcher();
    await losesItsSocket(closed, () => mutate(owner, 'deleteUser', { userId, confirmation: email }));
  });

  test('loses the feature', async () => {
    const { closed } = await watcher();
    await losesItsSocket(closed, () => mutate(owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS'] }));
    await mutate(owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS', 'RUNS'] });
  });
});

test('92: a suspended tenant loses its sockets and its doors within a second', async () => {
  const { createTenant } = await owner.ask(
    'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id } passwordLink errors { message } } }',
    { input: { slug: 'suspended', name: 'Suspended School', owner: { email: 'suspended@example.test', displayName: 'Soon Suspended' } } });
  const api = apiOf(server.url);
  await mutate(api, 'resetPassword', { token: new URL(createTenant.passwordLink).searchParams.get('token'), password: PASSWORD });
  const { closed } = await subscribed(api.socket());
  await losesItsSocket(closed, () => mutate(owner, 'suspendTenant', { tenantId: createTenant.tenant.id, confirmation: 'suspended' }));
  expect((await api.ask('{ viewer { role } }')).viewer).toBeNull();
  const { signIn: refused } = await apiOf(server.url).ask(
    'mutation ($input: SignInInput!) { signIn(input: $input) { errors { code } } }', { input: { email: 'suspended@example.test', password: PASSWORD } });
  expect(refused.errors).toMatchObject([{ code: 'E4011' }]);
  await mutate(owner, 'resumeTenant', { tenantId: createTenant.tenant.id });
  await signIn(server, { email: 'suspended@example.test', password: PASSWORD, displayName: '', tenantName: '' });
});
