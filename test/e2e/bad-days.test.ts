import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../support/api';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner } from '../support/set-up';
import { startLiteLlmStandIn, type LiteLlmStandIn } from '../upstreams/litellm';
import { startOpenAiStandIn } from '../upstreams/openai';
import type { StandIn } from '../upstreams/stand-in';

const { dataDir, remove } = temporaryDataDir();
let litellm: LiteLlmStandIn;
let llm: StandIn;
let server: ServerProcess;
let owner: Api;
let ownerId: string;
const small = mkdtempSync(path.join(os.tmpdir(), 'keyledger-small-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', small]).status === 0;
/** Mostly waits, and does so beside the other tests. */
let onFullDisk: Promise<{ code: string | undefined; lost: string[] }> | undefined;

beforeAll(async () => {
  [litellm, llm] = await Promise.all([startLiteLlmStandIn(), startOpenAiStandIn({ pieceDelayMs: 20 })]);
  server = await startServer({
    dataDir,
    env: {
      LITELLM_URL: litellm.url, LITELLM_MASTER_KEY: litellm.secret, LITELLM_MAX_RETRIES: '0',
      LLM_BASE_URL: llm.url, LLM_API_KEY: llm.secret, LLM_IDLE_TIMEOUT: '4',
    },
  });
  owner = await setUpOwner(server);
  onFullDisk = mounted ? fullDisk() : undefined;
  // Its own test says why.
  onFullDisk?.catch(() => {});
  ownerId = (await owner.ask('{ viewer { user { id } } }')).viewer.user.id;
}, 90_000);

afterAll(async () => {
  await server?.stop();
  await Promise.all([litellm?.close(), llm?.close()]);
  remove();
}, 60_000);

