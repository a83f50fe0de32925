import { execFile } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { follow, type Api } from '../support/api';
import { eventuallyHolds } from '../support/eventually';
import { act, done, somebody } from '../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner } from '../support/set-up';

/** Bursts on pools, from the API and from the command line. The reference row is the stress test among TEST's extras. */

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let clientKey: string;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
  const { serviceClient } = await done(owner, 'createServiceClient', { name: 'load test', scopes: ['leases:write', 'pools:read'] }, 'serviceClient { id }');
  clientKey = (await done(owner, 'issueClientKey', { clientId: serviceClient.id, name: 'load test' }, 'secret')).secret;
  await done(owner, 'addProviderKey', { provider: 'bursts', name: 'one', secret: 'not-a-real-key-1', concurrencyLimit: 2 });
  await done(owner, 'addProviderKey', { provider: 'bursts', name: 'two', secret: 'not-a-real-key-2', concurrencyLimit: 2 });
  await done(owner, 'addProviderKey', { provider: 'blocked', name: 'shut', secret: 'not-a-real-key-3', rpmLimit: 0 });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

function runCli(args: string[], env: Record<string, string> = { CLIENT_KEY: clientKey }): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(projectRoot, 'dist/src/cli/load-test.js'), ...args], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

const RESULT = 'results { provider burst succeeded failed successRate averageMs p50Ms p95Ms p99Ms maxMs keys { name grants } }';
const LOAD_TESTS = `{ loadTests(first: 5) { nodes { id state providers bursts minHoldMs maxHoldMs failure finishedAt requestedBy { email } ${RESULT} } } }`;

test('an administrator starts one on a simulated pool and on one of their own, and follows it to its figures', async () => {
  const followed = await follow(owner, 'subscription { loadTestChanged { node { id state } } }');
  const { loadTest } = await done(owner, 'startLoadTest', { providers: ['legnext-simulated', 'bursts'], bursts: [2, 6], minHoldMs: 10, maxHoldMs: 30 }, 'loadTest { id state }');
  expect(loadTest.state).toBe('RUNNING');
  await eventuallyHolds(async () => expect(followed.items.map(({ data }) => data.loadTestChanged.node)).toContainEqual({ id: loadTest.id, state: 'FINISHED' }));
  await followed.stop();
  const { loadTests: { nodes: [found] } } = await owner.ask(LOAD_TESTS);
  expect(found).toMatchObject({
    id: loadTest.id, state: 'FINISHED', providers: ['legnext-simulated', 'bursts'], bursts: [2, 6], minHoldMs: 10, maxHoldMs: 30, failure: null,
    finishedAt: expect.any(String), requestedBy: { email: expect.any(String) },
  });
  expect(found.results.map(({ provider, burst, succeeded, failed, successRate }: any) => [provider, burst, succeeded, failed, successRate])).toEqual([
    ['legnext-simulated', 2, 2, 0, 1], ['legnext-simulated', 6, 6, 0, 1], ['bursts', 2, 2, 0, 1], ['bursts', 6, 6, 0, 1],
  ]);
  for (const { averageMs, p50Ms, p95Ms, p99Ms, maxMs, keys, succeeded } of found.results) {
    expect(p50Ms).toBeLessThanOrEqual(p95Ms);
    expect(p95Ms).toBeLessThanOrEqual(p99Ms);
    expect(p99Ms).toBeLessThanOrEqual(maxMs);
    expect(averageMs).toBeLessThanOrEqual(maxMs);
    expect(keys.reduce((sum: number, { grants }: { grants: number }) => sum + grants, 0)).toBe(succeeded);
  }
  // Six on keys with two places each: whoever asked fifth had to wait until somebody gave a key back.
  expect(found.results[3].keys.map(({ name }: { name: string }) => name)).toEqual(['one', 'two']);
  await eventuallyHolds(async () => expect((await owner.ask('{ keyPool(provider: "bursts") { activeLeases waiting } }')).keyPool).toEqual({ activeLeases: 0, waiting: 0 }));
});

test('what makes no sense is refused with the field', async () => {
  const rules = async (input: object): Promise<unknown> =>
    (await act(owner, 'startLoadTest', input)).errors.map(({ rule, path: at }: { rule: string; path: string[] }) => ({ rule, path: at }));
  expect(await rules({ providers: ['nobody'] })).toEqual([{ rule: 'pool_unknown', path: ['input', 'providers', '0'] }]);
  expect(await rules({ providers: ['bursts'], minHoldMs: 20, maxHoldMs: 10 })).toEqual([{ rule: 'hold_times', path: ['input', 'minHoldMs'] }]);
  expect(await rules({ providers: [] })).toEqual([expect.objectContaining({ path: ['input', 'providers'] })]);
  expect(await rules({ providers: ['bursts'], bursts: [0] })).toEqual([expect.objectContaining({ path: ['input', 'bursts'] })]);
  expect(await rules({ providers: ['bursts'], bursts: [201] })).toEqual([expect.objectContaining({ path: ['input', 'bursts'] })]);
});

test('people who do not manage runs neither start nor see them', async () => {
  const { api } = await somebody(server, owner, 'plain@example.test');
  const started = await api.call('mutation { startLoadTest(input: { providers: ["bursts"] }) { errors { rule } } }');
  expect(started.errors[0]?.extensions.code).toBe('E4031');
  expect((await api.call(LOAD_TESTS)).errors[0]?.extensions.code).toBe('E4031');
});

test('the command line measures over the public API and prints a table', async () => {
  const { code, output } = await runCli(['--url', server.url, '--providers', 'bursts', '--bursts', '3,8', '--hold', '5-20']);
  expect(output).toMatch(/^\| pool \| burst \|/);
  expect({ code, output }).toEqual({ code: 0, output });
  const rows = output.trim().split('\n').slice(2).map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  expect(rows.map(([pool, burst, success]) => [pool, burst, success])).toEqual([['bursts', '3', '100 %'], ['bursts', '8', '100 %']]);
  expect(rows[1]!.at(-1)).toMatch(/^one \d+, two \d+$/);
}, 60_000);

test('the command line follows more waiters than one socket may', async () => {
  const { code, output } = await runCli(['--url', server.url, '--providers', 'bursts', '--bursts', '90', '--hold', '5-20']);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('| bursts | 90 | 100 % |') });
}, 120_000);

test('the command line says what is wrong and ends with a code that tells', async () => {
  expect(await runCli([])).toMatchObject({ code: 2, output: expect.stringContaining('Usage:') });
  expect(await runCli(['--providers', 'bursts'], {})).toMatchObject({ code: 2 });
  expect(await runCli(['--providers', 'bursts', '--bursts', '0'])).toMatchObject({ code: 2 });
  expect(await runCli(['--url', server.url, '--providers', 'nobody'])).toEqual({ code: 1, output: expect.stringContaining('There is no key for this provider.') });
  expect(await runCli(['--url', server.url, '--providers', 'bursts'], { CLIENT_KEY: 'sk-kl-nobody' })).toMatchObject({ code: 1 });
}, 60_000);
