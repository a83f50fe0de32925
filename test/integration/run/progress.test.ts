import { toGlobalId } from '../../../src/graphql/node';
import { eventually } from '../projection-runtime/setting';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';
import { generationsIn, type Generations } from './generations';

const PROGRESS = `subscription ($id: ID!, $after: String) { runProgress(runId: $id, after: $after) {
  cursor step { stage attempt position reason retryAfterMs keyName jobId vendorStatus } run { id state } } }`;

interface Item {
  cursor: string;
  step: { stage: string; attempt: number; position: number | null; reason: string | null; retryAfterMs: number | null; keyName: string | null; jobId: string | null; vendorStatus: string | null };
  run: { id: string; state: string };
}
type Feed = AsyncGenerator<{ data: { runProgress: Item } }>;

let api: ApiSetting;
let anna: Person;
let ben: Person;
/** Of each test its own, with the pool that they are served by. */
let runs: Generations;
let pool: string;
let r1: string;
let tests = 0;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('no keys here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
  anna = await api.person();
  ben = await api.person();
});
afterAll(() => api.close());
beforeEach(() => {
  pool = `pool-${++tests}`;
  r1 = `run-${tests}`;
  runs = generationsIn(api, { pool });
});

const follow = async (runId: string, after?: string, who = anna): Promise<Feed> =>
  (await api.follow(who, PROGRESS, { id: toGlobalId('Run', runId), after })) as Feed;

const refusalOf = async (feed: Promise<unknown>): Promise<unknown> => ((await feed) as any).errors[0].originalError.refusal;

/** Follows to the end in the background; `items` grows. */
async function collect(runId: string, after?: string): Promise<{ items: Item[]; ended: Promise<void> }> {
  const feed = await follow(runId, after);
  const items: Item[] = [];
  const ended = (async () => {
    for await (const { data } of feed) items.push(data.runProgress);
  })();
  return { items, ended };
}

const stages = (items: readonly Item[]): string[] => items.map(({ step }) => step.stage);
const come = (items: readonly Item[], stage: string): Promise<unknown> => eventually(() => stages(items).includes(stage));
const kept = (items: readonly Item[]): Item[] => items.filter(({ step }) => !step.stage.startsWith('WAITING'));

async function toPolling(runId: string): Promise<void> {
  await runs.queue(runId);
  await runs.lease(runId);
  await runs.submit(runId);
  await runs.poll(runId);
}

const COURSE = ['START', 'ACQUIRE_LEASE', 'LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING', 'POLLING', 'COMPLETED'];

test('TEST-57: the stages come in order, those that were and those that come, and end with the run', async () => {
  await runs.request(r1, anna);
  await runs.queue(r1);
  const { items, ended } = await collect(r1);
  await come(items, 'ACQUIRE_LEASE');
  await runs.lease(r1);
  await come(items, 'LEASE_ACQUIRED');
  await runs.submit(r1);
  await runs.poll(r1);
  await runs.status(r1, 'processing');
  await runs.succeed(r1);
  await ended;
  expect(stages(items)).toEqual(COURSE);
  expect(items[2]!.step).toMatchObject({ attempt: 1, keyName: 'mock-1' });
  expect(items[4]!.step).toMatchObject({ jobId: 'job-1' });
  expect(items[6]!.step).toMatchObject({ vendorStatus: 'processing' });
  expect(items.at(-1)!.run).toEqual({ id: toGlobalId('Run', r1), state: 'SUCCEEDED' });
  expect(JSON.stringify(items)).not.toContain('secret');
});

test('TEST-57: whoever comes back with any cursor sees exactly the rest, and of a run that has ended all at once', async () => {
  await runs.request(r1, anna);
  await toPolling(r1);
  await runs.status(r1, 'processing');
  await runs.succeed(r1);
  const whole = await collect(r1);
  await whole.ended;
  expect(stages(whole.items)).toEqual(COURSE);
  for (const [index, { cursor }] of whole.items.entries()) {
    const rest = await collect(r1, cursor);
    await rest.ended;
    expect(rest.items).toEqual(whole.items.slice(index + 1));
  }
});

