import type { Api } from '../../support/api';
import { eventuallyHolds } from '../../support/eventually';
import { act, done, globalId, keyOf } from '../../support/people';
import { KLING_TEST_ACCOUNT } from '../../upstreams/kling';
import { LEGNEXT_TEST_KEY } from '../../upstreams/legnext';
import { createRunSetting, hasEnded, KLING_RUN, LEGNEXT_RUN, SECOND_KLING_ACCOUNT, type RunSetting } from './run-setting';

let setting: RunSetting;
const usual = { statuses: ['pending', 'completed'], images: 2, consume: 80 };
beforeAll(async () => {
  setting = await createRunSetting();
}, 60_000);
afterAll(() => setting.close());
beforeEach(() => {
  setting.legnext.script = usual;
  setting.kling.script = { statuses: ['succeed'], message: '' };
});

const stagesOf = (run: { timeline: { stage: string }[] }): string[] =>
  run.timeline.map(({ stage }) => stage).filter((stage, at, all) => stage !== all[at - 1]);

const KEYS = '{ keyPools(first: 10) { nodes { provider keys { id name coolDownReason coolingDownUntil } } } }';
async function providerKey(provider: string): Promise<any> {
  const { keyPools } = await setting.owner.ask(KEYS);
  return keyPools.nodes.find((pool: any) => pool.provider === provider).keys[0];
}
const recover = async (provider: string): Promise<void> => void (await done(setting.owner, 'recoverProviderKey', { providerKeyId: (await providerKey(provider)).id }));

