import { runsProjector } from '../../../projections/run/projector';
import { projectorSpecification, type GivenEvent, type Tables } from '../../support/projector-specification';
import { sealedText } from '../../support/sealed';

const requested = {
  type: 'RunRequested',
  data: { runId: 'r1', kind: 'chat', model: 'gpt-4o-mini', provider: 'simulated', requestedBy: 'u1', simulated: true, sessionId: 's1', messageId: 'm1' },
};
const started = (attempt: number) => ({ type: 'RunStarted', data: { runId: 'r1', attempt } });

const sealed = (field: string, value: unknown) => sealedText('r1', field, typeof value === 'string' ? value : JSON.stringify(value));

const parameters = { prompt: '  a quiet\n\tharbour ', options: null };
const generation = (more: object = {}): GivenEvent => ({
  type: 'RunRequested',
  data: {
    runId: 'r1', kind: 'image', model: 'midjourney', provider: 'legnext', requestedBy: 'u1', simulated: true,
    generation: {
      operation: 'legnext_diffusion', pool: 'legnext-simulated', scenario: 'success', parameters: sealed('parameters', parameters), autoPoll: true,
      pollIntervalMs: 2_000, maxWaitMs: 120_000, maxQueueMs: 120_000, ...more,
    },
  },
});
const of = (type: string, data: object, attempt: number | null = 1): GivenEvent => ({ type, data: { runId: 'r1', ...(attempt !== null && { attempt }), ...data } });
const submitted: GivenEvent[] = [
  generation(),
  of('RunQueued', {}),
  of('RunLeased', { leaseId: 'l1', keyId: 'k1', keyName: 'mock-1', token: 1 }),
  of('RunSubmissionBegun', { driver: 'd', externalId: 'x', endpoint: '/diffusion', request: sealed('request.1', { text: 'a quiet harbour' }) }),
  of('RunSubmitted', { jobId: 'job-1', httpStatus: 200, response: sealed('response.1', { status: 200, body: { status: 'pending' } }) }),
];
const polled: GivenEvent[] = [...submitted, of('RunPollingStarted', {}), of('RunVendorStatusChanged', { status: 'processing' })];
const output = {
  outputId: 'o1', kind: 'image', contentType: 'image/png', bytes: 12, width: 3, height: 4, durationMs: null, blob: 't/r1/o1', thumbnail: 't/r1/o1-small', digest: 'ab',
  source: sealed('source.o1', 'https://vendor.test/1.png'),
};
const done = of('RunSucceeded', {
  promptTokens: null, completionTokens: null, cost: null, durationMs: 5_000, outputRef: null, httpStatus: 200, outputs: [output],
  response: sealed('response.1', { status: 200, body: { status: 'completed' } }), usage: { unit: 'points', amount: 1.5 },
}, null);

