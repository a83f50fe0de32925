import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';
import { eventually } from '../projection-runtime/setting';

const ISSUE = `mutation ($input: IssueKeyInput!) { issueKey(input: $input) {
  virtualKey { id keyAlias lastFour models maxBudget state simulated owner { id } } secret revision position errors { code rule path } } }`;
const LIST = `query ($filter: VirtualKeyFilter, $orderBy: VirtualKeyOrder, $first: Int, $after: String) {
  virtualKeys(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { keyAlias state owner { id } } } }`;
const NODE = 'query ($id: ID!) { node(id: $id) { ... on VirtualKey { keyAlias state failure } } }';

let api: ApiSetting;
let admin: Person;
let broken = false;

beforeAll(async () => {
  api = await createApiSetting({
    llm: { streamChat: () => { throw new Error('no chats here'); } },
    litellm: {
      generateKey: async ({ keyAlias }) => (broken
        ? { ok: false, retryable: false, reason: 'LiteLLM answered 400: no' }
        : { ok: true, tokenHash: `hash of ${keyAlias}`, expires: null }),
      deleteKey: async () => ({ ok: true, existed: false }),
    },
  });
  admin = await api.person('admin');
});
afterAll(() => api.close());
beforeEach(() => {
  broken = false;
});

async function issue(who: Person, input: Record<string, unknown>): Promise<Record<string, any>> {
  return (await api.ask(who, ISSUE, { input })).issueKey;
}

const stateOf = async (id: string): Promise<Record<string, any>> => (await api.ask(admin, NODE, { id })).node;

describe('issueKey', () => {
  it('answers a pending key and its secret once, and the key becomes active', async () => {
    const owner = await api.person();
    const input = { ownerId: owner.id, keyAlias: 'Laptop', models: ['gpt-4o-mini'], maxBudget: '10.5', idempotencyKey: 'once' };
    const first = await issue(admin, input);
    expect(first).toMatchObject({
      virtualKey: { keyAlias: 'Laptop', models: ['gpt-4o-mini'], maxBudget: '10.500000', simulated: true, owner: { id: owner.id } }, revision: '0', errors: [],
    });
    expect(first.secret).toMatch(/^sk-[\w-]{43}$/);
    expect(first.virtualKey.lastFour).toBe(first.secret.slice(-4));
    await eventually(async () => (await stateOf(first.virtualKey.id)).state === 'ACTIVE');

    const again = await issue(admin, input);
    expect(again).toMatchObject({ virtualKey: { id: first.virtualKey.id }, secret: null, position: first.position, errors: [] });
    for await (const { data } of api.store.readAll()) expect(JSON.stringify(data)).not.toContain(first.secret);
  });

  it('refuses an alias that is taken in the tenant, whatever its letter case, until its key has failed', async () => {
    const owner = await api.person();
    broken = true;
    const first = await issue(admin, { ownerId: owner.id, keyAlias: 'Shared', models: [] });
    await eventually(async () => (await stateOf(first.virtualKey.id)).state === 'FAILED');
    broken = false;
    const released = await eventually(async () => {
      const answer = await issue(admin, { ownerId: owner.id, keyAlias: 'shared', models: [] });
      return answer.errors.length === 0 && answer;
    });
    expect(released.secret).not.toBe(first.secret);
    expect((await issue(admin, { ownerId: owner.id, keyAlias: ' SHARED ', models: [] }))).toMatchObject({
      virtualKey: null, secret: null, errors: [{ code: 'E4091', rule: 'key_alias_taken', path: ['input', 'keyAlias'] }],
    });
    const elsewhere = await api.person('admin', 't2');
    expect((await issue(elsewhere, { ownerId: elsewhere.id, keyAlias: 'shared', models: [] })).errors).toEqual([]);
  });

  it('refuses owners that do not exist, belong to another tenant or are no users', async () => {
    const stranger = await api.person('user', 't2');
    for (const ownerId of [stranger.id, `${Buffer.from('User:nobody').toString('base64url')}`]) {
      expect((await issue(admin, { ownerId, keyAlias: `for ${ownerId}`, models: [] })).errors).toMatchObject([{ code: 'E4041', rule: 'user_unknown', path: ['input', 'ownerId'] }]);
    }
    expect((await issue(admin, { ownerId: 'nonsense', keyAlias: 'x', models: [] })).errors).toMatchObject([{ code: 'E4004' }]);
  });

  it('judges every field', async () => {
    const { errors } = await issue(admin, {
      ownerId: admin.id, keyAlias: ' ', models: ['a', 'a'], maxBudget: '-1', budgetDuration: 'monthly', rpmLimit: -1, tpmLimit: -1, maxParallelRequests: -1, duration: '0d',
    });
    expect([...new Set<string>(errors.map(({ path }: { path: string[] }) => path[1]!))].sort((a, b) => a.localeCompare(b))).toEqual(
      ['budgetDuration', 'duration', 'keyAlias', 'maxBudget', 'maxParallelRequests', 'models', 'rpmLimit', 'tpmLimit']);
    expect((await issue(admin, { ownerId: admin.id, keyAlias: 'a\u0000b', models: ['\ud800'] })).errors).toMatchObject([{ code: 'V1001' }, { code: 'V1001' }]);
  });

  it('is for owners and admins', async () => {
    await expect(issue(await api.person('user'), { ownerId: admin.id, keyAlias: 'mine', models: [] })).rejects.toThrow('Your role does not allow this');
    await expect(issue(await api.person('auditor'), { ownerId: admin.id, keyAlias: 'mine', models: [] })).rejects.toThrow('Your role does not allow this');
  });
});