/** Asks until the answer fits, for at most half a minute. */
async function eventually<Answer>(ask: () => Promise<Answer>, fits: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as Answer);
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It never fitted; the last answer was ${answer instanceof Error ? String(answer.cause ?? answer) : JSON.stringify(answer)}\n${server.output().slice(-4_000)}`);
    await sleep(100);
  }
}

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { position errors { code rule } } }';
const createUser = async (name: string): Promise<{ position: string | null; errors: { code: string; rule: string }[] }> =>
  (await owner.ask(CREATE, { input: { email: `${name}@example.test`, displayName: name, role: 'USER', idempotencyKey: name } })).createUser;

/** The pid of a child of the server by what its command line says. */
function childPid(word: string): number {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word))!;
}

test('with LiteLLM down a key stays visibly pending, and becomes active when it is back', async () => {
  litellm.inject({ kind: 'status', status: 503, body: { error: { message: 'proxy is starting' } } }, { path: '/key/generate', times: 1 });
  const { issueKey } = await owner.ask('mutation ($input: IssueKeyInput!) { issueKey(input: $input) { errors { code } virtualKey { id state } } }', {
    input: { ownerId, keyAlias: 'patient', models: ['gpt-4o-mini'] },
  });
  expect(issueKey).toMatchObject({ errors: [], virtualKey: { state: 'PENDING' } });
  const read = async (): Promise<any> => (await owner.ask('query ($id: ID!) { node(id: $id) { ... on VirtualKey { state failure simulated } } }', { id: issueKey.virtualKey.id })).node;
  const waiting = await eventually(read, ({ failure }) => failure !== null);
  expect(waiting).toMatchObject({ state: 'PENDING', failure: expect.stringContaining('503'), simulated: false });
  expect(await eventually(read, ({ state }) => state === 'ACTIVE')).toMatchObject({ failure: null });
  expect(litellm.calls.filter(({ path: called }) => called === '/key/generate')).toHaveLength(2);
}, 60_000);

test('an LLM that hangs in the middle fails the answer, keeps the question and harms nothing else', async () => {
  llm.inject({ kind: 'cut', bytes: 600, then: 'hang' });
  const { openChatSession } = await owner.ask('mutation { openChatSession(input: { title: "Slow day" }) { chatSession { id } } }');
  const sessionId = openChatSession.chatSession.id;
  const post = (text: string): Promise<any> =>
    owner.ask('mutation ($input: PostMessageInput!) { postMessage(input: $input) { errors { code rule } } }', { input: { sessionId, text } });
  expect((await post('Are you there?')).postMessage.errors).toEqual([]);
  const messages = async (): Promise<any[]> =>
    (await owner.ask('query ($id: ID!) { node(id: $id) { ... on ChatSession { messages { nodes { role state text failure run { state failureCode } } } } } }', { id: sessionId })).node.messages.nodes;
  const [question, answer] = await eventually(messages, (nodes) => nodes[1]?.run?.state === 'FAILED');
  expect(question).toMatchObject({ role: 'USER', state: 'COMPLETE', text: 'Are you there?' });
  expect(answer).toMatchObject({ role: 'ASSISTANT', state: 'FAILED', failure: expect.any(String), run: { failureCode: 'E5041' } });
  expect((await post('And now?')).postMessage.errors).toEqual([]);
  expect(await eventually(messages, (nodes) => nodes[3]?.state === 'COMPLETE')).toHaveLength(4);
}, 60_000);

test('with the event store frozen, commands end in time with a code, queries go on, and the retry has one effect', async () => {
  const pid = childPid('event-store');
  process.kill(pid, 'SIGSTOP');
  const [during, query] = await Promise.all([createUser('frozen'), owner.call('{ users { totalCount } }')]);
  process.kill(pid, 'SIGCONT');
  expect(during.errors).toEqual([{ code: expect.stringMatching(/^E50(31|41)$/), rule: expect.any(String) }]);
  expect(query.errors).toEqual([]);
  await eventually(() => createUser('frozen'), ({ errors }) => errors.length === 0);
  const { users } = await owner.ask('{ users(filter: { search: "frozen" }) { totalCount } }');
  expect(users.totalCount).toBe(1);
}, 90_000);

test('with Postgres gone a query says so with a code, and all is well again without hands', async () => {
  process.kill(Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  const seen = await eventually(() => owner.call('{ users { totalCount } }'), ({ errors }) => errors?.length > 0);
  expect(seen.errors[0]?.extensions).toMatchObject({ code: expect.stringMatching(/^E5(031|002|041)$/), correlationId: expect.any(String) });
  expect(JSON.stringify(seen.errors)).not.toMatch(/ECONN|socket|postgres/i);
  await eventually(() => owner.call('{ users { totalCount } }'), ({ errors }) => errors?.length === 0);
  await eventually(() => createUser('after-postgres'), ({ errors }) => errors?.length === 0);
  await eventually(async () => (await fetch(`${server.url}/ready`)).status, (status) => status === 200);
}, 90_000);

test('no secret of a vendor is in what was printed', () => {
  for (const secret of [litellm.secret, llm.secret]) expect(server.output()).not.toContain(secret);
});

/** A server of its own whose disk is full for a while. @returns how it refused, and whom it lost */
async function fullDisk(): Promise<{ code: string | undefined; lost: string[] }> {
  const crowded = await startServer({ dataDir: path.join(small, 'data') });
  const api = await setUpOwner(crowded);
  const create = async (name: string): Promise<any> =>
    (await api.ask(CREATE, { input: { email: `${name}@example.test`, displayName: name, role: 'USER', idempotencyKey: name } })).createUser;
  expect((await create('before')).errors).toEqual([]);

  const ballast = path.join(small, 'ballast');
  const { bavail, bsize } = statfsSync(small);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - 64 * 1024, 1));
  const acknowledged: string[] = ['before'];
  let refusal: any;
  for (let n = 0; n < 3_000 && !refusal; n++) {
    const answer = await create(`full-${n}`).catch((error: Error) => ({ errors: [{ code: /E\d{4}/.exec(error.message)?.[0], rule: error.message }] }));
    if (answer.errors.length > 0) refusal = answer.errors[0];
    else acknowledged.push(`full-${n}`);
  }

  rmSync(ballast);
  await eventually(() => create('after'), ({ errors }) => errors?.length === 0);
  acknowledged.push('after');
  const names = new Set<string>();
  for (let after: string | null = null; ; ) {
    const { users }: any = await eventually(() => api.ask('query ($after: String) { users(first: 100, after: $after) { nodes { displayName } pageInfo { hasNextPage endCursor } } }', { after }), (answer: any) => Boolean(answer.users));
    for (const { displayName } of users.nodes) names.add(displayName);
    if (!users.pageInfo.hasNextPage) break;
    after = users.pageInfo.endCursor;
  }
  await crowded.stop();
  return { code: refusal?.code, lost: acknowledged.filter((name) => !names.has(name)) };
}

const withSmallDisk = mounted ? test : test.skip;

withSmallDisk('a full disk refuses with a code, loses nothing, and is left behind without a restart', async () => {
  expect(await onFullDisk).toEqual({ code: expect.stringMatching(/^E50(02|31|41)$/), lost: [] });
}, 180_000);

afterAll(() => {
  if (mounted) spawnSync('umount', [small]);
  rmSync(small, { recursive: true, force: true });
});
