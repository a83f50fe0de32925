import { OutcomeUnknown } from '../../../src/event-store/port';
import { eventuallyHolds } from '../../support/eventually';
import { act, done, keyOf } from '../../support/people';
import { createRunSetting, hasEnded, KLING_RUN, LEGNEXT_RUN, type RunSetting } from './run-setting';

let setting: RunSetting;
beforeAll(async () => {
  setting = await createRunSetting({ USER_MAX_CONCURRENCY: '1' });
}, 60_000);
afterAll(() => setting.close());
beforeEach(() => {
  setting.legnext.script = { statuses: ['processing'], images: 1, consume: 80 };
});
afterEach(async () => {
  for (const { api } of began.splice(0)) await done(api, 'clearConcurrencySlots');
  await setting.nothingIsHeld();
});

const began: Awaited<ReturnType<RunSetting['person']>>[] = [];

/** Somebody whose runs are given up after the test. */
async function person(role?: string) {
  const somebody = await setting.person(role);
  began.push(somebody);
  return somebody;
}

const CONCURRENCY = '{ concurrency { userLimit globalLimit mine total } }';

describe('startRun', () => {
  it('TEST-40: keeps a second run of the same person as rejected, and says which rule refused', async () => {
    const { api } = await person();
    const { run: first } = await setting.start(api, LEGNEXT_RUN);
    await eventuallyHolds(async () => expect((await api.ask(CONCURRENCY)).concurrency).toEqual({ userLimit: 1, globalLimit: 4, mine: 1, total: 1 }));
    const { run, errors } = await setting.start(api, LEGNEXT_RUN);
    expect(errors).toMatchObject([{ code: 'E4291', rule: 'user_concurrency', details: { limit: 1, active: 1 } }]);
    expect(run).toMatchObject({ state: 'REJECTED', failureCode: 'E4291', retryable: true, cancellable: false, durationMs: expect.any(Number) });

    expect(await act(api, 'retryRun', { runId: run.id }, 'run { state }')).toMatchObject({ run: { state: 'REJECTED' }, errors: [{ rule: 'user_concurrency' }] });
    await done(api, 'cancelRun', { runId: first.id });
    setting.legnext.script = { ...setting.legnext.script, statuses: ['completed'] };
    expect(await act(api, 'retryRun', { runId: run.id }, 'run { id }')).toMatchObject({ errors: [] });
    expect(await setting.runOnce(api, run.id, ({ state }) => state === 'SUCCEEDED')).toMatchObject({ attempt: 3 });
  });

  it('TEST-41, TEST-44, fault 60: never has more runs go on than the limits, however many are asked for at once', async () => {
    const before = setting.legnext.jobs.length;
    const people = await Promise.all(Array.from({ length: 10 }, () => person()));
    const payloads = await Promise.all(people.flatMap(({ api }) => Array.from({ length: 10 }, () => setting.start(api, LEGNEXT_RUN))));
    const accepted = payloads.filter(({ errors }) => errors.length === 0);
    const rules = payloads.flatMap(({ errors }) => errors.map(({ rule }: { rule: string }) => rule));
    expect(accepted).toHaveLength(4);
    expect(rules).toHaveLength(96);
    expect(new Set(rules)).toEqual(new Set(['user_concurrency', 'global_concurrency']));
    expect(payloads.every(({ run }) => ['REJECTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING'].includes(run.state))).toBe(true);
    expect(people.every((_, at) => payloads.slice(at * 10, at * 10 + 10).filter(({ errors }) => errors.length === 0).length <= 1)).toBe(true);
    await eventuallyHolds(async () => expect((await setting.owner.ask(CONCURRENCY)).concurrency).toMatchObject({ total: 4 }));
    expect(setting.legnext.jobs.length - before).toBeLessThanOrEqual(4);
  }, 60_000);

  it('TEST-84: shows how much goes on beside the limits, as long as it goes on and no longer', async () => {
    const { api } = await person();
    const shows = (mine: number, total: number): Promise<void> => eventuallyHolds(async () => {
      expect((await api.ask(CONCURRENCY)).concurrency).toEqual({ userLimit: 1, globalLimit: 4, mine, total });
    }, 15_000);
    await shows(0, 0);
    const { run } = await setting.start(api, { ...LEGNEXT_RUN, scenario: 'TIMEOUT', maxWaitSeconds: 300 });
    await shows(1, 1);
    await done(api, 'cancelRun', { runId: run.id });
    await shows(0, 0);
  });

  it('TEST-45: can be used again once somebody has given up what they had going on', async () => {
    const { api } = await person();
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const cleared = await done(api, 'clearConcurrencySlots', {}, 'runs { id state } concurrency { mine total }');
    expect(cleared).toMatchObject({ runs: [{ id: run.id, state: 'CANCELLED' }], concurrency: { mine: 0, total: 0 } });
    expect((await setting.start(api, LEGNEXT_RUN)).errors).toEqual([]);
    const other = await person();
    expect(await done(other.api, 'clearConcurrencySlots', {}, 'runs { id } concurrency { mine total }')).toMatchObject({ runs: [], concurrency: { mine: 0, total: 1 } });
  });

  it('TEST-40: keeps the slot of a run that goes on, however often somebody asks to watch it', async () => {
    const { api } = await person();
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const isFull = async (): Promise<void> => expect((await setting.start(api, LEGNEXT_RUN)).errors).toMatchObject([{ rule: 'user_concurrency' }]);
    expect(await act(api, 'watchRun', { runId: run.id })).toMatchObject({ errors: [{ rule: 'run_not_watchable' }] });
    await isFull();
    await done(api, 'cancelRun', { runId: run.id });

    const { run: left } = await setting.start(api, { ...LEGNEXT_RUN, autoPoll: false });
    await setting.runOnce(api, left.id, ({ state }) => state === 'SUBMITTED');
    await eventuallyHolds(async () => expect((await api.ask(CONCURRENCY)).concurrency).toMatchObject({ mine: 0 }));
    const watches = await Promise.all([1, 2, 3].map(() => act(api, 'watchRun', { runId: left.id })));
    expect(watches.filter(({ errors }) => errors.length === 0).length).toBeGreaterThan(0);
    await setting.runOnce(api, left.id, ({ state }) => state === 'POLLING');
    await act(api, 'watchRun', { runId: left.id });
    await isFull();
  });

  it('shows the run that is on record when its slot could not be taken at once, and nobody has to ask again', async () => {
    const { api, id } = await person();
    await done(setting.owner, 'setDailyLimit', { userId: id, requests: 1 });
    setting.legnext.script = { ...setting.legnext.script, statuses: ['completed'] };
    const healthy = setting.store.append;
    let lost = 0;
    const store = jest.spyOn(setting.store, 'append').mockImplementation((stream, ...given) =>
      stream === 'concurrencySlots-all' && lost++ === 0 ? Promise.reject(new OutcomeUnknown(stream, undefined)) : healthy(stream, ...given));
    const { run, errors } = await setting.start(api, LEGNEXT_RUN);
    expect(lost).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    store.mockRestore();
    expect((await setting.start(api, LEGNEXT_RUN)).errors).toMatchObject([{ rule: 'daily_limit' }]);
  });

  it('says which parameter is wrong, and records nothing', async () => {
    const { api } = await person();
    const cases: [object, string, string[]][] = [
      [{ ...LEGNEXT_RUN, parameters: { prompt: '', options: null } }, 'V1004', ['prompt']],
      [{ ...LEGNEXT_RUN, parameters: { prompt: 'a cat', options: { chaos: 101 } } }, 'V1004', ['options', 'chaos']],
      [{ ...LEGNEXT_RUN, parameters: { prompt: 'a cat', options: { aspectRatio: '7:5' } } }, 'V1001', ['options', 'aspectRatio']],
      [{ ...LEGNEXT_RUN, parameters: { prompt: 'a\u0000cat', options: null } }, 'V1001', ['prompt']],
      [{ ...LEGNEXT_RUN, parameters: { prompt: 'x'.repeat(8_190), options: {} } }, 'V1004', ['prompt']],
      [{ ...LEGNEXT_RUN, parameters: 'a cat' }, 'V1001', []],
      [{ ...KLING_RUN, parameters: { prompt: 'a cat', count: 10 } }, 'V1004', ['count']],
    ];
    for (const [input, code, path] of cases) {
      const { run, errors } = await setting.start(api, input);
      expect(run).toBeNull();
      expect(errors[0]).toMatchObject({ code, path: ['input', 'parameters', ...path] });
    }
    const picture = { operation: 'KLING_IMAGE_TO_VIDEO', parameters: { prompt: 'waves', image: 'no-such-picture' } };
    expect((await setting.start(api, picture)).errors).toMatchObject([{ code: 'E4041', rule: 'picture_unknown', path: ['input', 'parameters', 'image'] }]);
    expect((await api.ask('{ runs { totalCount } }')).runs.totalCount).toBe(0);
  });

  it('is refused without the feature, and without a key of the vendor', async () => {
    const { api, id } = await person();
    await done(setting.owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'RUNS', 'KEY_POOLS', 'KLING'] });
    expect((await setting.start(api, LEGNEXT_RUN)).errors).toMatchObject([{ code: 'E4031', rule: 'feature_off', details: { feature: 'legnext' } }]);
    await done(setting.owner, 'setEntitlements', { subjectKind: 'USER', userId: id, features: ['LEGNEXT'] });
    expect((await setting.start(api, { ...LEGNEXT_RUN, scenario: 'SUCCESS', autoPoll: false })).errors).toEqual([]);

    const { keyPools } = await setting.owner.ask('{ keyPools(first: 10) { nodes { provider keys { id name } } } }');
    const [key] = keyPools.nodes.find(({ provider }: { provider: string }) => provider === 'kling').keys;
    await done(setting.owner, 'deactivateProviderKey', { providerKeyId: key.id });
    await eventuallyHolds(async () => expect((await setting.start(api, KLING_RUN)).errors).toMatchObject([{ code: 'B2001', rule: 'no_provider_key' }]));
    await done(setting.owner, 'activateProviderKey', { providerKeyId: key.id });
    await done(setting.owner, 'setEntitlements', { subjectKind: 'TENANT', features: ['CHAT', 'VIRTUAL_KEYS', 'RUNS', 'KEY_POOLS', 'LEGNEXT', 'KLING', 'PORTAL', 'GALLERY'] });
  });

  it('has one effect for one idempotency key, also when it was rejected', async () => {
    const { api } = await person();
    const input = { ...LEGNEXT_RUN, idempotencyKey: 'first' };
    const [one, two] = [await setting.start(api, input), await setting.start(api, input)];
    expect(two.run.id).toBe(one.run.id);
    const refused = { ...LEGNEXT_RUN, idempotencyKey: 'second' };
    const [three, four] = [await setting.start(api, refused), await setting.start(api, refused)];
    expect(four).toMatchObject({ run: { id: three.run.id, state: 'REJECTED' }, errors: three.errors });
    expect((await api.ask('{ runs { totalCount } }')).runs.totalCount).toBe(2);
  });

  it('counts as one of the day\'s requests when it was let in', async () => {
    const { api, id } = await person();
    await done(setting.owner, 'setDailyLimit', { userId: id, requests: 2 });
    const { run } = await setting.start(api, LEGNEXT_RUN);
    expect((await setting.start(api, LEGNEXT_RUN)).errors).toMatchObject([{ rule: 'user_concurrency' }]);
    await done(api, 'cancelRun', { runId: run.id });
    expect(await act(api, 'retryRun', { runId: run.id })).toMatchObject({ errors: [] });
    await done(api, 'cancelRun', { runId: run.id });
    expect((await setting.start(api, LEGNEXT_RUN)).errors).toMatchObject([{ code: 'E4291', rule: 'daily_limit' }]);
  });
});

