import { apiOf, bearer, post, type Api } from '../../support/api';
import { act, acts, done, globalId, keyOf, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let ownerId: string;

beforeAll(async () => {
  // As much as it ever prints, to see that no secret is among it.
  server = await startServer({ dataDir: folder.dataDir, env: { KEYLEDGER_LOG_LEVEL: 'trace' } });
  owner = await setUpOwner(server);
  ownerId = (await owner.ask('{ viewer { user { id } } }')).viewer.user.id;
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const FIELDS = 'id email displayName role state organization note picture tier dailyLimit dailyLimitIsDefault revision';
const USER = `user { ${FIELDS} }`;
const RESULTS = `results { index user { ${FIELDS} } errors { code rule path } }`;
const NOBODY = globalId('User', 'nobody');
let made = 0;
const address = (): string => `person-${++made}@example.test`;
const person = (more: object = {}) => ({ email: address(), displayName: `Person ${made}`, role: 'USER', ...more });
const create = async (more: object = {}): Promise<any> => (await done(owner, 'createUser', person(more), USER)).user;
const one = async (api: Api, id: string): Promise<any> => (await api.ask(`query ($id: ID!) { node(id: $id) { ... on User { ${FIELDS} } } }`, { id })).node;
const list = async (filter: object | null = null, more = ''): Promise<any[]> =>
  (await owner.ask(`query ($filter: UserFilter) { users(filter: $filter, first: 100 ${more}) { nodes { ${FIELDS} } } }`, { filter })).users.nodes;
const count = async (): Promise<number> => (await owner.ask('{ users { totalCount } }')).users.totalCount;
const signIn = (email: string, password = PASSWORD): Promise<any> => act(apiOf(server.url), 'signIn', { email, password });
const idsOf = (users: { id: string }[]): string[] => users.map(({ id }) => id).sort((a, b) => a.localeCompare(b));
const rules = ({ errors }: any): string[] => errors.map(({ rule }: any) => rule);

describe('MAMA-06: who makes whom', () => {
  test('an admin makes users and auditors, never admins and owners; whoever is made signs in and is no more than that', async () => {
    const admin = await somebody(server, owner, address(), 'ADMIN');
    for (const role of ['ADMIN', 'OWNER']) {
      expect((await act(admin.api, 'createUser', person({ role }))).errors).toMatchObject([{ code: 'B2003', rule: 'role_above', path: ['input', 'role'] }]);
    }
    for (const role of ['USER', 'AUDITOR']) {
      const { email } = (await done(admin.api, 'createUser', person({ role, password: PASSWORD }), USER)).user;
      const api = apiOf(server.url);
      await done(api, 'signIn', { email, password: PASSWORD });
      expect((await api.ask('{ viewer { role } }')).viewer).toEqual({ role });
    }
  });

  test('an address is taken whatever its letter case', async () => {
    const { email } = await create();
    expect((await act(owner, 'createUser', person({ email: ` ${email.toUpperCase()}`.trim() }))).errors).toMatchObject([
      { code: 'E4091', rule: 'email_taken', path: ['input', 'email'] },
    ]);
  });

  test('a user makes nobody', async () => {
    const { api } = await somebody(server, owner, address());
    const { errors } = await api.call('mutation ($input: CreateUserInput!) { createUser(input: $input) { position } }', { input: person() });
    expect(errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'role' } }]);
  });
});

test('one or many are made with everything that is known of them', async () => {
  const full = person({ organization: ' Class 3 ', note: 'pays late', tier: 'plus', password: PASSWORD });
  expect(await create(full)).toMatchObject({ email: full.email, organization: 'Class 3', note: 'pays late', tier: 'plus', state: 'ACTIVE', dailyLimitIsDefault: true });
  const many = Array.from({ length: 20 }, () => person({ organization: 'Class 4' }));
  const { results } = await done(owner, 'createUsers', { users: many }, RESULTS);
  expect(results.map(({ index, user, errors }: any) => [index, user.email, user.organization, errors])).toEqual(
    many.map(({ email }, index) => [index, email, 'Class 4', []]));
  expect(new Set(results.map(({ user }: any) => user.id)).size).toBe(20);
});

