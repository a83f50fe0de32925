import { apiOf, type Api } from '../../support/api';
import { act, done, inputOf, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let ownerId: string;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
  ownerId = (await owner.ask('{ viewer { user { id } } }')).viewer.user.id;
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const FIELDS = 'id email displayName role state organization note picture tier dailyLimit dailyLimitIsDefault revision';
const USER = `user { ${FIELDS} }`;
let made = 0;
const address = (): string => `person-${++made}@example.test`;
const create = async (): Promise<any> => (await done(owner, 'createUser', { email: address(), displayName: `Person ${made}`, role: 'USER' }, USER)).user;
const one = async (id: string): Promise<any> => (await owner.ask(`query ($id: ID!) { node(id: $id) { ... on User { ${FIELDS} } } }`, { id })).node;
const signIn = (email: string): Promise<any> => act(apiOf(server.url), 'signIn', { email, password: PASSWORD });
const rules = ({ errors }: any): string[] => errors.map(({ rule }: any) => rule);

test('TEST-83: nobody demotes, deactivates or deletes themselves, and every other rule of people', async () => {
  expect(rules(await act(owner, 'assignRole', { userId: ownerId, role: 'USER' }))).toEqual(['own_role']);
  expect(rules(await act(owner, 'deactivateUser', { userId: ownerId }))).toEqual(['own_account']);
  expect(rules(await act(owner, 'deleteUser', { userId: ownerId, confirmation: 'owner@example.test' }))).toEqual(['own_account']);
  const admin = await somebody(server, owner, address(), 'ADMIN');
  for (const [name, input] of [['assignRole', { role: 'USER' }], ['deactivateUser', {}], ['deleteUser', { confirmation: 'owner@example.test' }], ['assignTier', { tier: 'x' }], ['setDailyLimit', { requests: 0 }]] as const) {
    expect((await act(admin.api, name, { userId: ownerId, ...input })).errors).toMatchObject([{ code: 'B2003', rule: 'role_above' }]);
  }
  const user = await create();
  expect((await done(admin.api, 'assignRole', { userId: user.id, role: 'AUDITOR' }, USER)).user).toMatchObject({ role: 'AUDITOR' });
  expect((await done(admin.api, 'assignTier', { userId: user.id, tier: 'gold' }, USER)).user).toMatchObject({ tier: 'gold' });
  expect((await done(admin.api, 'deactivateUser', { userId: user.id }, USER)).user).toMatchObject({ state: 'DEACTIVATED' });
  expect((await done(admin.api, 'reactivateUser', { userId: user.id }, USER)).user).toMatchObject({ state: 'ACTIVE' });
});

describe('MMA-09: what an operator does to people', () => {
  test('limits from 0 to 10,000, none, and the default', async () => {
    const { id } = await create();
    const standard = (await one(id)).dailyLimit;
    expect(standard).toBeGreaterThan(0);
    for (const requests of [0, 10_000, null]) {
      expect((await done(owner, 'setDailyLimit', { userId: id, requests }, USER)).user).toMatchObject({ dailyLimit: requests, dailyLimitIsDefault: false });
    }
    for (const [requests, rule] of [[-1, 'min'], [10_001, 'max']] as const) {
      expect((await act(owner, 'setDailyLimit', { userId: id, requests })).errors).toMatchObject([{ code: 'V1001', rule, path: ['input', 'requests'] }]);
    }
  });

  test('a deactivated user is out at once and signs in again once reactivated', async () => {
    const { api, id, email } = await somebody(server, owner, address());
    await done(owner, 'deactivateUser', { userId: id });
    expect((await api.ask('{ viewer { role } }')).viewer).toBeNull();
    expect(rules(await signIn(email))).toEqual(['credentials']);
    await done(owner, 'reactivateUser', { userId: id });
    expect((await signIn(email)).errors).toEqual([]);
  });

  test('pages have at most 100', async () => {
    const { errors } = await owner.call('{ users(first: 101) { totalCount } }');
    expect(errors).toMatchObject([{ extensions: { rule: 'page_size' } }]);
  });
});

describe('TEST-08, HUB-06, HUB-07, MMA-09: whoever is no operator', () => {
  const acts: [string, object][] = [
    ['createUser', { email: 'x@example.test', displayName: 'x', role: 'USER' }], ['createUsers', { users: [{ email: 'x@example.test', displayName: 'x', role: 'USER' }] }],
    ['updateUser', { note: 'x' }], ['updateUsers', { note: 'x' }], ['assignRole', { role: 'USER' }], ['assignTier', { tier: 'x' }], ['setDailyLimit', { requests: 1 }],
    ['deactivateUser', {}], ['reactivateUser', {}], ['deleteUser', { confirmation: 'x' }], ['deleteUsers', { confirmation: 'x' }], ['importUsers', { csv: 'email', dryRun: true }],
  ];

  test.each(['USER', 'AUDITOR'])('%s changes nobody', async (role) => {
    const { api } = await somebody(server, owner, address(), role);
    const other = await create();
    for (const [name, input] of acts) {
      const target = { ...(name.endsWith('Users') && 'note' in input || name === 'deleteUsers' ? { userIds: [other.id] } : name.startsWith('create') || name === 'importUsers' ? {} : { userId: other.id }) };
      const { errors } = await api.call(`mutation ($input: ${inputOf(name)}!) { ${name}(input: $input) { position } }`, { input: { ...input, ...target } });
      expect({ name, errors }).toMatchObject({ name, errors: [{ extensions: { code: 'E4031', rule: 'role' } }] });
    }
    expect(await one(other.id)).toEqual(other);
  });

  test('a user reads themselves and nobody else: by id, list, export and subscription', async () => {
    const { api, id, email } = await somebody(server, owner, address());
    const other = await create();
    expect((await api.ask('{ users { totalCount nodes { id } } }')).users).toEqual({ totalCount: 1, nodes: [{ id }] });
    expect((await api.call(`{ node(id: "${other.id}") { id } }`)).errors).toMatchObject([{ extensions: { code: 'E4041' } }]);
    const { csv } = (await api.ask('{ userExport { csv cursor } }')).userExport;
    expect(csv.trim().split('\n')).toEqual(['email,displayName,role,organization,note,tier', `${email},${email.split('@')[0]},user,,,free`]);
    const socket = api.socket();
    const seen: string[] = [];
    for await (const { data } of socket.iterate<any>({ query: 'subscription { userChanged { node { id organization } } }' })) {
      if (!data.userChanged.node) {
        await done(owner, 'updateUser', { userId: other.id, organization: 'Not theirs to see' });
        await done(owner, 'updateUser', { userId: id, organization: 'Theirs' });
      } else {
        seen.push(data.userChanged.node.id);
        if (data.userChanged.node.organization === 'Theirs') break;
      }
    }
    await socket.dispose();
    expect(new Set(seen)).toEqual(new Set([id]));
  });
});

test('two owners who remove each other at the same time leave one, round after round', async () => {
  const other = await somebody(server, owner, address(), 'OWNER');
  const both = [{ api: owner, id: ownerId, email: OWNER.email, password: OWNER.password }, { ...other, password: PASSWORD }] as const;
  const removals: [string, (id: string, email: string) => object][] = [
    ['assignRole', (userId) => ({ userId, role: 'USER' })], ['deactivateUser', (userId) => ({ userId })],
  ];
  for (let round = 0; round < 12; round++) {
    const [name, inputOf] = removals[round % removals.length]!;
    // Whoever loses may also lose their session in the middle of it, which is an error of the whole operation.
    const outcomes = await Promise.all(both.map(({ api }, index) => {
      const target = both[1 - index]!;
      return act(api, name, inputOf(target.id, target.email)).then(({ errors }) => errors.length === 0, () => false);
    }));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const [winner, loser] = outcomes[0] ? both : [both[1], both[0]];
    const { users } = await winner.api.ask('{ users(filter: { role: [OWNER], state: [ACTIVE] }) { nodes { id } } }');
    expect(users.nodes).toEqual([{ id: winner.id }]);
    expect(rules(await act(loser.api, 'signIn', { email: loser.email, password: loser.password }))).toEqual(name === 'deactivateUser' ? ['credentials'] : []);
    await done(winner.api, name === 'deactivateUser' ? 'reactivateUser' : 'assignRole', { userId: loser.id, ...(name === 'assignRole' && { role: 'OWNER' }) });
    await done(loser.api, 'signIn', { email: loser.email, password: loser.password });
  }
}, 60_000);