describe('runs', () => {
  const specification = projectorSpecification(runsProjector);
  const run = (tables: Tables): Record<string, any> => tables.runs![0]!;
  const stages = (tables: Tables): unknown[] => [...tables.run_steps!].sort((one, other) => Number(one.revision) - Number(other.revision))
    .map(({ stage, attempt, data }) => [stage, attempt, ...(Object.keys(data).length > 0 ? [data] : [])]);

  it('shows what was asked for', async () => {
    const [row] = (await specification.given([requested])).runs!;
    expect(row).toMatchObject({
      id: 'r1', tenant_id: 'tenant-1', kind: 'chat', state: 'requested', model: 'gpt-4o-mini', provider: 'simulated', requested_by: 'u1', simulated: true,
      session_id: 's1', message_id: 'm1', attempt: 0, duration_ms: null, failure: null, operation: null, prompt: null, revision: '0', position: '10',
    });
  });

  it('ends with what it used', async () => {
    const succeeded = {
      type: 'RunSucceeded', data: { runId: 'r1', promptTokens: 12, completionTokens: null, cost: '0.000150', durationMs: 900, outputRef: null },
    };
    const tables = await specification.given([requested, started(1), started(2), succeeded]);
    expect(run(tables)).toMatchObject({
      state: 'succeeded', attempt: 2, prompt_tokens: 12, completion_tokens: null, cost: '0.000150', duration_ms: 900, failure: null, revision: '3',
    });
    expect(tables.run_details).toEqual([]);
    expect(tables.run_steps).toEqual([]);
  });

  it('ends with why it failed', async () => {
    const failed = { type: 'RunFailed', data: { runId: 'r1', code: 'E5041', reason: 'Too slow.', durationMs: 30_000 } };
    const [row] = (await specification.given([requested, started(1), failed])).runs!;
    expect(row).toMatchObject({ state: 'failed', failure: 'Too slow.', failure_code: 'E5041', failure_category: null, duration_ms: 30_000 });
  });

  it('TEST-55: keeps of a generation what was said and answered, and every stage with what belongs to it', async () => {
    const tables = await specification.given(polled);
    expect(run(tables)).toMatchObject({
      kind: 'image', state: 'polling', operation: 'legnext_diffusion', pool: 'legnext-simulated', scenario: 'success', auto_poll: true, prompt: 'a quiet harbour',
      attempt: 1, key_name: 'mock-1', job_id: 'job-1', vendor_status: 'processing', http_status: 200, duration_ms: null, revision: '6',
    });
    expect(tables.run_details).toEqual([expect.objectContaining({
      run_id: 'r1', tenant_id: 'tenant-1', parameters: JSON.stringify(parameters), endpoint: '/diffusion', request: '{"text":"a quiet harbour"}',
      response: '{"status":200,"body":{"status":"pending"}}',
    })]);
    expect(stages(tables)).toEqual([
      ['start', 1], ['acquire_lease', 1], ['lease_acquired', 1, { keyName: 'mock-1' }], ['submitting', 1],
      ['submitted', 1, { jobId: 'job-1', httpStatus: 200 }], ['polling', 1], ['polling', 1, { vendorStatus: 'processing' }],
    ]);
  });

  it('goes through the states of a generation', async () => {
    const states: string[] = [];
    for (let length = 1; length <= polled.length; length++) states.push(run(await specification.given(polled.slice(0, length))).state);
    expect(states).toEqual(['requested', 'queued', 'leased', 'leased', 'submitted', 'polling', 'polling']);
  });

  it('TEST-58: keeps the files that a generation made, in their order', async () => {
    const gone = { ...output, outputId: 'o0', blob: null, thumbnail: null, digest: null, bytes: 0, width: null, height: null };
    const tables = await specification.given([...polled, { ...done, data: { ...done.data, outputs: [output, gone] } }]);
    expect(run(tables)).toMatchObject({ state: 'succeeded', usage_unit: 'points', usage_amount: '1.5', duration_ms: 5_000 });
    expect(tables.run_outputs).toEqual([
      expect.objectContaining({ id: 'o0', run_id: 'r1', ordinal: 1, blob: null, thumbnail: null, digest: null, bytes: 0 }),
      expect.objectContaining({ id: 'o1', run_id: 'r1', ordinal: 0, kind: 'image', content_type: 'image/png', bytes: 12, width: 3, height: 4, blob: 't/r1/o1', digest: 'ab' }),
    ]);
    expect(JSON.stringify(tables)).not.toContain('vendor.test');
  });

  it('forgets how an earlier attempt ended when it is done once more', async () => {
    const failed = of('RunFailed', { code: 'E5003', reason: 'No credit.', durationMs: 9, category: 'quota', httpStatus: 402, response: sealed('response.1', { status: 402 }) }, null);
    const diagnosed = of('RunDiagnosed', { model: 'gpt-4o-mini', report: sealed('report.1', { summary: 'Pay.' }) });
    const first = await specification.given([...submitted, failed, diagnosed]);
    expect(run(first)).toMatchObject({ state: 'failed', failure_category: 'quota', http_status: 402, failure: 'No credit.' });
    expect(first.run_details![0]).toMatchObject({ response: '{"status":402}', diagnosis: '{"summary":"Pay."}', diagnosis_model: 'gpt-4o-mini', diagnosis_attempt: 1 });
    const tables = await specification.given([...submitted, failed, diagnosed, of('RunRetryRequested', {}, 2), of('RunQueued', {}, 2)]);
    expect(run(tables)).toMatchObject({
      state: 'queued', attempt: 2, failure: null, failure_code: null, failure_category: null, http_status: null, job_id: null, key_name: null, duration_ms: null,
    });
    expect(tables.run_details![0]).toMatchObject({ parameters: JSON.stringify(parameters), endpoint: null, request: null, response: null });
    expect(stages(tables).slice(-4)).toEqual([['failed', null, { httpStatus: 402 }], ['diagnosed', 1], ['retry', 2], ['acquire_lease', 2]]);
  });

  it('is with the vendor again when its outcome is looked for again', async () => {
    const late = of('RunTimedOut', { reason: 'No outcome in 120 s.', durationMs: 120_000 });
    expect(run(await specification.given([...polled, late]))).toMatchObject({
      state: 'timed_out', failure: 'No outcome in 120 s.', failure_code: 'E5041', failure_category: 'timeout', duration_ms: 120_000,
    });
    expect(run(await specification.given([...polled, late, of('RunWatchRequested', {})]))).toMatchObject({
      state: 'submitted', watched: true, job_id: 'job-1', failure: null, failure_code: null, failure_category: null, duration_ms: null,
    });
  });

  it('ends rejected or cancelled', async () => {
    const rejected = of('RunRejected', { code: 'E4291', rule: 'user_concurrency', reason: 'One at a time.', details: { limit: 1, active: 1 }, durationMs: 3 });
    expect(run(await specification.given([generation(), rejected]))).toMatchObject({ state: 'rejected', attempt: 1, failure: 'One at a time.', failure_code: 'E4291' });
    expect(run(await specification.given([...polled, of('RunCancelled', { by: 'u1', durationMs: 7 })]))).toMatchObject({ state: 'cancelled', failure: null, duration_ms: 7 });
  });

  it('has a prompt of one line and at most 500 characters', async () => {
    const long = { prompt: `${'ä😀'.repeat(300)}\u0000\u2028end` };
    const [row] = (await specification.given([generation({ parameters: sealed('parameters', long) })])).runs!;
    expect(row!.prompt).toBe(`${'ä😀'.repeat(249)}ä…`);
  });
});

describe('runs that were erased', () => {
  const specification = projectorSpecification(runsProjector, () => null);

  it('say nothing of what was asked for and answered', async () => {
    const tables = await specification.given([...polled, done]);
    expect(tables.runs![0]).toMatchObject({ prompt: null, state: 'succeeded' });
    expect(tables.run_details![0]).toMatchObject({ parameters: null, request: null, response: null });
  });
});