test('a server key with the right scope makes and changes plain users, and nobody else', async () => {
  const { serviceClient } = await done(owner, 'createServiceClient', { name: 'School register', scopes: ['users:read', 'users:write'] }, 'serviceClient { id }');
  const { secret } = await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'register' }, 'secret');
  const asService = async (mutation: string): Promise<any> => (await post(server.url, bearer(secret), `mutation { ${mutation} }`)).data;
  const email = address();
  const { createUser } = await asService(`createUser(input: { email: "${email}", displayName: "By key", role: USER }) { user { id role } errors { rule } }`);
  expect(createUser).toMatchObject({ user: { role: 'USER' }, errors: [] });
  const auditor = await create({ role: 'AUDITOR' });
  for (const mutation of [
    `createUser(input: { email: "${address()}", displayName: "x", role: AUDITOR }) { errors { rule } }`,
    `assignRole(input: { userId: "${createUser.user.id}", role: AUDITOR }) { errors { rule } }`,
    `updateUser(input: { userId: "${auditor.id}", note: "x" }) { errors { rule } }`,
    `deleteUser(input: { userId: "${auditor.id}", confirmation: "${auditor.email}" }) { errors { rule } }`,
  ]) {
    expect(Object.values(await asService(mutation))).toEqual([{ errors: [{ rule: 'role_above' }] }]);
  }
  const { deleteUser } = await asService(`deleteUser(input: { userId: "${createUser.user.id}", confirmation: "${email}" }) { user { state } errors { rule } }`);
  expect(deleteUser).toEqual({ user: { state: 'DELETED' }, errors: [] });
});

describe('MAMA-21: many are made, or nobody', () => {
  test('everything that is wrong is named with its place, and nobody is made', async () => {
    const before = await count();
    const { email } = await create();
    const users = [
      person(), person({ email: 'no address' }), person({ displayName: '' }),
    ];
    expect((await act(owner, 'createUsers', { users }, RESULTS))).toMatchObject({
      results: null, errors: expect.arrayContaining([
        expect.objectContaining({ code: 'V1001', rule: 'is_email', path: ['input', 'users', '1', 'email'] }),
        expect.objectContaining({ code: 'V1001', rule: 'min_length', path: ['input', 'users', '2', 'displayName'] }),
      ]),
    });
    const twice = person();
    const refused = await act(owner, 'createUsers', {
      users: [twice, person({ email }), { ...twice, email: twice.email.toUpperCase() }, person({ password: 'short' }), person({ passwordHash: 'md5$x' })],
    }, RESULTS);
    expect(refused.results).toBeNull();
    expect(refused.errors.map(({ rule, path }: any) => [rule, path.slice(2).join('.')])).toEqual([
      ['email_taken', '1.email'], ['email_repeated', '2.email'], ['password_too_short', '3.password'], ['password_hash', '4.passwordHash'],
    ]);
    expect(await count()).toBe(before + 1);
    // Nothing was claimed either.
    expect((await done(owner, 'createUsers', { users: [twice] }, RESULTS)).results).toHaveLength(1);
  });

  test('a role above one\'s own refuses all', async () => {
    const admin = await somebody(server, owner, address(), 'ADMIN');
    const fine = person();
    expect((await act(admin.api, 'createUsers', { users: [fine, person({ role: 'ADMIN' })] })).errors).toMatchObject([
      { code: 'B2003', rule: 'role_above', path: ['input', 'users', '1', 'role'] },
    ]);
    expect(await list({ search: fine.email })).toEqual([]);
  });

  test('1 to 100 at once, and the same request twice has one effect', async () => {
    expect(rules(await act(owner, 'createUsers', { users: [] }))).toEqual(['array_min_size']);
    const tooMany = await owner.call('mutation ($input: CreateUsersInput!) { createUsers(input: $input) { errors { rule } } }', { input: { users: Array.from({ length: 101 }, () => person()) } });
    expect(JSON.stringify(tooMany.errors) + JSON.stringify(tooMany.data)).toMatch(/list_size|array_max_size/);
    const input = { users: [person(), person()], idempotencyKey: 'these two' };
    const first = await done(owner, 'createUsers', input, RESULTS);
    expect((await done(owner, 'createUsers', input, RESULTS)).results).toEqual(first.results);
  });

  test('a user who could not be made leaves the address free', async () => {
    const input = person({ passwordHash: 'pbkdf2_sha256$1$c2FsdHNhbHQ$x' });
    expect(rules(await act(owner, 'createUser', input))).toEqual(['password_hash']);
    expect(rules(await act(owner, 'createUser', { ...input, passwordHash: null, password: 'password1234' }))).toEqual(['password_common']);
    await done(owner, 'createUser', { ...input, passwordHash: null });
  });
});