describe('virtualKeys', () => {
  it('are listed page by page, filtered and ordered', async () => {
    const owner = await api.person();
    for (const alias of ['list-c', 'list-a', 'list-b']) await issue(admin, { ownerId: owner.id, keyAlias: alias, models: [] });
    const orderBy = { field: 'KEY_ALIAS', direction: 'ASC' };
    const { virtualKeys: page } = await api.ask(admin, LIST, { filter: { ownerId: owner.id }, orderBy, first: 2 });
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true }, nodes: [{ keyAlias: 'list-a' }, { keyAlias: 'list-b' }] });
    const { virtualKeys: rest } = await api.ask(admin, LIST, { filter: { ownerId: owner.id }, orderBy, first: 2, after: page.pageInfo.endCursor });
    expect(rest.nodes).toMatchObject([{ keyAlias: 'list-c', owner: { id: owner.id } }]);
    const { virtualKeys: found } = await api.ask(admin, LIST, { filter: { search: 'LIST-B' } });
    expect(found.nodes).toMatchObject([{ keyAlias: 'list-b' }]);
  });

  it('are their owner’s and the operators’ alone', async () => {
    const [owner, other, stranger] = [await api.person(), await api.person(), await api.person('owner', 't2')];
    const { virtualKey } = await issue(admin, { ownerId: owner.id, keyAlias: 'private', models: [] });
    expect((await api.ask(owner, LIST)).virtualKeys.nodes).toMatchObject([{ keyAlias: 'private' }]);
    expect((await api.ask(other, LIST)).virtualKeys.nodes).toEqual([]);
    for (const who of [other, stranger]) await expect(api.ask(who, NODE, { id: virtualKey.id })).rejects.toThrow('There is no such object');
    expect((await api.ask(await api.person('auditor'), NODE, { id: virtualKey.id })).node).toMatchObject({ keyAlias: 'private' });
  });

  it('hang on their users, read for all of them at once', async () => {
    const owners = [await api.person('user', 't3'), await api.person('user', 't3'), await api.person('user', 't3')];
    const operator = await api.person('admin', 't3');
    for (const owner of owners) for (const n of [1, 2, 3]) await issue(operator, { ownerId: owner.id, keyAlias: `${n} of ${owner.userId}`, models: [] });
    const before = api.statements.length;
    const { users } = await api.ask(operator, '{ users { nodes { id virtualKeys(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { keyAlias } } } } }');
    expect(api.statements.length - before).toBe(3);
    for (const owner of owners) {
      const { virtualKeys } = users.nodes.find(({ id }: { id: string }) => id === owner.id);
      expect(virtualKeys).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true }, nodes: [{ keyAlias: `3 of ${owner.userId}` }, { keyAlias: `2 of ${owner.userId}` }] });
      const { node } = await api.ask(operator, 'query ($id: ID!, $after: String) { node(id: $id) { ... on User { virtualKeys(after: $after) { nodes { keyAlias } } } } }',
        { id: owner.id, after: virtualKeys.pageInfo.endCursor });
      expect(node.virtualKeys.nodes).toEqual([{ keyAlias: `1 of ${owner.userId}` }]);
    }
    expect(users.nodes.find(({ id }: { id: string }) => id === operator.id).virtualKeys).toMatchObject({ totalCount: 0, nodes: [] });
  });
});

describe('virtualKeyChanged', () => {
  it('follows a key until it is active, for those who may see it', async () => {
    const owner = await api.person();
    const feed = await api.follow(owner, 'subscription { virtualKeyChanged { cursor node { keyAlias state } } }') as AsyncGenerator<{ data: Record<string, any> }>;
    expect((await feed.next()).value.data.virtualKeyChanged.node).toBeNull();
    await issue(admin, { ownerId: admin.id, keyAlias: 'not for them', models: [] });
    await issue(admin, { ownerId: owner.id, keyAlias: 'followed', models: [] });
    for (let state = ''; state !== 'ACTIVE';) {
      const { node } = (await feed.next()).value.data.virtualKeyChanged;
      expect(node.keyAlias).toBe('followed');
      state = node.state;
    }
    await feed.return(undefined);
  });
});