describe('a callback', () => {
  it('is asked for where the vendor can reach this server, at an address that nobody is shown', async () => {
    const { api } = await person();
    const { run } = await setting.start(api, { ...LEGNEXT_RUN, pollIntervalSeconds: 10, maxWaitSeconds: 300 });
    const { jobId, exchange } = await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    expect(setting.legnext.jobs.at(-1)!.callback).toContain(`/callbacks/legnext/`);
    expect(exchange.request.callback).toBe('***');
    setting.legnext.jobs.at(-1)!.script = { statuses: ['completed'], images: 1, consume: 80 };
    expect(await setting.legnext.callBack(jobId)).toBe(204);
    await setting.runOnce(api, run.id, ({ state }) => state === 'SUCCEEDED');
  });

  it('fault 55: tells the id of work whose submission was not answered, and the work is not sent again', async () => {
    const { api } = await person();
    setting.legnext.script = { ...setting.legnext.script, odd: { job_id: null } };
    const before = setting.legnext.jobs.length;
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await eventuallyHolds(async () => expect(setting.legnext.jobs).toHaveLength(before + 1));
    const job = setting.legnext.jobs.at(-1)!;
    job.script = { statuses: ['completed'], images: 1, consume: 80 };
    expect(await setting.legnext.callBack(job.jobId)).toBe(204);
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', jobId: job.jobId });
    expect(setting.legnext.jobs).toHaveLength(before + 1);
  });

  it('from somebody who does not know the address is not taken', async () => {
    const { api } = await person();
    const { run } = await setting.start(api, LEGNEXT_RUN);
    const place = `${setting.url}/callbacks/legnext/t/${keyOf(run.id)}/1`;
    for (const token of ['', '0'.repeat(64), 'x']) {
      const answer = await fetch(`${place}/${token}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"job_id":"mine"}' });
      expect(answer.status).toBe(404);
    }
    expect((await setting.database.query("select from run_callback where job_id = 'mine'")).rowCount).toBe(0);
  });
});
