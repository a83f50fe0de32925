import type { Api } from '../../support/api';
import { createRunSetting, hasEnded, KLING_RUN, LEGNEXT_RUN, type RunSetting } from './run-setting';

const INPUTS = { LEGNEXT_DIFFUSION: LEGNEXT_RUN, KLING_IMAGE: KLING_RUN };
type Operation = keyof typeof INPUTS;

const FAILURES: [Operation, string, string, unknown][] = [
  ['LEGNEXT_DIFFUSION', 'FAILED_402', 'QUOTA', 402], ['LEGNEXT_DIFFUSION', 'FAILED_401', 'AUTHENTICATION', 401],
  ['LEGNEXT_DIFFUSION', 'FAILED_429', 'RATE_LIMIT', 429], ['LEGNEXT_DIFFUSION', 'SERVER_500', 'SERVER_ERROR', 500],
  ['KLING_IMAGE', 'FAILED_402', 'QUOTA', expect.any(Number)], ['KLING_IMAGE', 'FAILED_401', 'AUTHENTICATION', 401],
  ['KLING_IMAGE', 'FAILED_429', 'RATE_LIMIT', 429], ['KLING_IMAGE', 'SERVER_500', 'SERVER_ERROR', 500],
];

let setting: RunSetting;
let api: Api;
/** Ids of the runs by what was asked for. They take their time, so they all go on at once. */
const runs = new Map<string, string>();
beforeAll(async () => {
  setting = await createRunSetting({ USER_MAX_CONCURRENCY: '20', GLOBAL_MAX_CONCURRENCY: '20' });
  ({ api } = await setting.person());
  const wanted = [
    ['LEGNEXT_DIFFUSION', 'TIMEOUT'], ['LEGNEXT_DIFFUSION', 'SUCCESS'], ['KLING_IMAGE', 'SUCCESS'],
    ...FAILURES.map(([operation, scenario]) => [operation, scenario]),
  ] as [Operation, string][];
  for (const [operation, scenario] of wanted) {
    const { run, errors } = await setting.start(api, { ...INPUTS[operation], scenario, ...(scenario === 'TIMEOUT' && { maxWaitSeconds: 10 }) });
    expect(errors).toEqual([]);
    runs.set(`${operation} ${scenario}`, run.id);
  }
}, 60_000);
afterAll(() => setting.close());

const ended = (operation: string, scenario: string): Promise<any> => setting.runOnce(api, runs.get(`${operation} ${scenario}`)!, hasEnded);

it.each(FAILURES)('TEST-70, TEST-71, TEST-72: %s in the scenario %s fails as %s', async (operation, scenario, category, httpStatus) => {
  expect(await ended(operation, scenario)).toMatchObject({
    state: 'FAILED', scenario, failureCategory: category, httpStatus, keyName: expect.stringMatching(/^mock-[12]$/),
    pool: operation === 'KLING_IMAGE' ? 'kling-simulated' : 'legnext-simulated',
  });
});

it.each(['LEGNEXT_DIFFUSION', 'KLING_IMAGE'])('TEST-70: %s succeeds with a picture', async (operation) => {
  const { id, ...run } = await ended(operation, 'SUCCESS');
  expect(run).toMatchObject({ state: 'SUCCEEDED', outputs: [{ kind: 'IMAGE', url: expect.any(String) }] });
  expect((await api.ask('query ($id: ID!) { node(id: $id) { ... on Run { simulated scenario } } }', { id })).node).toEqual({ simulated: true, scenario: 'SUCCESS' });
});

it('TEST-71: never ends in the scenario TIMEOUT, but is given up', async () => {
  expect(await ended('LEGNEXT_DIFFUSION', 'TIMEOUT')).toMatchObject({ state: 'TIMED_OUT', failure: 'Timeout after 10s', vendorStatus: 'processing' });
});

it('TEST-70, TEST-71, TEST-72: all of that without a call to a vendor, and no key rests for it', async () => {
  await setting.nothingIsHeld();
  expect([setting.legnext.calls, setting.kling.calls]).toEqual([[], []]);
  expect(await setting.wholeLog()).not.toContain('ProviderKeyCooledDown');
});
