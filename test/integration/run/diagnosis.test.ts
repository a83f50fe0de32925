import { eventuallyHolds } from '../../support/eventually';
import { done } from '../../support/people';
import { startOpenAiStandIn, type OpenAiStandIn } from '../../upstreams/openai';
import { createRunSetting, hasEnded, LEGNEXT_RUN, type RunSetting } from './run-setting';

/** What people read about a run that failed, with a model to ask that has troubles of its own. */

const DIAGNOSIS = 'query ($id: ID!) { node(id: $id) { ... on Run { state attempt failureCategory diagnosis { category summary likelyCauses recommendedFixes nextChecks model } } } }';
const written = { summary: 'The credit is used up.', likely_causes: ['Many runs'], recommended_fixes: ['Buy credit'], next_checks: ['Look at the bill'] };

let setting: RunSetting;
let model: OpenAiStandIn;
beforeAll(async () => {
  model = await startOpenAiStandIn();
  setting = await createRunSetting({ LLM_BASE_URL: model.url, LLM_API_KEY: model.secret });
}, 60_000);
afterAll(async () => {
  await setting.close();
  await model.close();
});
beforeEach(() => {
  model.reset();
  model.says = JSON.stringify(written);
});

/** A run that the vendor refuses, and what is told of it once it has ended. */
async function refused(status: number, message: string): Promise<any> {
  setting.legnext.script = { statuses: ['completed'], images: 1, consume: 1, refusal: { status, message } };
  const { run } = await setting.start(setting.owner, LEGNEXT_RUN);
  await setting.runOnce(setting.owner, run.id, hasEnded);
  const { keyPools } = await setting.owner.ask('{ keyPools(first: 10) { nodes { provider keys { id } } } }');
  const [key] = keyPools.nodes.find(({ provider }: { provider: string }) => provider === 'legnext').keys;
  await eventuallyHolds(() => done(setting.owner, 'recoverProviderKey', { providerKeyId: key.id }));
  return (await read(run.id)) && run.id;
}

const read = async (id: string): Promise<any> => (await setting.owner.ask(DIAGNOSIS, { id })).node;

test('TEST-62: the model is told what failed, without a secret, and its words are read with the category of the server', async () => {
  const id = await refused(402, 'insufficient quota');
  await eventuallyHolds(async () => expect((await read(id)).diagnosis).toEqual({
    category: 'QUOTA', summary: 'The credit is used up.', likelyCauses: ['Many runs'], recommendedFixes: ['Buy credit'], nextChecks: ['Look at the bill'], model: 'gpt-4o-mini',
  }));
  const asked = JSON.stringify(model.calls.map(({ body }) => body));
  for (const part of ['"temperature":0.2', 'gpt-4o-mini', 'insufficient quota', 'a harbour in the rain']) expect(asked).toContain(part);
  expect(asked).not.toMatch(/not-a-key/);
});

test.each([
  ['fails by itself', 402, 'insufficient quota', 'QUOTA', () => model.inject({ kind: 'status', status: 500 }, { times: 9 })],
  ['refuses our key', 401, 'Failed to verify api key', 'AUTHENTICATION', () => model.inject({ kind: 'status', status: 401 }, { times: 9 })],
  ['hangs up', 429, 'Too Many Requests', 'RATE_LIMIT', () => model.inject({ kind: 'drop' }, { times: 9 })],
  ['breaks off', 402, 'insufficient quota', 'QUOTA', () => model.inject({ kind: 'cut', bytes: 30, then: 'drop' }, { times: 9 })],
  ['speaks no protocol', 401, 'Failed to verify api key', 'AUTHENTICATION', () => model.inject({ kind: 'garbage' }, { times: 9 })],
  ['chats', 429, 'Too Many Requests', 'RATE_LIMIT', () => { model.says = 'I would say it was too much.'; }],
  ['gives an empty shell', 402, 'insufficient quota', 'QUOTA', () => { model.says = '{"summary":"","likely_causes":[],"recommended_fixes":[],"next_checks":[]}'; }],
] as const)('TEST-60, TEST-61, TEST-63: when the model %s, %i is read as what it is, with causes, fixes and checks', async (_what, status, message, category, trouble) => {
  trouble();
  const id = await refused(status, message);
  await eventuallyHolds(async () => expect(model.calls.length).toBeGreaterThan(0));
  const { state, failureCategory, diagnosis } = await read(id);
  expect({ state, failureCategory }).toEqual({ state: 'FAILED', failureCategory: category });
  expect(diagnosis).toMatchObject({ category, model: null, summary: expect.stringMatching(/^[A-Z].*\.$/) });
  for (const list of [diagnosis.likelyCauses, diagnosis.recommendedFixes, diagnosis.nextChecks]) expect(list.length).toBeGreaterThan(0);
});

test('TEST-55: a secret that a vendor repeats in its answer is nowhere in the run, nor in the log', async () => {
  const id = await refused(400, 'no job for legnext-test-not-a-key');
  const { node } = await setting.owner.ask('query ($id: ID!) { node(id: $id) { ... on Run { failure exchange { endpoint request response } timeline { stage } diagnosis { summary } } } }', { id });
  expect(node.exchange.response).not.toBeNull();
  expect(JSON.stringify(node)).not.toContain('legnext-test-not-a-key');
  expect(await setting.wholeLog()).not.toContain('legnext-test-not-a-key');
});
