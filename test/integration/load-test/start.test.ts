import { keyPool } from '../../../commands/key-pool/decider';
import { loadTest } from '../../../commands/load-test/decider';
import { loadTestsReactor, RUN_LOAD_TEST } from '../../../commands/load-test/reactor';
import { followUp } from '../../../commands/follow-up';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';

/** What one administrator may not do to others with load tests. */

const START = `mutation ($input: StartLoadTestInput!) { startLoadTest(input: $input) { errors { code rule path } loadTest { id state } } }`;

let api: ApiSetting;
let boss: Person;
let neighbour: Person;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  boss = await api.person('owner', 't1');
  neighbour = await api.person('owner', 't2');
  await addKey('own', 't1', 't1');
  await addKey('shared', 't1', '*');
});
afterAll(() => api.close());

async function addKey(provider: string, owner: string, tenantScope: string): Promise<void> {
  await api.commands.execute(keyPool, provider, {
    type: 'AddProviderKey', keyId: `key of ${provider}`, name: 'one', lastFour: '0001', fingerprint: `fingerprint of ${provider}`, secretRef: `${owner}/key of ${provider}`,
    concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope, now: Date.now(),
  }, followUp({ tenant: owner, eventId: provider, correlationId: provider }, 'test', 'key'));
}

const start = async (who: Person, input: object): Promise<any> => (await api.ask(who, START, { input: { providers: ['legnext-simulated'], ...input } })).startLoadTest;

async function end(tenant: string, id: string): Promise<void> {
  const loadTestId = Buffer.from(id, 'base64url').toString().split(':')[1]!;
  await api.commands.execute(loadTest, loadTestId, { type: 'FailLoadTest', reason: 'over' }, followUp({ tenant, eventId: loadTestId, correlationId: loadTestId }, 'test', 'end'));
}

test('a tenant has one load test at a time; asked for twice by one key it is one', async () => {
  const { loadTest: first, errors } = await start(boss, { idempotencyKey: 'once' });
  expect(errors).toEqual([]);
  expect(await start(boss, {})).toMatchObject({ loadTest: null, errors: [{ code: 'E4291', rule: 'load_test_running' }] });
  expect((await start(boss, { idempotencyKey: 'once' })).loadTest.id).toBe(first.id);
  const others = await start(neighbour, {});
  expect(others.errors).toEqual([]);
  await end('t1', first.id);
  await end('t2', others.loadTest.id);
  const second = await start(boss, {});
  expect(second.errors).toEqual([]);
  await end('t1', second.loadTest.id);
});

test('keys of others are left alone: only the simulated pools and those of one\'s own keys are tested', async () => {
  expect((await start(neighbour, { providers: ['legnext-simulated', 'shared'] })).errors).toEqual([{ code: 'B2003', rule: 'pool_shared', path: ['input', 'providers', '1'] }]);
  expect((await start(neighbour, { providers: ['own'] })).errors).toEqual([{ code: 'E4041', rule: 'pool_unknown', path: ['input', 'providers', '0'] }]);
  const started = await start(boss, { providers: ['own', 'shared'] });
  expect(started.errors).toEqual([]);
  await end('t1', started.loadTest.id);
});

test('load tests of all tenants stand in one queue, so that they never take more than one worker', () => {
  const requested = (loadTestId: string, tenant: string): any =>
    ({ type: 'LoadTestRequested', data: { loadTestId }, at: { id: loadTestId, metadata: { tenant, $correlationId: loadTestId } } });
  const jobs = loadTestsReactor.react([requested('l1', 't1'), requested('l2', 't2')]);
  expect(jobs.map(({ task, queue }) => [task, queue])).toEqual([[RUN_LOAD_TEST, 'load-tests'], [RUN_LOAD_TEST, 'load-tests']]);
});
