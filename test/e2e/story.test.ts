import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import { apiOf, type Api } from '../support/api';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { OWNER, setUpOwner, signIn } from '../support/set-up';

const { dataDir, remove } = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let socket: Client;

beforeAll(async () => {
  server = await startServer({ dataDir });
  owner = await setUpOwner(server);
  socket = owner.socket();
}, 90_000);

afterAll(async () => {
  await socket?.dispose();
  await server?.stop();
  remove();
}, 60_000);

/** Follows a subscription until an item fits; answers that item. */
async function arrival<Item = any>(document: string, fits: (data: any) => boolean, act: () => Promise<unknown>): Promise<Item> {
  let began = false;
  for await (const { data, errors } of socket.iterate<any>({ query: document })) {
    if (errors) throw new Error(JSON.stringify(errors));
    if (!began) {
      began = true;
      // The first item of a feed says from where on it is complete, so whatever is done now must arrive.
      await act();
    }
    if (fits(data)) return data;
  }
  throw new Error('The subscription ended');
}

const errorsOf = (payload: { errors: { code: string; rule: string }[] }): string[] => payload.errors.map(({ code, rule }) => `${code} ${rule}`);

const CREATE_USER = `mutation ($input: CreateUserInput!) { createUser(input: $input) { position revision errors { code rule message path } user { id displayName role state } } }`;
const createUser = async (input: Record<string, unknown>, api = owner): Promise<any> => (await api.ask(CREATE_USER, { input: { displayName: 'Anna', role: 'USER', ...input } })).createUser;

describe('set-up and sign-in', () => {
  test('the link works once', async () => {
    const again = await apiOf(server.url).ask(`mutation ($input: SetUpInput!) { setUp(input: $input) { errors { code rule } viewer { role } } }`, {
      input: { ...OWNER, email: 'second@example.test', token: new URL(server.setupLink!).searchParams.get('token') },
    });
    expect(errorsOf(again.setUp)).toEqual(['E4031 setup_token']);
  });

  test('the owner signs in again, and out', async () => {
    const api = await signIn(server);
    expect((await api.ask('{ viewer { role tenant { name } } }')).viewer).toEqual({ role: 'OWNER', tenant: { name: OWNER.tenantName } });
    await api.ask('mutation { signOut(input: {}) { errors { code } } }');
    expect((await api.ask('{ viewer { role } }')).viewer).toBeNull();
  });

  test('unknown address and wrong password get the same answer', async () => {
    const attempt = async (email: string, password: string): Promise<unknown> =>
      (await apiOf(server.url).ask(`mutation ($input: SignInInput!) { signIn(input: $input) { errors { code rule message } } }`, { input: { email, password } })).signIn;
    expect(await attempt('nobody@example.test', 'wrong horse battery')).toEqual(await attempt(OWNER.email, 'wrong horse battery'));
  });

  test('a stranger reads nothing', async () => {
    const { errors } = await apiOf(server.url).call('{ users { nodes { id } } }');
    expect(errors[0]?.extensions.code).toBe('E4011');
  });
});

