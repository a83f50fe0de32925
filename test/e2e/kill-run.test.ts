import type { Api } from '../support/api';
import { eventually } from '../support/eventually';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner } from '../support/set-up';
import { LEGNEXT_TEST_KEY, startLegnextStandIn, type LegnextStandIn } from '../upstreams/legnext';

const START = 'mutation ($input: StartRunInput!) { startRun(input: $input) { errors { code rule message } run { id } } }';
const RUN = 'query ($id: ID!) { node(id: $id) { ... on Run { state attempt jobId failure outputs { bytes } } } }';
const CONCURRENCY = '{ concurrency { mine total } }';
/** Room for a slow machine. */
const TAKEN_OVER_MS = 120_000;

const { dataDir, remove } = temporaryDataDir();
const usual = { statuses: ['completed'], images: 1, consume: 80 };
let legnext: LegnextStandIn;
let server: ServerProcess;
let owner: Api;

const start = async (port: number): Promise<ServerProcess> => startServer({
  dataDir, port, env: {
    LEGNEXT_URL: legnext.url, USER_MAX_CONCURRENCY: '3',
    KEY_POOL_JSON: JSON.stringify({ legnext: [{ name: 'one', api_key: LEGNEXT_TEST_KEY, concurrency_limit: 2 }] }),
  },
});

beforeAll(async () => {
  legnext = await startLegnextStandIn();
  server = await start(await freePort());
  owner = await setUpOwner(server);
}, 90_000);

afterAll(async () => {
  await server?.stop();
  await legnext?.close();
  remove();
}, 60_000);

async function startRun(prompt: string): Promise<string> {
  const input = { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt, options: null }, pollIntervalSeconds: 1, maxWaitSeconds: 300 };
  const { startRun: { errors, run } } = await owner.ask(START, { input });
  expect(errors).toEqual([]);
  return run.id;
}

function once(id: string, check: (run: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  return eventually(async () => {
    // Views that are still catching up answer "not yet".
    const { data } = await owner.call(RUN, { id }).catch(() => ({ data: undefined }));
    return data?.['node'] && check(data['node']) && data['node'];
  }, TAKEN_OVER_MS);
}

const jobOf = (prompt: string) => legnext.jobs.find(({ text }) => text === prompt)!;

test('fault 55: kill -9 in the middle of runs submits none of them again, and all of them end with what they made', async () => {
  legnext.script = { ...usual, statuses: ['processing'] };
  const polled = await startRun('a harbour in the rain');
  await once(polled, ({ state }) => state === 'POLLING');
  // The vendor takes it and begins its answer; the server dies before it has heard more than the first byte.
  legnext.inject({ kind: 'cut', bytes: 1, then: 'hang' }, { path: '/api/v1/diffusion' });
  const handedIn = await startRun('a lighthouse in the fog');
  await eventually(async () => legnext.jobs.length === 2, TAKEN_OVER_MS);
  const port = Number(new URL(server.url).port);
  await server.kill();

  jobOf('a harbour in the rain').script = usual;
  server = await start(port);
  expect(await legnext.callBack(jobOf('a lighthouse in the fog').jobId)).toBe(204);
  jobOf('a lighthouse in the fog').script = usual;
  for (const [id, prompt] of [[polled, 'a harbour in the rain'], [handedIn, 'a lighthouse in the fog']] as const) {
    expect(await once(id, ({ state }) => !['SUBMITTING', 'LEASED', 'SUBMITTED', 'POLLING'].includes(String(state))))
      .toMatchObject({ state: 'SUCCEEDED', attempt: 1, jobId: jobOf(prompt).jobId, failure: null, outputs: [{ bytes: expect.any(Number) }] });
  }
  expect(legnext.jobs.map(({ text }) => text)).toEqual(['a harbour in the rain', 'a lighthouse in the fog']);
  expect(legnext.calls.filter(({ method }) => method === 'POST')).toHaveLength(2);
  await eventually(async () => (await owner.ask(CONCURRENCY)).concurrency.total === 0, TAKEN_OVER_MS);
}, 300_000);

test('a run that waits for a key is left to the next server without a complaint', async () => {
  legnext.script = { ...usual, statuses: ['processing'] };
  const holders = [await startRun('first of two'), await startRun('second of two')];
  for (const id of holders) await once(id, ({ state }) => state === 'POLLING');
  const waiting = await startRun('one too many');
  await once(waiting, ({ state }) => state === 'QUEUED');
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toMatch(/"level":[56]0|Failed task/);
}, 300_000);
