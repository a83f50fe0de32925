import { eventually, eventuallyHolds } from '../../support/eventually';
import { done, type Somebody } from '../../support/people';
import { createRunSetting, KLING_RUN, LEGNEXT_RUN, SECOND_KLING_ACCOUNT, type RunSetting } from './run-setting';

/** What people see over their sockets while runs of this server wait for a key and are worked on. */

const PROGRESS = `subscription ($id: ID!) { runProgress(runId: $id) {
  step { stage attempt position reason retryAfterMs keyName jobId vendorStatus } run { id state } } }`;

let setting: RunSetting;
beforeAll(async () => {
  setting = await createRunSetting({ USER_MAX_CONCURRENCY: '4', GLOBAL_MAX_CONCURRENCY: '20' });
}, 60_000);
afterAll(() => setting.close());

interface Step { stage: string; attempt: number; position: number | null; reason: string | null; retryAfterMs: number | null; keyName: string | null; jobId: string | null; vendorStatus: string | null }

/** All that a subscriber is told of a run, from now to its end. */
function told({ api }: Pick<Somebody, 'api'>, id: string): { steps: Step[]; ended: Promise<void> } {
  const socket = api.socket();
  const steps: Step[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    socket.subscribe<{ runProgress: { step: Step } }>({ query: PROGRESS, variables: { id } }, {
      next: ({ data }) => void steps.push(data!.runProgress.step), error: reject, complete: resolve,
    });
  });
  return { steps, ended: ended.finally(() => void socket.dispose()) };
}

const stagesOf = (steps: readonly Step[]): string[] => steps.map(({ stage }) => stage);
const comes = (steps: readonly Step[], stage: string): Promise<unknown> => eventually(async () => stagesOf(steps).includes(stage), 20_000);
/** Statuses of the vendor and what changes about a wait may be told any number of times in a row. */
const course = (steps: readonly Step[]): string[] => stagesOf(steps).filter((stage, at, all) => stage !== all[at - 1]);

test('TEST-57: three runs for one key: each is told its turn, its wait for the key, the name of the key, and how it went on', async () => {
  const [first, second, third] = [await setting.person(), await setting.person(), await setting.person()];
  setting.kling.script = { statuses: ['submitted', 'processing'], message: '' };
  const { run: one } = await setting.start(first.api, { ...KLING_RUN, maxWaitSeconds: 300 });
  const ofOne = told(first, one.id);
  await comes(ofOne.steps, 'POLLING');
  const { run: two } = await setting.start(second.api, { ...KLING_RUN, maxWaitSeconds: 300 });
  const ofTwo = told(second, two.id);
  await comes(ofTwo.steps, 'WAITING_KEY');
  const { run: three } = await setting.start(third.api, { ...KLING_RUN, maxWaitSeconds: 300 });
  const ofThree = told(third, three.id);
  await comes(ofThree.steps, 'WAITING_TURN');
  expect(ofTwo.steps.at(-1)).toMatchObject({ stage: 'WAITING_KEY', position: 1, reason: 'CONCURRENCY', keyName: null });
  expect(ofThree.steps.at(-1)).toMatchObject({ stage: 'WAITING_TURN', position: 2, reason: 'TURN' });

  const finish = (): void => void (setting.kling.tasks.at(-1)!.script = { statuses: ['succeed'], message: '' });
  finish();
  await ofOne.ended;
  await comes(ofThree.steps, 'WAITING_KEY');
  await comes(ofTwo.steps, 'SUBMITTED');
  await eventually(async () => setting.kling.tasks.length === 2);
  finish();
  await ofTwo.ended;
  await comes(ofThree.steps, 'SUBMITTED');
  await eventually(async () => setting.kling.tasks.length === 3);
  finish();
  await ofThree.ended;

  const whole = ['LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING', 'COMPLETED'];
  expect(course(ofOne.steps)).toEqual(['START', 'ACQUIRE_LEASE', ...whole]);
  expect(course(ofTwo.steps)).toEqual(['START', 'ACQUIRE_LEASE', 'WAITING_KEY', ...whole]);
  expect(course(ofThree.steps)).toEqual(['START', 'ACQUIRE_LEASE', 'WAITING_TURN', 'WAITING_KEY', ...whole]);
  for (const [at, { steps }] of [ofOne, ofTwo, ofThree].entries()) {
    expect(steps.find(({ stage }) => stage === 'LEASE_ACQUIRED')!.keyName).toBe('pair');
    expect(steps.find(({ stage }) => stage === 'SUBMITTED')!.jobId).toBe(setting.kling.tasks[at]!.taskId);
    expect(JSON.stringify(steps)).not.toMatch(/not-a-key/);
  }
});

test('TEST-57: a run whose key has used up its rate is told for how long', async () => {
  const { keyPools } = await setting.owner.ask('{ keyPools(first: 10) { nodes { provider keys { id } } } }');
  const [key] = keyPools.nodes.find(({ provider }: { provider: string }) => provider === 'legnext').keys;
  await done(setting.owner, 'changeProviderKey', { providerKeyId: key.id, rpmLimit: 1 });
  const somebody = await setting.person();
  const { run: first } = await setting.start(somebody.api, { ...LEGNEXT_RUN, autoPoll: false });
  await setting.runOnce(somebody.api, first.id, ({ state }) => state === 'SUBMITTED');
  const { run } = await setting.start(somebody.api, LEGNEXT_RUN);
  const { steps, ended } = told(somebody, run.id);
  await comes(steps, 'WAITING_RPM');
  const waiting = steps.at(-1)!;
  expect(waiting).toMatchObject({ reason: 'RPM', position: 1 });
  expect(waiting.retryAfterMs).toBeGreaterThan(0);
  expect(waiting.retryAfterMs).toBeLessThanOrEqual(60_000);
  await done(somebody.api, 'cancelRun', { runId: run.id });
  await ended;
  expect(stagesOf(steps)).toEqual(['START', 'ACQUIRE_LEASE', 'WAITING_RPM', 'CANCELLED']);
  await done(setting.owner, 'changeProviderKey', { providerKeyId: key.id, rpmLimit: 600 });
});