test('MAMA-11: no password and no hash is ever answered or logged', async () => {
  const secret = 'a sentence of nobody else';
  const { email } = await create({ password: secret });
  expect((await signIn(email, secret)).errors).toEqual([]);
  const everything = JSON.stringify([
    await list(), await acts(owner, ['UserCreated', 'PasswordChanged', 'ActRefused'], 100), await owner.ask('{ userExport { csv } }'),
  ]);
  expect(everything).toContain(email);
  expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/argon2|pbkdf2_sha256\$1\$/);
  expect(server.output()).not.toContain(secret);
  expect(server.output()).not.toMatch(/\$argon2|pbkdf2_sha256\$/);
});

describe('MAMA-24, MAMA-25: reading people', () => {
  test('newest first, by organisation exactly, in every order and page by page', async () => {
    const organization = 'Order of reading';
    for (const displayName of ['B', 'A', 'C']) await create({ displayName, organization });
    await create({ organization: `${organization} 2` });
    expect((await list({ organization: [organization] })).map(({ displayName }) => displayName)).toEqual(['C', 'A', 'B']);
    expect((await list({ organization: [organization] }, ', orderBy: { field: DISPLAY_NAME, direction: ASC }')).map(({ displayName }) => displayName)).toEqual(['A', 'B', 'C']);
    const byOrganization = await list({ search: `@org:"${organization}"` }, ', orderBy: { field: ORGANIZATION, direction: DESC }');
    expect(byOrganization[0].organization).toBe(`${organization} 2`);
    const pages: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { users } = await owner.ask(
        `query ($filter: UserFilter, $after: String) { users(filter: $filter, first: 1, after: $after, orderBy: { field: ORGANIZATION, direction: ASC }) {
          nodes { displayName } pageInfo { hasNextPage endCursor } } }`, { filter: { organization: [organization] }, after }) as any;
      pages.push(users.nodes[0].displayName);
      [after, more] = [users.pageInfo.endCursor, users.pageInfo.hasNextPage];
    }
    expect(pages.sort()).toEqual(['A', 'B', 'C']);
  });

  test('one is read by id, nobody is not found', async () => {
    const { id, email } = await create();
    expect(await one(owner, id)).toMatchObject({ id, email });
    const { errors } = await owner.call(`{ node(id: "${NOBODY}") { id } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'E4041' } }]);
  });

  test('by tier and state', async () => {
    const { id } = await create({ tier: 'gold', organization: 'Tiers' });
    const other = await create({ organization: 'Tiers' });
    await done(owner, 'deactivateUser', { userId: other.id });
    expect((await list({ tier: ['gold'] })).map((user) => user.id)).toEqual([id]);
    expect((await list({ organization: ['Tiers'], state: ['DEACTIVATED'] })).map((user) => user.id)).toEqual([other.id]);
  });
});

describe('MAMA-26: updating one', () => {
  test('what is omitted stays, null clears', async () => {
    const { id } = await create({ organization: 'Before', note: 'a note', tier: 'plus' });
    const picture = 'https://pictures.example.test/kim.png';
    expect((await done(owner, 'updateUser', { userId: id, organization: 'After', picture }, USER)).user).toMatchObject({ organization: 'After', note: 'a note', tier: 'plus', picture });
    expect((await done(owner, 'updateUser', { userId: id, note: null, displayName: 'Kim' }, USER)).user).toMatchObject({ organization: 'After', note: null, displayName: 'Kim', picture });
    const { user: { revision } } = await done(owner, 'updateUser', { userId: id, organization: 'After', displayName: ' Kim ' }, USER);
    expect((await done(owner, 'updateUser', { userId: id }, USER)).user.revision).toBe(revision);
    expect(revision).toBe('2');
  });

  test('is judged field by field', async () => {
    const { id } = await create();
    expect(rules(await act(owner, 'updateUser', { userId: id, displayName: null }))).toEqual(['required']);
    expect(rules(await act(owner, 'updateUser', { userId: id, displayName: '   ' }))).toEqual(['matches']);
    expect(rules(await act(owner, 'updateUser', { userId: id, picture: 'javascript:alert(1)' }))).toEqual(['is_url']);
    expect((await act(owner, 'updateUser', { userId: NOBODY, note: 'x' })).errors).toMatchObject([{ code: 'E4041', rule: 'user_unknown', path: ['input', 'userId'] }]);
  });
});

describe('MAMA-27: updating many', () => {
  test('an empty list is refused', async () => {
    expect(rules(await act(owner, 'updateUsers', { userIds: [], note: 'x' }))).toEqual(['array_min_size']);
  });

  test('one unknown refuses all and is named', async () => {
    const [first, second] = [await create(), await create()];
    const payload = await act(owner, 'updateUsers', { userIds: [first.id, NOBODY, second.id, 'nonsense'], organization: 'Never' }, RESULTS);
    expect(payload.results).toBeNull();
    expect(payload.errors).toMatchObject([
      { code: 'E4041', rule: 'user_unknown', path: ['input', 'userIds', '1'], details: { userId: NOBODY } },
      { code: 'E4041', rule: 'user_unknown', path: ['input', 'userIds', '3'], details: { userId: 'nonsense' } },
    ]);
    expect(await list({ organization: ['Never'] })).toEqual([]);
  });

  test('all are changed, and what is omitted stays', async () => {
    const [first, second] = [await create({ note: 'stays' }), await create({ tier: 'plus' })];
    const { results } = await done(owner, 'updateUsers', { userIds: [first.id, second.id], organization: 'Together', role: 'AUDITOR', tier: 'gold' }, RESULTS);
    expect(results).toMatchObject([
      { index: 0, errors: [], user: { id: first.id, organization: 'Together', note: 'stays', role: 'AUDITOR', tier: 'gold' } },
      { index: 1, errors: [], user: { id: second.id, organization: 'Together', note: null, role: 'AUDITOR', tier: 'gold' } },
    ]);
  });

  test('what is refused for one is not half done and does not hold up the others', async () => {
    const admin = await somebody(server, owner, address(), 'ADMIN');
    const [peer, user] = [await create({ role: 'ADMIN' }), await create()];
    const { results } = await done(admin.api, 'updateUsers', { userIds: [peer.id, user.id], organization: 'Reach' }, RESULTS);
    expect(results).toMatchObject([{ user: null, errors: [{ code: 'B2003', rule: 'role_above', path: ['input', 'userIds', '0'] }] }, { user: { organization: 'Reach' }, errors: [] }]);
    const { results: risen } = await done(admin.api, 'updateUsers', { userIds: [user.id], organization: 'Half', role: 'ADMIN' }, RESULTS);
    expect(risen).toMatchObject([{ user: null, errors: [{ rule: 'role_above' }] }]);
    expect(await one(owner, user.id)).toMatchObject({ organization: 'Reach', role: 'USER' });
  });
});

describe('MAMA-08, MAMA-30: deleting', () => {
  test('an admin is deleted by an owner, typed out; the act is in the audit log', async () => {
    const admin = await somebody(server, owner, address(), 'ADMIN');
    expect((await act(owner, 'deleteUser', { userId: admin.id, confirmation: 'yes' })).errors).toMatchObject([{ code: 'V1001', rule: 'confirmation', path: ['input', 'confirmation'] }]);
    expect((await done(owner, 'deleteUser', { userId: admin.id, confirmation: admin.email.toUpperCase() }, USER)).user).toMatchObject({ state: 'DELETED', email: null });
    expect((await admin.api.ask('{ viewer { role } }')).viewer).toBeNull();
    expect(rules(await signIn(admin.email))).toEqual(['credentials']);
    const [deletion] = await acts(owner, ['UserDeleted']);
    expect(deletion).toMatchObject({ act: 'UserDeleted', actorId: keyOf(ownerId), result: 'SUCCEEDED' });
    expect(deletion.subjects).toContain(keyOf(admin.id));
  });

  test('history stays, the address is free, and a deleted user is only seen when asked for', async () => {
    const gone = await create({ organization: 'Leavers' });
    await done(owner, 'deleteUser', { userId: gone.id, confirmation: gone.email });
    expect(await list({ organization: ['Leavers'] })).toEqual([]);
    expect(await list({ organization: ['Leavers'], state: ['DELETED'] })).toMatchObject([{ id: gone.id, displayName: gone.displayName, email: null }]);
    expect(await one(owner, gone.id)).toMatchObject({ state: 'DELETED', displayName: gone.displayName });
    const { auditLog } = await owner.ask('query ($subject: String) { auditLog(filter: { subject: $subject }) { nodes { act } } }', { subject: keyOf(gone.id) });
    expect(auditLog.nodes.map(({ act: what }: any) => what)).toEqual(expect.arrayContaining(['UserCreated', 'UserDeleted']));
    const again = await create({ email: gone.email });
    expect(again.id).not.toBe(gone.id);
    for (const [name, input] of [['updateUser', { note: 'x' }], ['assignRole', { role: 'ADMIN' }], ['reactivateUser', {}], ['deleteUser', { confirmation: gone.email }]] as const) {
      expect((await act(owner, name, { userId: gone.id, ...input })).errors).toMatchObject([{ code: 'E4041', rule: 'user_unknown' }]);
    }
  });

  test('many need their number typed, and one unknown refuses all', async () => {
    const gone = [await create(), await create()].map(({ id }) => id);
    expect(rules(await act(owner, 'deleteUsers', { userIds: gone, confirmation: 'delete 3 users' }))).toEqual(['confirmation']);
    expect((await act(owner, 'deleteUsers', { userIds: [...gone, NOBODY], confirmation: 'delete 3 users' })).errors).toMatchObject([{ rule: 'user_unknown', path: ['input', 'userIds', '2'] }]);
    expect(await one(owner, gone[0]!)).toMatchObject({ state: 'ACTIVE' });
    const { results } = await done(owner, 'deleteUsers', { userIds: gone, confirmation: 'delete 2 users' }, RESULTS);
    expect(results).toMatchObject([{ user: { state: 'DELETED' }, errors: [] }, { user: { state: 'DELETED' }, errors: [] }]);
  });

  test('oneself among many is refused alone', async () => {
    const gone = await create();
    const { results } = await done(owner, 'deleteUsers', { userIds: [ownerId, gone.id], confirmation: 'delete 2 users' }, RESULTS);
    expect(results).toMatchObject([{ user: null, errors: [{ code: 'B2003', rule: 'own_account' }] }, { user: { state: 'DELETED' } }]);
  });
});

describe('MAMA-52: searching', () => {
  test('plain words look in name, address and organisation; prefixes narrow; all must hold', async () => {
    const stem = 'zebra';
    const byName = await create({ displayName: `Kim ${stem}`, organization: 'North 7' });
    const byAddress = await create({ email: `${stem}@example.test`, note: 'scholarship' });
    const byOrganization = await create({ organization: `The ${stem} house`, note: `about ${stem}` });
    const ids = async (search: string): Promise<string[]> => idsOf(await list({ search }));
    for (const [search, found] of [
      [stem, [byName, byAddress, byOrganization]], [stem.toUpperCase(), [byName, byAddress, byOrganization]], [`@user:${stem}`, [byName, byAddress]],
      [`@org:${stem}`, [byOrganization]], [`@org:"${stem} house"`, [byOrganization]], [`@info:${stem}`, [byOrganization]], [`${stem} @info:scholarship`, [byAddress]],
      [`${stem} kim`, [byName]], [`@user:kim @org:"north 7"`, [byName]], [`@user:kim @org:south`, []], [`${stem}@example.test`, [byAddress]], [`@org:`, undefined],
      [`${stem}%`, []], [`' or true --`, []],
    ] as [string, any[] | undefined][]) {
      if (found) expect({ search, ids: await ids(search) }).toEqual({ search, ids: idsOf(found) });
      else expect((await ids(search)).length).toBeGreaterThan(3);
    }
  });

  test('@model finds those who may use it', async () => {
    const organization = 'Model users';
    const [byTier, bySelf, neither] = [await create({ organization, tier: 'modelled' }), await create({ organization }), await create({ organization })];
    const found = async (filter: object): Promise<string[]> => idsOf(await list({ organization: [organization], ...filter }));
    expect(await found({ search: '@model:gpt' })).toEqual(idsOf([byTier, bySelf, neither]));
    await done(owner, 'setEntitlements', { subjectKind: 'TENANT', models: ['claude-everyone'] });
    await done(owner, 'setEntitlements', { subjectKind: 'TIER', tier: 'modelled', models: ['gpt-tier'] });
    await done(owner, 'setEntitlements', { subjectKind: 'USER', userId: bySelf.id, models: ['gpt-self'] });
    expect(await found({ search: '@model:gpt' })).toEqual(idsOf([byTier, bySelf]));
    expect(await found({ search: '@model:gpt-self' })).toEqual([bySelf.id]);
    expect(await found({ model: ['gpt-tier'] })).toEqual([byTier.id]);
    expect(await found({ model: ['gpt'] })).toEqual([]);
    expect(await found({ model: ['gpt-tier', 'gpt-self'] })).toHaveLength(2);
    expect(await found({ search: '@model:claude-everyone' })).toHaveLength(3);
    await done(owner, 'setEntitlements', { subjectKind: 'TENANT', models: ['all-team-models'] });
    expect(await found({ model: ['anything'] })).toHaveLength(3);
  });
});