test('TEST-57: a reader who is cut off again and again misses no stage and sees none twice', async () => {
  await runs.request(r1, anna);
  const seen: string[] = [];
  const reading = (async () => {
    let after: string | undefined;
    for (;;) {
      const feed = await follow(r1, after);
      const { value, done } = await feed.next();
      if (done) return;
      seen.push(value.data.runProgress.step.stage);
      after = value.data.runProgress.cursor;
      await feed.return(undefined);
    }
  })();
  await toPolling(r1);
  await runs.status(r1, 'processing');
  await runs.succeed(r1);
  await reading;
  expect(seen).toEqual(COURSE);
});

test('TEST-57: the wait for a key is told in between: whose turn it is, and that every place is taken', async () => {
  await runs.key('k1');
  const now = Date.now();
  const lease = (name: string, at = now) => runs.pool({
    type: 'RequestLease', tenant: 't1', ttlMs: 600_000, maxWaitMs: 600_000, ticketId: `${pool}/${name}`, requestId: `run/${name}/1/1`, holder: `run/${name}`, now: at,
  });
  await lease('holding');
  await lease('earlier');
  await runs.request(r1, anna);
  await runs.queue(r1);
  await lease(r1);
  const { items, ended } = await collect(r1);
  await come(items, 'WAITING_TURN');
  expect(items.at(-1)).toMatchObject({ step: { position: 2, reason: 'TURN', attempt: 1 }, run: { state: 'QUEUED' } });
  await runs.pool({ type: 'CancelTicket', ticketId: `${pool}/earlier`, holder: 'run/earlier', now });
  await come(items, 'WAITING_KEY');
  expect(items.at(-1)!.step).toMatchObject({ position: 1, reason: 'CONCURRENCY' });
  await runs.pool({ type: 'CancelTicket', ticketId: `${pool}/${r1}`, holder: `run/${r1}`, now });
  await runs.lease(r1);
  await runs.act(r1, { type: 'CancelRun', by: anna.userId, durationMs: 4 });
  await ended;
  expect(stages(items)).toEqual(['START', 'ACQUIRE_LEASE', 'WAITING_TURN', 'WAITING_KEY', 'LEASE_ACQUIRED', 'CANCELLED']);
  // What is not kept has the cursor of what was kept before it.
  expect(items.slice(1, 4).map(({ cursor }) => cursor)).toEqual(Array(3).fill(items[1]!.cursor));
  const again = await collect(r1);
  await again.ended;
  expect(again.items).toMatchObject(kept(items).map(({ cursor, step }) => ({ cursor, step })));
});

test('TEST-57: a wait for the rate says for how long, once and not at every look', async () => {
  await runs.key('k1', 1);
  const request = { type: 'RequestLease', tenant: 't1', ttlMs: 600_000, maxWaitMs: 600_000, now: Date.now() } as const;
  await runs.pool({ ...request, ticketId: `${pool}/first`, requestId: 'run/first/1/1', holder: 'run/first' });
  await runs.pool({ type: 'ReleaseLease', leaseId: `${pool}/first`, token: 1, holder: 'run/first', outcome: 'ok', now: Date.now() });
  await runs.request(r1, anna);
  await runs.queue(r1);
  await runs.pool({ ...request, ticketId: `${pool}/${r1}`, requestId: `run/${r1}/1/1`, holder: `run/${r1}` });
  const before = api.statements.length;
  const { items, ended } = await collect(r1);
  await come(items, 'WAITING_RPM');
  expect(items.at(-1)!.step).toMatchObject({ reason: 'RPM', retryAfterMs: expect.any(Number) });
  expect(items.at(-1)!.step.retryAfterMs).toBeGreaterThan(0);
  // Three more looks at the queue tell nothing new.
  const looks = (): number => api.statements.slice(before).filter((text) => text.includes('views.wait_tickets where')).length;
  const had = looks();
  await eventually(() => looks() >= had + 3);
  await runs.act(r1, { type: 'CancelRun', by: anna.userId, durationMs: 4 });
  await ended;
  expect(stages(items)).toEqual(['START', 'ACQUIRE_LEASE', 'WAITING_RPM', 'CANCELLED']);
});