describe('users', () => {
  test('a new user arrives live, in the list and in the audit log', async () => {
    let made: any;
    const { userChanged } = await arrival(`subscription { userChanged { cursor position node { id displayName } } }`, (data) => data.userChanged.node?.displayName === 'Berta', async () => {
      made = await createUser({ email: 'berta@example.test', displayName: 'Berta' });
    });
    expect(userChanged.node.id).toBe(made.user.id);
    const { users, auditLog } = await owner.ask(`{ users(filter: { search: "berta" }) { nodes { id role } } auditLog(first: 1, filter: { act: ["UserCreated"] }) { nodes { actor { displayName } summary } } }`);
    expect(users.nodes).toEqual([{ id: made.user.id, role: 'USER' }]);
    expect(auditLog.nodes[0]).toMatchObject({ actor: { displayName: OWNER.displayName }, summary: { email: 'sealed', role: 'user' } });
  });

  test('the same key and payload is one effect; another payload is refused', async () => {
    const first = await createUser({ email: 'carl@example.test', idempotencyKey: 'carl' });
    expect(await createUser({ email: 'carl@example.test', idempotencyKey: 'carl' })).toEqual(first);
    const other = await createUser({ email: 'someone-else@example.test', idempotencyKey: 'carl' });
    expect(errorsOf(other)).toEqual(['E4091 idempotency_mismatch']);
    expect(other.user).toBeNull();
  });

  test('bad input names its field', async () => {
    const bad = await createUser({ email: 'no address', displayName: 'x'.repeat(101) });
    expect(bad.errors.map(({ code, path }: any) => [code, path])).toEqual(expect.arrayContaining([['V1001', ['input', 'email']], ['V1001', ['input', 'displayName']]]));
    expect(errorsOf(await createUser({ email: 'berta@example.test' }))).toEqual(['E4091 email_taken']);
  });

  test('roles and deactivation take effect, also on open sessions', async () => {
    const { user } = await createUser({ email: 'dora@example.test', displayName: 'Dora', password: 'dora has a password' });
    const asDora = (): ReturnType<typeof signIn> => signIn(server, { ...OWNER, email: 'dora@example.test', password: 'dora has a password' });
    const plain = await asDora();
    expect((await plain.ask('{ users { nodes { id } } }')).users.nodes).toEqual([{ id: user.id }]);
    expect((await plain.call('{ auditLog { nodes { id } } }')).errors[0]?.extensions.code).toBe('E4031');
    const assigned = await owner.ask(`mutation ($input: AssignRoleInput!) { assignRole(input: $input) { errors { code rule } user { role } } }`, { input: { userId: user.id, role: 'ADMIN' } });
    expect(assigned.assignRole).toEqual({ errors: [], user: { role: 'ADMIN' } });
    await until(async () => (await plain.ask('{ viewer { role } }')).viewer === null);
    const dora = await asDora();
    expect((await dora.ask('{ users { nodes { id } } }')).users.nodes.length).toBeGreaterThan(1);
    const promoted = await dora.ask(`mutation ($input: AssignRoleInput!) { assignRole(input: $input) { errors { code rule } } }`, { input: { userId: user.id, role: 'OWNER' } });
    expect(errorsOf(promoted.assignRole)).toEqual(['B2003 own_role']);
    await owner.ask(`mutation ($input: DeactivateUserInput!) { deactivateUser(input: $input) { errors { code rule } } }`, { input: { userId: user.id } });
    await until(async () => (await dora.ask('{ viewer { role } }')).viewer === null);
  });

  test('ids that are wrong, foreign or unknown are told apart from nothing', async () => {
    const assign = async (userId: string): Promise<string[]> =>
      errorsOf((await owner.ask(`mutation ($input: AssignRoleInput!) { assignRole(input: $input) { errors { code rule } } }`, { input: { userId, role: 'ADMIN' } })).assignRole);
    expect(await assign('nonsense')).toEqual(['E4004 global_id']);
    expect(await assign(Buffer.from('Run:1').toString('base64url'))).toEqual(['E4004 global_id_type']);
    expect(await assign(Buffer.from('User:1').toString('base64url'))).toEqual(['E4041 user_unknown']);
  });
});