test('fault 60: 100 runs asked for at once on the last request of the day are one run', async () => {
  const { api, id } = await setting.person();
  await done(setting.owner, 'setDailyLimit', { userId: id, requests: 1 });
  const before = setting.legnext.jobs.length;
  const payloads = await Promise.all(Array.from({ length: 100 }, () => setting.start(api, { ...LEGNEXT_RUN, autoPoll: false })));
  expect(payloads.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  expect(new Set(payloads.flatMap(({ errors }) => errors.map(({ rule }: { rule: string }) => rule)))).toEqual(new Set(['daily_limit']));
  const { run } = payloads.find(({ errors }) => errors.length === 0)!;
  await setting.runOnce(api, run.id, ({ state }) => state === 'SUBMITTED');
  expect((await api.ask('{ runs { totalCount } }')).runs.totalCount).toBe(1);
  expect(setting.legnext.jobs.length - before).toBe(1);
});

test('fault 54: a start that is repeated when its record is gone, also at another server, is the same run, and holds no place a second time', async () => {
  const { api, email } = await setting.person();
  setting.legnext.script = { statuses: ['completed'], images: 1, consume: 1 };
  const input = { ...LEGNEXT_RUN, idempotencyKey: 'long ago' };
  const { run } = await setting.start(api, input);
  await setting.runOnce(api, run.id, ({ state }) => state === 'SUCCEEDED');
  const before = { jobs: setting.legnext.jobs.length, events: (await setting.events(run.id)).length };
  expect((await setting.database.query('delete from idempotency_record')).rowCount).toBeGreaterThan(0);
  const other = await setting.another(email);
  try {
    for (const at of [other.api, api]) {
      expect(await setting.start(at, input)).toMatchObject({ run: { id: run.id, state: 'SUCCEEDED' }, errors: [] });
      await setting.database.query('delete from idempotency_record');
      expect((await at.ask('{ concurrency { mine } }')).concurrency.mine).toBe(0);
      expect((await at.ask('{ runs { totalCount } }')).runs.totalCount).toBe(1);
    }
    expect({ jobs: setting.legnext.jobs.length, events: (await setting.events(run.id)).length }).toEqual(before);
  } finally {
    await other.close();
  }
});

test('fault 63: a vendor that is down is called three times, and then left alone by everybody who waits', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => setting.person()));
  setting.legnext.reset();
  setting.legnext.inject({ kind: 'status', status: 503 }, { times: 1_000 });
  await Promise.all(people.slice(0, 3).map(({ api }) => setting.start(api, LEGNEXT_RUN)));
  await eventuallyHolds(async () => {
    const { keyPools } = await setting.owner.ask('{ keyPools(first: 10) { nodes { provider keys { coolDownReason } } } }');
    expect(keyPools.nodes.find(({ provider }: { provider: string }) => provider === 'legnext').keys).toEqual([{ coolDownReason: 'OUTAGE' }]);
  }, 20_000);
  const late = await Promise.all(people.slice(3).map(async ({ api }) => ({ api, id: (await setting.start(api, LEGNEXT_RUN)).run.id as string })));
  const waiting = 'query ($id: ID!) { node(id: $id) { ... on Run { state waitTicket { reason } } } }';
  for (const { api, id } of late) {
    await eventuallyHolds(async () => expect((await api.ask(waiting, { id })).node).toMatchObject({ state: 'QUEUED', waitTicket: { reason: expect.stringMatching(/^(RPM|TURN)$/) } }));
  }
  expect(setting.legnext.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill('POST /api/v1/diffusion'));
  for (const { api } of people) await done(api, 'clearConcurrencySlots');
  setting.legnext.reset();
});

test('fault 49: a question to the vendor that is under way ends when the key is rotated, and the next one has the new secret', async () => {
  const { api } = await setting.person();
  setting.kling.script = { statuses: ['processing'], message: '' };
  const { run } = await setting.start(api, { ...KLING_RUN, maxWaitSeconds: 300 });
  const { jobId } = await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
  const path = `/v1/images/generations/${jobId}`;
  const before = setting.kling.calls.length;
  setting.kling.inject({ kind: 'hang' }, { path });
  await eventually(async () => setting.kling.calls.length > before, 20_000);
  const asked = setting.kling.calls.length;
  const { keyPools } = await setting.owner.ask('{ keyPools(first: 10) { nodes { provider keys { id } } } }');
  const [key] = keyPools.nodes.find(({ provider }: { provider: string }) => provider === 'kling').keys;
  await done(setting.owner, 'rotateProviderKey', { providerKeyId: key.id, accessKey: SECOND_KLING_ACCOUNT.accessKey, secret: SECOND_KLING_ACCOUNT.secretKey });
  // A call that is not given up ends after a minute.
  await eventually(async () => setting.kling.calls.length > asked && setting.kling.claims.at(-1)!.iss === SECOND_KLING_ACCOUNT.accessKey, 20_000);
  await done(api, 'clearConcurrencySlots');
}, 60_000);