test('TEST-57: many who follow waiting runs cost one reading of the queue at each look, and none of the runs', async () => {
  await runs.key('k1');
  const now = Date.now();
  const lease = (name: string) => runs.pool({
    type: 'RequestLease', tenant: 't1', ttlMs: 600_000, maxWaitMs: 600_000, ticketId: `${pool}/${name}`, requestId: `run/${name}/1/1`, holder: `run/${name}`, now,
  });
  await lease('holding');
  const names = [r1, `${r1}-b`];
  for (const name of names) {
    await runs.request(name, anna);
    await runs.queue(name);
    await lease(name);
  }
  const followed = [...names, ...names, ...names, ...names, ...names];
  const followers = await Promise.all(followed.map((name) => collect(name)));
  for (const [index, { items }] of followers.entries()) await come(items, followed[index] === r1 ? 'WAITING_KEY' : 'WAITING_TURN');
  const before = api.statements.length;
  const since = performance.now();
  const of = (part: string): number => api.statements.slice(before).filter((text) => text.includes(part)).length;
  await eventually(() => of('from views.wait_tickets where provider = any($1)\n  ) t') >= 3);
  const looks = Math.ceil((performance.now() - since) / 700) + 1;
  expect(of('from views.wait_tickets where provider = any($1)\n  ) t')).toBeLessThan(looks * followers.length / 2);
  // At most a last change that came late; not at every look.
  expect(of('views.run_steps') + of('views.runs')).toBeLessThanOrEqual(2 * followers.length);
  for (const name of names) await runs.act(name, { type: 'CancelRun', by: anna.userId, durationMs: 4 });
  await Promise.all(followers.map(({ ended }) => ended));
});

test('a run that is done once more goes on, and its stages name the attempt', async () => {
  await runs.request(r1, anna);
  await toPolling(r1);
  await runs.fail(r1);
  const first = await collect(r1);
  await first.ended;
  expect(stages(first.items).at(-1)).toBe('FAILED');
  await runs.diagnose(r1, { summary: 'Pay.', likelyCauses: [], recommendedFixes: [], nextChecks: [] });
  await runs.act(r1, { type: 'RetryRun', attempt: 2, at: Date.now() });
  const { items, ended } = await collect(r1, first.items.at(-1)!.cursor);
  await come(items, 'RETRY');
  await runs.queue(r1, 2);
  await runs.fail(r1, 2);
  await ended;
  expect(items.map(({ step }) => [step.stage, step.attempt])).toEqual([['DIAGNOSED', 1], ['RETRY', 2], ['ACQUIRE_LEASE', 2], ['FAILED', 2]]);
});

test('work of another kind is followed to its end as well', async () => {
  await runs.act(r1, { type: 'RequestRun', request: { runId: r1, kind: 'chat', model: 'm', provider: 'simulated', requestedBy: anna.userId, simulated: true } });
  const { items, ended } = await collect(r1);
  await come(items, 'START');
  await runs.act(r1, { type: 'StartRun', attempt: 1 });
  await come(items, 'SUBMITTED');
  await runs.act(r1, { type: 'CompleteRun', promptTokens: 1, completionTokens: 1, cost: null, durationMs: 1, outputRef: null });
  await ended;
  expect(stages(items)).toEqual(['START', 'SUBMITTED', 'COMPLETED']);
  const rest = await collect(r1, items[1]!.cursor);
  await rest.ended;
  expect(rest.items).toEqual(items.slice(2));
});

test('whoever does not see a run is told what is told of a run that there is not', async () => {
  await runs.request(r1, anna);
  const foreign = await refusalOf(follow(r1, undefined, ben));
  expect(foreign).toMatchObject({ code: 'E4041', rule: 'run' });
  expect(await refusalOf(follow('a run that there is not', undefined, ben))).toEqual(foreign);
  const auditor = (await follow(r1, undefined, await api.person('auditor'))) as Feed;
  expect((await auditor.next()).value.data.runProgress.step.stage).toBe('START');
  await auditor.return(undefined);
});

test('a cursor of something else is refused', async () => {
  await runs.request(r1, anna);
  for (const after of ['', 'abc', '-5', '1e3', '9'.repeat(30)]) {
    expect(await refusalOf(follow(r1, after))).toMatchObject({ code: 'E4004', rule: 'cursor' });
  }
});

test('a reader who leaves a quiet run leaves at once', async () => {
  await runs.request(r1, anna);
  const feed = await follow(r1);
  expect((await feed.next()).value.data.runProgress.step.stage).toBe('START');
  const next = feed.next();
  await feed.return(undefined);
  expect((await next).done).toBe(true);
});
