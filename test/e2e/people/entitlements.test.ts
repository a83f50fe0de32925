import { featureNames } from '../../../schema/access/features';
import { eventually, eventuallyHolds } from '../../support/eventually';
import { act, done, globalId, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import type { Api } from '../../support/api';
import { setUpOwner } from '../../support/set-up';
import { makeTenant } from '../../support/tenants';

const EFFECTIVE = 'models services features fromTenant { models services } fromTier { models services } fromUser { models services }';

const folder = temporaryDataDir();
let server: ServerProcess;
let operator: Api;
let owner: Api;
let user: { id: string; api: Api };
let count = 0;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  operator = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);
beforeEach(async () => {
  owner = (await makeTenant(server, operator, `tenant-${++count}`)).owner;
  user = await somebody(server, owner, `user-${count}@example.test`, 'USER', { tier: 'pro' });
});

const set = (input: object, api = owner): Promise<Record<string, any>> =>
  act(api, 'setEntitlements', input, `entitlements { models services features } effective { ${EFFECTIVE} }`);
const issue = (models: string[]): Promise<Record<string, any>> =>
  act(owner, 'issueKey', { ownerId: user.id, keyAlias: `key ${models.join()}`, models }, 'virtualKey { id models }');
const open = (model: string): Promise<Record<string, any>> => act(user.api, 'openChatSession', { title: 'T', model }, 'chatSession { id }');

test('where nothing is set everything is granted', async () => {
  expect((await user.api.ask(`{ viewer { entitlements { ${EFFECTIVE} } } }`)).viewer.entitlements).toEqual({
    models: ['all-team-models'], services: ['all-services'], features: featureNames.map((name) => name.toUpperCase()),
    fromTenant: { models: null, services: null }, fromTier: { models: null, services: null }, fromUser: { models: null, services: null },
  });
  expect((await issue(['anything', 'all-team-models'])).errors).toEqual([]);
  expect((await open('anything')).errors).toEqual([]);
});

test('MAMA-31: services are set and replaced, and read again', async () => {
  const subject = { subjectKind: 'USER', userId: user.id };
  await set({ subjectKind: 'TENANT', services: [] });
  expect(await set({ ...subject, services: ['images', 'video'] })).toMatchObject({ errors: [], entitlements: { services: ['images', 'video'], models: null } });
  expect(await set({ ...subject, services: ['video', 'code'] })).toMatchObject({ entitlements: { services: ['video', 'code'] }, effective: { services: ['video', 'code'] } });
  expect((await user.api.ask('{ viewer { entitlements { services } } }')).viewer.entitlements.services).toEqual(['video', 'code']);
  const { node } = await owner.ask(`query ($id: ID!) { node(id: $id) { ... on User { entitlements { ${EFFECTIVE} } } } }`, { id: user.id });
  expect(node.entitlements).toMatchObject({ services: ['video', 'code'], fromTenant: { services: [] }, fromUser: { services: ['video', 'code'] } });
});

test('MAMA-26: models that are omitted stay, an empty list takes them all', async () => {
  const subject = { subjectKind: 'USER', userId: user.id };
  await set({ subjectKind: 'TENANT', models: [] });
  await set({ ...subject, models: ['a', 'b'], services: ['s'] });
  expect((await set({ ...subject, services: ['t'] })).entitlements).toEqual({ models: ['a', 'b'], services: ['t'], features: null });
  await done(owner, 'updateUser', { userId: user.id, organization: 'Other' });
  expect((await user.api.ask('{ viewer { entitlements { models } } }')).viewer.entitlements.models).toEqual(['a', 'b']);
  expect(await set({ ...subject, models: [] })).toMatchObject({ entitlements: { models: [], services: ['t'] }, effective: { models: [] } });
  expect(await set({ ...subject, models: null })).toMatchObject({ entitlements: { models: null } });
});

test('what the tenant, the tier and the user have adds up', async () => {
  await set({ subjectKind: 'TENANT', models: ['a'] });
  expect(await set({ subjectKind: 'TIER', tier: 'pro', models: ['b'] })).toMatchObject({ entitlements: { models: ['b'] }, effective: { models: ['a', 'b'] } });
  expect((await set({ subjectKind: 'USER', userId: user.id, models: ['c'] })).effective).toMatchObject({
    models: ['a', 'b', 'c'], fromTenant: { models: ['a'] }, fromTier: { models: ['b'] }, fromUser: { models: ['c'] },
  });
  expect((await owner.ask('{ entitlements { tenant { models } tiers { tier entitlements { models } } } }')).entitlements)
    .toEqual({ tenant: { models: ['a'] }, tiers: [{ tier: 'pro', entitlements: { models: ['b'] } }] });
  await done(owner, 'assignTier', { userId: user.id, tier: 'free' });
  await eventuallyHolds(async () => expect((await user.api.ask('{ viewer { entitlements { models } } }')).viewer.entitlements.models).toEqual(['a', 'c']));
});

