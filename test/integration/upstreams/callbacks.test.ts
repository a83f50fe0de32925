import http from 'node:http';
import { startServer, type TestServer } from '../graphql/harness';

const TOKEN = 'callback-test-not-a-key';

let server: TestServer;
/** What was taken, oldest first. */
let taken: { path: object; body: unknown }[];
let failing: Error | undefined;

beforeAll(async () => {
  server = await startServer({
    callbacks: {
      received: async ({ token, ...path }, body) => {
        if (failing) throw failing;
        if (token !== TOKEN) return false;
        taken.push({ path, body });
        return true;
      },
    },
    config: { costBudget: { burst: 2_000, perSecond: 1 } },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  [taken, failing] = [[], undefined];
});

const RIGHT = `/callbacks/legnext/tenant-1/run-1/2/${TOKEN}`;
const task = { job_id: 'job-1', status: 'completed' };

/** Each from an address of its own, since one caller may only call so often. */
async function post(path: string, body: string | Buffer = JSON.stringify(task), headers: Record<string, string> = {}): Promise<{ status: number; text: string; headers: http.OutgoingHttpHeaders }> {
  caller++;
  const answer = await server.app.inject({ method: 'POST', url: path, payload: body, remoteAddress: `192.0.2.${caller}`, headers: { 'content-type': 'application/json', ...headers } });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers };
}
let caller = 0;

it('takes what the vendor says at the address it was given, and answers nothing', async () => {
  expect(await post(RIGHT)).toMatchObject({ status: 204, text: '' });
  expect(taken).toEqual([{ path: { tenant: 'tenant-1', runId: 'run-1', attempt: '2' }, body: task }]);
});

it.each([
  ['another token', '/callbacks/legnext/tenant-1/run-1/2/another'],
  ['no token', '/callbacks/legnext/tenant-1/run-1/2/'],
  ['an attempt that is no number', `/callbacks/legnext/tenant-1/run-1/two/${TOKEN}`],
  ['half a path', `/callbacks/legnext/${TOKEN}`],
  ['another vendor', `/callbacks/kling/tenant-1/run-1/2/${TOKEN}`],
])('knows nothing at a path with %s', async (_what, path) => {
  const { status, text } = await post(path);
  expect(status).toBe(404);
  expect(JSON.parse(text)).toMatchObject({ errors: [{ message: 'There is nothing at this path.', extensions: { code: 'E4041' } }] });
  expect(taken).toEqual([]);
});

it('tells whoever guesses no more than whoever asks for anything', async () => {
  const [guessed, anything] = [await post('/callbacks/legnext/tenant-1/run-1/2/another'), await post('/no/such/path')];
  const comparable = (text: string): string => text.replace(/"correlationId":"[^"]*"/, '');
  expect(comparable(guessed.text)).toBe(comparable(anything.text));
});

it.each([
  ['half of a JSON text', '{"job_id":"job-1"', 'application/json'],
  ['text', 'done!', 'text/plain'],
  ['a form', 'job_id=job-1', 'application/x-www-form-urlencoded'],
  ['bytes', Buffer.from([0, 255, 128, 1]), 'application/octet-stream'],
  ['nothing', '', 'application/json'],
])('takes %s as a hint without a word', async (_what, body, contentType) => {
  expect(await post(RIGHT, body, { 'content-type': contentType })).toMatchObject({ status: 204 });
  expect(taken).toEqual([{ path: expect.anything(), body: undefined }]);
});

it('does not read more than 256 kB, whoever sends it', async () => {
  const big = JSON.stringify({ ...task, logs: 'x'.repeat(300_000) });
  expect((await post(RIGHT, big)).status).toBe(204);
  expect(taken).toEqual([{ path: expect.anything(), body: undefined }]);
  expect((await post('/callbacks/legnext/tenant-1/run-1/2/another', big)).status).toBe(404);
  const just = JSON.stringify({ ...task, logs: 'x'.repeat(250_000) });
  expect((await post(RIGHT, just)).status).toBe(204);
  expect(taken[1]!.body).toEqual(JSON.parse(just));
});

it('lets names in a body do no harm', async () => {
  expect((await post(RIGHT, '{"__proto__":{"job_id":"job-2"},"constructor":{"prototype":{"job_id":"job-2"}}}')).status).toBe(204);
  expect(({} as { job_id?: string }).job_id).toBeUndefined();
});

it('is for POST alone', async () => {
  for (const method of ['GET', 'PUT', 'DELETE'] as const) expect((await server.app.inject({ method, url: RIGHT })).statusCode).toBe(404);
  expect(taken).toEqual([]);
});

it('says nothing about a fault of ours, and the vendor may try again', async () => {
  failing = new Error('relation run_callback does not exist');
  const { status, text } = await post(RIGHT);
  expect(status).toBe(500);
  expect(text).not.toMatch(/run_callback|callback-test/);
});

it('does not let anybody guess for long', async () => {
  const guess = async (): Promise<{ status: number; retryAfter: unknown }> => {
    const { statusCode, headers } = await server.app.inject({ method: 'POST', url: '/callbacks/legnext/tenant-1/run-1/2/guess', payload: '{}', remoteAddress: '198.51.100.7' });
    return { status: statusCode, retryAfter: headers['retry-after'] };
  };
  const answers = [];
  for (let tries = 0; tries < 150; tries++) answers.push(await guess());
  expect(answers[0]).toEqual({ status: 404, retryAfter: undefined });
  expect(answers.at(-1)).toEqual({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
});

it('writes no token into the log', async () => {
  await post(RIGHT);
  expect(server.logged.join('')).not.toContain(TOKEN);
});