/** Waits until it holds, for at most ten seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It never held');
    await sleep(50);
  }
}

describe('virtual keys', () => {
  const ISSUE = `mutation ($input: IssueKeyInput!) { issueKey(input: $input) { errors { code rule path } secret virtualKey { id state lastFour simulated } } }`;

  test('a key is issued, provisioned live, and its secret shown once', async () => {
    const { user } = await createUser({ email: 'emil@example.test', displayName: 'Emil' });
    const input = { ownerId: user.id, keyAlias: 'course-7', models: ['gpt-4o-mini'], maxBudget: '5.00', idempotencyKey: 'course-7' };
    let issued: any;
    await arrival(`subscription { virtualKeyChanged { cursor node { keyAlias state } } }`, (data) => data.virtualKeyChanged.node?.state === 'ACTIVE', async () => {
      issued = (await owner.ask(ISSUE, { input })).issueKey;
    });
    expect(issued.secret.slice(-4)).toBe(issued.virtualKey.lastFour);
    const again = (await owner.ask(ISSUE, { input })).issueKey;
    expect(again).toMatchObject({ secret: null, virtualKey: { id: issued.virtualKey.id, state: 'ACTIVE' } });
    expect(errorsOf((await owner.ask(ISSUE, { input: { ...input, idempotencyKey: 'other' } })).issueKey)).toEqual(['E4091 key_alias_taken']);
    const everything = JSON.stringify(await owner.ask('{ auditLog(first: 100) { nodes { summary } } virtualKeys { nodes { keyAlias lastFour } } }'));
    expect(everything).not.toContain(issued.secret);
  });
});

describe('key pools', () => {
  const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { errors { code rule } lease { id fencingToken } ticket { place reason } secret } }`;
  const lease = async (requestId: string): Promise<any> => (await owner.ask(LEASE, { input: { provider: 'kling', requestId } })).leaseKey;
  const RELEASE = `mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code rule } } }`;

  test('the only key is leased, the next waits, and is served on release with a greater token', async () => {
    const added = await owner.ask(`mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { errors { code rule } providerKey { name lastFour } } }`, {
      input: { provider: 'kling', name: 'kling-1', secret: 'not-a-real-key' },
    });
    expect(added.addProviderKey).toEqual({ errors: [], providerKey: { name: 'kling-1', lastFour: '-key' } });
    const first = await lease('r1');
    expect(first).toMatchObject({ errors: [], secret: 'not-a-real-key', lease: { fencingToken: '1' } });
    expect(await lease('r2')).toMatchObject({ lease: null, secret: null, ticket: { place: 1, reason: 'CONCURRENCY' } });

    const wrong = await owner.ask(RELEASE, { input: { leaseId: first.lease.id, fencingToken: '7' } });
    expect(wrong.releaseLease.errors[0].code).toMatch(/^(E4091|B2003|B2001)$/);
    await arrival(`subscription { keyPoolChanged { cursor node { activeLeases waiting } } }`, (data) => data.keyPoolChanged.node?.waiting === 0, () =>
      owner.ask(RELEASE, { input: { leaseId: first.lease.id, fencingToken: '1' } }));
    const second = await lease('r2');
    expect(second).toMatchObject({ secret: 'not-a-real-key', lease: { fencingToken: '2' } });
    const stale = await owner.ask(`mutation ($input: HeartbeatLeaseInput!) { heartbeatLease(input: $input) { errors { code rule } } }`, { input: { leaseId: second.lease.id, fencingToken: '1' } });
    expect(stale.heartbeatLease.errors).toHaveLength(1);
  });
});

describe('chat', () => {
  test('the answer streams, can be resumed anywhere, and equals what is kept', async () => {
    const { openChatSession } = await owner.ask(`mutation { openChatSession(input: { title: "First" }) { errors { code } chatSession { id } } }`);
    const { postMessage } = await owner.ask(`mutation ($input: PostMessageInput!) { postMessage(input: $input) { errors { code rule } answer { id state } run { id } } }`, {
      input: { sessionId: openChatSession.chatSession.id, text: 'What is a ledger?' },
    });
    expect(postMessage.answer.state).toBe('STREAMING');
    const twice = await owner.ask(`mutation ($input: PostMessageInput!) { postMessage(input: $input) { errors { code rule } } }`, { input: { sessionId: openChatSession.chatSession.id, text: 'And?' } });
    expect(errorsOf(twice.postMessage)).toEqual(['B2001 answer_running']);

    let text = '';
    let after: string | null = null;
    for (let done = false; !done; ) {
      // Cut after every few blocks and continue behind the last one seen.
      let blocks = 0;
      for await (const { data } of socket.iterate<any>({ query: 'subscription ($id: ID!, $after: String) { answerStream(messageId: $id, after: $after) { cursor text done } }', variables: { id: postMessage.answer.id, after } })) {
        text += data.answerStream.text;
        after = data.answerStream.cursor;
        done = data.answerStream.done;
        if (++blocks === 3) break;
      }
    }
    const { chatSessions, runs } = await owner.ask('{ chatSessions { nodes { messages { nodes { role state text } } } } runs { nodes { state kind simulated } } }');
    expect(chatSessions.nodes[0].messages.nodes).toEqual([
      { role: 'USER', state: 'COMPLETE', text: 'What is a ledger?' },
      { role: 'ASSISTANT', state: 'COMPLETE', text },
    ]);
    await until(async () => (await owner.ask('{ runs { nodes { state } } }')).runs.nodes[0].state === 'SUCCEEDED');
    expect(runs.nodes[0]).toMatchObject({ kind: 'CHAT', simulated: true });
  });

  test('nobody reads another person\'s chat', async () => {
    await createUser({ email: 'fred@example.test', displayName: 'Fred', password: 'fred has a password' });
    const fred = await signIn(server, { ...OWNER, email: 'fred@example.test', password: 'fred has a password' });
    expect((await fred.ask('{ chatSessions { nodes { id } } }')).chatSessions.nodes).toEqual([]);
    const { chatSessions } = await owner.ask('{ chatSessions { nodes { id messages { nodes { id } } } } }');
    const { errors } = await fred.call('query ($id: ID!) { node(id: $id) { id } }', { id: chatSessions.nodes[0].id });
    expect(errors[0]?.extensions.code).toBe('E4041');
  });
});

describe('the audit log', () => {
  test('has every act, in order, once, also for a follower that is cut again and again', async () => {
    const followed: string[] = [];
    const { auditLog } = await owner.ask('{ auditLog(first: 100, orderBy: { field: POSITION, direction: ASC }) { nodes { id position } } }');
    const ids: string[] = auditLog.nodes.map(({ id }: any) => id);
    // The first item of a new feed gives the place to come back to.
    let after: string | null = null;
    for await (const { data } of socket.iterate<any>({ query: 'subscription { auditEntryAdded { cursor node { id } } }' })) {
      after = data.auditEntryAdded.cursor;
      break;
    }
    for (let n = 0; n < 12; n++) await createUser({ email: `many-${n}@example.test`, displayName: `Many ${n}` });
    while (followed.length < 24) {
      let taken = 0;
      for await (const { data } of socket.iterate<any>({ query: 'subscription ($after: String) { auditEntryAdded(after: $after) { cursor node { id } } }', variables: { after } })) {
        if (data.auditEntryAdded.node) {
          followed.push(data.auditEntryAdded.node.id);
          after = data.auditEntryAdded.cursor;
        }
        if (++taken === 6 || followed.length === 24) break;
      }
    }
    const now = (await owner.ask('{ auditLog(first: 100, orderBy: { field: POSITION, direction: ASC }) { nodes { id } } }')).auditLog.nodes.map(({ id }: any) => id);
    expect(followed.slice(0, 24)).toEqual(now.slice(ids.length, ids.length + 24));
  });
});