test('the entitlements of many users are read at once', async () => {
  await set({ subjectKind: 'TENANT', models: [] });
  const others = await Promise.all([1, 2, 3].map((n) => somebody(server, owner, `other-${count}-${n}@example.test`, 'USER', { tier: n === 1 ? 'pro' : 'free' })));
  await set({ subjectKind: 'TIER', tier: 'pro', models: ['p'] });
  await set({ subjectKind: 'USER', userId: others[1]!.id, models: ['own'] });
  const { users } = await owner.ask('{ users(first: 100) { nodes { id entitlements { models } } } }');
  const modelsOf = (id: string): string[] => users.nodes.find((each: { id: string }) => each.id === id).entitlements.models;
  expect(others.map(({ id }) => modelsOf(id))).toEqual([['p'], ['own'], []]);
  const list = 'query ($filter: UserFilter) { users(filter: $filter) { nodes { id } } }';
  const found = async (filter: object): Promise<string[]> => (await owner.ask(list, { filter })).users.nodes.map(({ id }: { id: string }) => id).sort();
  expect(await found({ model: ['p'] })).toEqual([user.id, others[0]!.id].sort());
  expect(await found({ model: ['own', 'p'] })).toEqual([user.id, others[0]!.id, others[1]!.id].sort());
  expect(await found({ model: ['nothing'] })).toEqual([]);
});

test('a key gets no model that its owner was not granted', async () => {
  await set({ subjectKind: 'TENANT', models: ['a'] });
  await set({ subjectKind: 'USER', userId: user.id, models: ['b'] });
  expect(await issue(['a', 'b'])).toMatchObject({ virtualKey: { models: ['a', 'b'] }, errors: [] });
  expect(await issue([])).toMatchObject({ errors: [] });
  expect(await issue(['a', 'c', 'd'])).toMatchObject({
    virtualKey: null, errors: [{ code: 'B2001', rule: 'model_not_granted', path: ['input', 'models'], details: { models: 'c, d' } }],
  });
  expect((await issue(['all-team-models'])).errors).toMatchObject([{ rule: 'model_not_granted' }]);
  await set({ subjectKind: 'TIER', tier: 'pro', models: ['all-team-models'] });
  expect((await issue(['a', 'c', 'd'])).errors).toEqual([]);
});

test('a chat begins and goes on only with a model that was granted', async () => {
  await set({ subjectKind: 'TENANT', models: ['a', 'b'] });
  expect((await open('c')).errors).toMatchObject([{ code: 'B2001', rule: 'model_not_granted', path: ['input', 'model'] }]);
  const { chatSession } = await open('a');
  await done(user.api, 'postMessage', { sessionId: chatSession.id, text: 'Hello' });
  await set({ subjectKind: 'TENANT', models: ['b'] });
  expect((await act(user.api, 'postMessage', { sessionId: chatSession.id, text: 'Again' })).errors).toMatchObject([{ rule: 'model_not_granted', path: ['input', 'sessionId'] }]);
});

test('MAMA-53: everything excludes all others', async () => {
  expect((await set({ subjectKind: 'TENANT', models: ['all-team-models', 'a'] })).errors).toMatchObject([{ rule: 'wildcard_alone', path: ['input', 'models'] }]);
  expect((await set({ subjectKind: 'TENANT', models: ['all-team-models'] })).effective.models).toEqual(['all-team-models']);
});

test('HUB-06: users see what they have and change nothing; admins grant, but not to owners', async () => {
  const admin = await somebody(server, owner, `admin-${count}@example.test`, 'ADMIN');
  const auditor = await somebody(server, owner, `auditor-${count}@example.test`, 'AUDITOR');
  for (const api of [user.api, auditor.api]) await expect(set({ subjectKind: 'TENANT', models: [] }, api)).rejects.toThrow('Your role does not allow this');
  expect((await user.api.call('{ entitlements { tenant { models } } }')).errors[0]!.extensions).toMatchObject({ code: 'E4031', rule: 'role' });
  expect((await auditor.api.ask('{ entitlements { tenant { models } tiers { tier } } }')).entitlements).toEqual({ tenant: { models: null }, tiers: [] });
  expect((await set({ subjectKind: 'USER', userId: user.id, models: ['a'] }, admin.api)).errors).toEqual([]);
  const { viewer } = await owner.ask('{ viewer { user { id } } }');
  expect((await set({ subjectKind: 'USER', userId: viewer.user.id, models: [] }, admin.api)).errors).toMatchObject([{ code: 'B2003', rule: 'role_above' }]);
});

test('whose entitlements they are has to be said, and only that', async () => {
  for (const [input, path] of [
    [{ subjectKind: 'USER' }, 'userId'], [{ subjectKind: 'TIER' }, 'tier'],
    [{ subjectKind: 'TENANT', userId: user.id }, 'userId'], [{ subjectKind: 'USER', userId: user.id, tier: 'pro' }, 'tier'],
  ] as const) expect((await set({ ...input, models: [] })).errors).toMatchObject([{ rule: 'entitlement_subject', path: ['input', path] }]);
  expect((await set({ subjectKind: 'USER', userId: globalId('User', 'nobody'), models: [] })).errors).toMatchObject([{ code: 'E4041', rule: 'user_unknown' }]);
  expect((await set({ subjectKind: 'USER', userId: 'nonsense', models: [] })).errors).toMatchObject([{ code: 'E4004' }]);
  expect((await set({ subjectKind: 'TENANT', models: ['a', 'a', ''] })).errors).not.toEqual([]);
});

test('what was granted stands in the audit log', async () => {
  await set({ subjectKind: 'TIER', tier: 'pro', models: ['seen'] });
  await eventually(async () => JSON.stringify(await owner.ask('{ auditLog(first: 20) { nodes { act summary } } }')).includes('seen'));
});