describe('a run', () => {
  it('TEST-54, TEST-57: of LegNext goes through all its stages and ends with what it made', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['pending', 'staged', 'completed'] };
    const { run, errors } = await setting.start(api, LEGNEXT_RUN);
    expect(errors).toEqual([]);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({
      state: 'SUCCEEDED', keyName: 'one', vendorStatus: 'completed', failure: null, usage: { amount: 80 }, cost: null, prompt: 'a harbour in the rain',
      cancellable: false, retryable: false, watchable: false,
    });
    expect(ended.durationMs).toBeGreaterThan(1_000);
    expect(ended.outputs).toHaveLength(2);
    expect(ended.outputs[0]).toMatchObject({ kind: 'IMAGE', contentType: 'image/png', url: expect.stringContaining('/outputs/') });
    const copy = await fetch(setting.url + ended.outputs[0].url, { headers: { cookie: api.cookie()! } });
    expect([copy.status, copy.headers.get('content-type'), (await copy.arrayBuffer()).byteLength]).toEqual([200, 'image/png', ended.outputs[0].bytes]);
    expect(stagesOf(ended)).toEqual(['START', 'ACQUIRE_LEASE', 'LEASE_ACQUIRED', 'SUBMITTING', 'SUBMITTED', 'POLLING', 'COMPLETED']);
    expect(setting.legnext.jobs.map(({ text }) => text)).toEqual(['a harbour in the rain']);
    expect(ended.exchange).toMatchObject({ endpoint: 'POST /diffusion', parameters: { prompt: 'a harbour in the rain' }, request: { text: 'a harbour in the rain' } });
    await setting.nothingIsHeld();
    // Whoever reads the log learns neither the words nor the key.
    expect(await setting.wholeLog()).not.toMatch(new RegExp(`harbour|${LEGNEXT_TEST_KEY}`));
  });

  it('TEST-53: of Kling is polled to its end', async () => {
    const { api } = await setting.person();
    const { run } = await setting.start(api, KLING_RUN);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', keyName: 'pair', vendorStatus: 'succeed' });
    expect(ended.outputs).toHaveLength(1);
    expect(setting.kling.tasks[0]!.body).toMatchObject({ prompt: 'a harbour in the rain', external_task_id: expect.stringMatching(/-1$/) });
  });

  it('TEST-51: fails with what the vendor says, in our own words', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['pending', 'failed'], failure: { code: 10_000, message: 'secret words of the vendor' } };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'FAILED', failureCategory: 'UNKNOWN', failure: 'The vendor did not do it.', retryable: true });
    expect(ended.durationMs).toBeGreaterThan(0);
    await setting.nothingIsHeld();
  });

  it('TEST-51: stays with the vendor when nobody is to ask, holding nothing, until somebody asks', async () => {
    const { api } = await setting.person();
    const { run } = await setting.start(api, { ...LEGNEXT_RUN, autoPoll: false });
    const left = await setting.runOnce(api, run.id, ({ state }) => state === 'SUBMITTED');
    expect(left).toMatchObject({ watchable: true, cancellable: true });
    await setting.nothingIsHeld();
    await done(api, 'watchRun', { runId: run.id }, 'run { state }');
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await act(api, 'watchRun', { runId: run.id })).toMatchObject({ errors: [{ code: 'B2001', rule: 'run_not_watchable' }] });
  });

  it('TEST-27: takes permits of its key for its questions, in blocks', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['pending', 'pending', 'pending', 'pending', 'completed'] };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, hasEnded);
    const taken = (await setting.wholeLog()).split('\n').map((line) => JSON.parse(line)).filter(({ type }) => type === 'PermitsTaken');
    const leases = (await setting.events(run.id)).filter(({ type }) => type === 'RunLeased').map(({ data }) => data['leaseId']);
    expect(taken.filter(({ data }) => leases.includes(data.leaseId)).map(({ data }) => data.units)).toEqual([5]);
  });

  it.each([
    ['402', { status: 402, message: 'insufficient quota' }, 'QUOTA', 'QUOTA', 3_600],
    ['401', { status: 401, message: 'Failed to verify api key' }, 'AUTHENTICATION', 'CREDENTIALS', 600],
    ['429', { status: 429, message: 'Too Many Requests' }, 'RATE_LIMIT', 'RATE', 60],
  ])('ends at a refusal with %s, and its key rests', async (_status, refusal, category, reason, seconds) => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, refusal };
    const began = Date.now();
    const { run } = await setting.start(api, LEGNEXT_RUN);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'FAILED', failureCategory: category, httpStatus: refusal.status });
    expect(ended.failure).not.toContain(refusal.message);
    await eventuallyHolds(async () => {
      const key = await providerKey('legnext');
      expect(key.coolDownReason).toBe(reason);
      expect(Date.parse(key.coolingDownUntil)).toBeGreaterThanOrEqual(began + seconds * 1_000);
    });
    await setting.nothingIsHeld();
    await recover('legnext');
  });

  it('ends when it is cancelled, and the vendor\'s result comes too late', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['processing'] };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const cancelled = await done(api, 'cancelRun', { runId: run.id }, 'run { state durationMs }');
    expect(cancelled.run).toMatchObject({ state: 'CANCELLED', durationMs: expect.any(Number) });
    setting.legnext.jobs.at(-1)!.script = usual;
    await setting.nothingIsHeld();
    expect((await setting.events(run.id)).at(-1)!.type).toBe('RunCancelled');
    expect(await act(api, 'cancelRun', { runId: run.id })).toMatchObject({ errors: [] });

    setting.legnext.script = usual;
    await done(api, 'retryRun', { runId: run.id }, 'run { state }');
    expect(await setting.runOnce(api, run.id, ({ state }) => state === 'SUCCEEDED')).toMatchObject({ attempt: 2 });
    expect(await act(api, 'cancelRun', { runId: run.id })).toMatchObject({ errors: [{ code: 'B2001', rule: 'run_ended' }] });
  });

  it('asks again for files whose address has ended, and succeeds without those that are gone', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['completed'] };
    const { run } = await setting.start(api, { ...LEGNEXT_RUN, autoPoll: false });
    const { jobId } = await setting.runOnce(api, run.id, ({ state }) => state === 'SUBMITTED');
    setting.legnext.expire(jobId);
    await done(api, 'watchRun', { runId: run.id });
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended.state).toBe('SUCCEEDED');
    expect(ended.outputs).toMatchObject([{ bytes: 0, url: null }, { bytes: 0, url: null }]);
  });

  describe('whose time is up', () => {
    // The shortest waits there are take ten seconds each, so they pass at the same time.
    let api: Api;
    let run: { id: string };
    beforeAll(async () => {
      ({ api } = await setting.person());
      setting.legnext.script = { ...usual, statuses: ['processing'] };
      ({ run } = await setting.start(api, { ...LEGNEXT_RUN, maxWaitSeconds: 10 }));
      await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    });

    it('TEST-34: waits for a key in line, is stopped there, or fails when the wait is over', async () => {
      const [first, second, third] = [await setting.person(), await setting.person(), await setting.person()];
      setting.kling.script = { statuses: ['processing'], message: '' };
      const { run: held } = await setting.start(first.api, { ...KLING_RUN, maxWaitSeconds: 300 });
      await setting.runOnce(first.api, held.id, ({ state }) => state === 'POLLING');
      const { run: stopped } = await setting.start(second.api, KLING_RUN);
      const { run: late } = await setting.start(third.api, { ...KLING_RUN, maxWaitSeconds: 10 });
      const waiting = `query ($id: ID!) { node(id: $id) { ... on Run { state waitTicket { place reason } } } }`;
      await eventuallyHolds(async () => expect((await second.api.ask(waiting, { id: stopped.id })).node)
        .toMatchObject({ state: 'QUEUED', waitTicket: { place: 1, reason: 'CONCURRENCY' } }));
      await done(second.api, 'cancelRun', { runId: stopped.id });
      const failed = await setting.runOnce(third.api, late.id, hasEnded);
      expect(failed).toMatchObject({ state: 'FAILED', failureCategory: 'TIMEOUT', failureCode: 'E5041', failure: 'No provider key became free within 10 s.' });
      expect(stagesOf(await setting.runOnce(second.api, stopped.id, hasEnded))).toEqual(['START', 'ACQUIRE_LEASE', 'CANCELLED']);
      await done(first.api, 'cancelRun', { runId: held.id });
      await setting.nothingIsHeld();
      expect(setting.kling.tasks.filter(({ body }) => [stopped, late].some(({ id }) => String(body['external_task_id']).startsWith(keyOf(id))))).toEqual([]);
    });

    it('TEST-51: times out, and is looked at again without being submitted again', async () => {
      const late = await setting.runOnce(api, run.id, hasEnded);
      expect(late).toMatchObject({ state: 'TIMED_OUT', failure: 'Timeout after 10s', watchable: true, retryable: true });
      expect(late.durationMs).toBeGreaterThanOrEqual(10_000);
      await setting.nothingIsHeld();

      const before = setting.legnext.jobs.length;
      setting.legnext.jobs.at(-1)!.script = usual;
      await done(api, 'watchRun', { runId: run.id }, 'run { state }');
      expect(await setting.runOnce(api, run.id, ({ state }) => state === 'SUCCEEDED')).toMatchObject({ attempt: 1, keyName: 'one' });
      expect(setting.legnext.jobs.length).toBe(before);
      await setting.nothingIsHeld();
    });
  });

  it('TEST-32: goes on with another lease of the same key when its lease is taken away', async () => {
    const { api } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['processing'] };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const before = setting.legnext.jobs.length;
    const leased = (await setting.events(run.id)).find(({ type }) => type === 'RunLeased')!.data;
    await done(setting.owner, 'revokeLease', { leaseId: globalId('Lease', String(leased['leaseId'])) });
    setting.legnext.jobs.at(-1)!.script = usual;
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', attempt: 1, keyName: 'one' });
    expect(setting.legnext.jobs.length).toBe(before);
    const grants = (await setting.wholeLog()).split('\n').map((line) => JSON.parse(line)).filter(({ type, data }) => type === 'LeaseGranted' && data.holder === `run/${keyOf(run.id)}`);
    expect(grants.map(({ data }) => data.keyId)).toEqual([leased['keyId'], leased['keyId']]);
    expect(grants[1].data.token).toBeGreaterThan(grants[0].data.token);
    await setting.nothingIsHeld();
  });

  it('fault 44: goes on with the new secret when its key is rotated', async () => {
    const { api } = await setting.person();
    setting.kling.script = { statuses: ['processing'], message: '' };
    const { run } = await setting.start(api, KLING_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const before = setting.kling.tasks.length;
    const providerKeyId = (await providerKey('kling')).id;
    const rotate = ({ accessKey, secretKey }: typeof SECOND_KLING_ACCOUNT) => done(setting.owner, 'rotateProviderKey', { providerKeyId, accessKey, secret: secretKey });
    const accounts = (): string[] => setting.kling.claims.map(({ iss }) => iss);
    await rotate(SECOND_KLING_ACCOUNT);
    await eventuallyHolds(async () => expect(accounts().at(-1)).toBe(SECOND_KLING_ACCOUNT.accessKey), 10_000);
    setting.kling.tasks.at(-1)!.script = { statuses: ['succeed'], message: '' };
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    expect(new Set(accounts().slice(accounts().indexOf(SECOND_KLING_ACCOUNT.accessKey)))).toEqual(new Set([SECOND_KLING_ACCOUNT.accessKey]));
    expect(setting.kling.tasks.length).toBe(before);
    await rotate(KLING_TEST_ACCOUNT);
    await setting.nothingIsHeld();
  });

  it('fault 55: finds work again by our name for it when the vendor took it and its answer was lost', async () => {
    const { api } = await setting.person();
    setting.kling.script = { statuses: ['submitted', 'succeed'], message: '' };
    setting.kling.inject({ kind: 'lose' }, { path: '/v1/images/generations' });
    const before = setting.kling.tasks.length;
    const { run } = await setting.start(api, KLING_RUN);
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', jobId: setting.kling.tasks.at(-1)!.taskId });
    expect(setting.kling.tasks.length).toBe(before + 1);
    await setting.nothingIsHeld();
  });

  it('fault 56: waits out what may pass while it asks for the outcome', async () => {
    const { api } = await setting.person();
    setting.kling.script = { statuses: ['succeed'], message: '' };
    const { run } = await setting.start(api, { ...KLING_RUN, autoPoll: false });
    const { jobId } = await setting.runOnce(api, run.id, ({ state }) => state === 'SUBMITTED');
    const path = `/v1/images/generations/${jobId}`;
    // More in a row than plain refusals may be.
    setting.kling.inject({ kind: 'status', status: 503 }, { path, times: 2 });
    setting.kling.inject({ kind: 'drop' }, { path, times: 2 });
    await done(api, 'watchRun', { runId: run.id });
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED' });
    await setting.nothingIsHeld();
    await recover('kling');
  });

  it('begins with a picture that an earlier run of the same person has made', async () => {
    const { api } = await setting.person();
    const { run: first } = await setting.start(api, KLING_RUN);
    const [picture] = (await setting.runOnce(api, first.id, ({ state }) => state === 'SUCCEEDED')).outputs;
    const input = { operation: 'KLING_IMAGE_TO_VIDEO', parameters: { prompt: 'waves', image: picture.id }, pollIntervalSeconds: 1 };
    const stranger = await setting.person();
    expect((await setting.start(stranger.api, input)).errors).toMatchObject([{ code: 'E4041', rule: 'picture_unknown' }]);

    const { run, errors } = await setting.start(api, input);
    expect(errors).toEqual([]);
    const ended = await setting.runOnce(api, run.id, hasEnded);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', outputs: [{ kind: 'VIDEO' }] });
    const sent = Buffer.from(String(setting.kling.tasks.at(-1)!.body['image']), 'base64');
    expect(sent.length).toBe(picture.bytes);
    expect(sent.subarray(1, 4).toString()).toBe('PNG');
    expect(JSON.stringify(ended.exchange).length).toBeLessThan(20_000);
  });

  it('is stopped from any server', async () => {
    const { api, email } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['processing'] };
    const { run } = await setting.start(api, { ...LEGNEXT_RUN, pollIntervalSeconds: 10, maxWaitSeconds: 300 });
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const other = await setting.another(email);
    try {
      expect(await done(other.api, 'cancelRun', { runId: run.id }, 'run { state }')).toMatchObject({ run: { state: 'CANCELLED' } });
      await setting.nothingIsHeld();
    } finally {
      await other.close();
    }
  });

  it('goes on where it was when the server is started anew', async () => {
    const { api, email } = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['processing'] };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    await setting.runOnce(api, run.id, ({ state }) => state === 'POLLING');
    const before = setting.legnext.jobs.length;
    await setting.restart();
    setting.legnext.jobs.at(-1)!.script = usual;
    const again = await setting.signIn(email);
    expect(await setting.runOnce(again, run.id, hasEnded)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    expect(setting.legnext.jobs.length).toBe(before);
    await setting.nothingIsHeld();
  });

  it('is not somebody else\'s to stop, retry or look at', async () => {
    const { api } = await setting.person();
    const stranger = await setting.person();
    setting.legnext.script = { ...usual, statuses: ['processing'] };
    const { run } = await setting.start(api, LEGNEXT_RUN);
    for (const name of ['cancelRun', 'retryRun', 'watchRun']) {
      expect(await act(stranger.api, name, { runId: run.id })).toMatchObject({ errors: [{ code: 'E4041', rule: 'run_unknown' }] });
      expect(await act(stranger.api, name, { runId: globalId('Run', 'nowhere') })).toMatchObject({ errors: [{ code: 'E4041', rule: 'run_unknown' }] });
    }
    await done(setting.owner, 'cancelRun', { runId: run.id });
    expect(await setting.runOnce(api, run.id, hasEnded)).toMatchObject({ state: 'CANCELLED' });
  });
});
