import { apiOf, follow, type Api } from '../../support/api';
import { act, done, PASSWORD, somebody, type Somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { makeTenant } from '../../support/tenants';

/** What the design promises: nothing of a lost right is left after this. */
const WITHIN_MS = 1_000;

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

interface Watcher extends Somebody {
  /** The code with which the server closes the socket of a running subscription. */
  closed: Promise<number>;
}

const RUNS = 'subscription { runChanged(after: null) { cursor } }';

/** Somebody with a running subscription. */
async function watcher(): Promise<Watcher> {
  const person = await somebody(server, owner, `watcher-${++count}@example.test`, 'ADMIN');
  return { ...person, closed: (await follow(person.api, RUNS)).closed };
}

/** Another session of theirs. */
async function again({ email }: Watcher): Promise<Api> {
  const api = apiOf(server.url);
  await done(api, 'signIn', { email, password: PASSWORD });
  return api;
}

/** The socket goes with 4403, and soon, once the mutation was answered. */
async function losesItsSocket(closed: Watcher['closed'], take: () => Promise<unknown>): Promise<void> {
  await take();
  const since = Date.now();
  expect(await closed).toBe(4403);
  expect(Date.now() - since).toBeLessThanOrEqual(WITHIN_MS);
}

describe('75 and 76: an open socket is closed within a second when its person', () => {
  test('signs out', async () => {
    const { api, closed } = await watcher();
    await losesItsSocket(closed, () => done(api, 'signOut', {}));
  });

  test('revokes the session from another one', async () => {
    const person = await watcher();
    const other = await again(person);
    const { viewer } = await person.api.ask('{ viewer { sessions { id current } } }');
    await losesItsSocket(person.closed, () => done(other, 'revokeSession', { sessionId: viewer.sessions.find((session: { current: boolean }) => session.current).id }));
  });

  test('changes the password elsewhere', async () => {
    const person = await watcher();
    const other = await again(person);
    await losesItsSocket(person.closed, () => done(other, 'changePassword', { oldPassword: PASSWORD, newPassword: 'other plain words' }));
  });

  test.each([
    ['gets another role', 'assignRole', { role: 'USER' }],
    ['is deactivated', 'deactivateUser', {}],
    ['gets a new password by an operator', 'setUserPassword', { password: 'words of the operator' }],
    ['has all sessions revoked by an operator', 'revokeUserSessions', {}],
  ])('%s', async (_words, name, more) => {
    const { id: userId, closed } = await watcher();
    await losesItsSocket(closed, () => done(owner, name, { userId, ...more }));
  });

  test('is deleted', async () => {
    const { id: userId, email, closed } = await watcher();
    await losesItsSocket(closed, () => done(owner, 'deleteUser', { userId, confirmation: email }));
  });

  test('loses the feature', async () => {
    const { closed } = await watcher();
    await losesItsSocket(closed, () => done(owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS'] }));
    await done(owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'VIRTUAL_KEYS', 'KEY_POOLS', 'RUNS'] });
  });
});

test('92: a suspended tenant loses its sockets and its doors within a second', async () => {
  const { id: tenantId, email, owner: api } = await makeTenant(server, owner, 'suspended');
  const { closed } = await follow(api, RUNS);
  await losesItsSocket(closed, () => done(owner, 'suspendTenant', { tenantId, confirmation: 'suspended' }));
  expect((await api.ask('{ viewer { role } }')).viewer).toBeNull();
  expect((await act(apiOf(server.url), 'signIn', { email, password: PASSWORD })).errors).toMatchObject([{ code: 'E4011' }]);
  await done(owner, 'resumeTenant', { tenantId });
  await done(apiOf(server.url), 'signIn', { email, password: PASSWORD });
});
