import type { RunRow } from './list';
import type { RunDetail } from './run-detail';
import type { Step } from './timeline';

const start = Date.now() - 60_000;

/** A run of LegNext that Ada asked for a minute ago. */
export const aRun = (key: string, change: Partial<RunRow> = {}): RunRow => ({
  __typename: 'Run', id: btoa(`Run:${key}`).replaceAll('=', ''), kind: 'IMAGE', state: 'POLLING', model: 'diffusion', provider: 'legnext',
  simulated: true, requestedBy: { __typename: 'User', id: 'ada', displayName: 'Ada' }, operation: 'LEGNEXT_DIFFUSION',
  pool: 'legnext-simulated', scenario: 'SUCCESS', prompt: `A cat named ${key}`, keyName: 'mock-1', failureCategory: null, promptTokens: null,
  completionTokens: null, cost: null, durationMs: null, failure: null, failureCode: null, attempt: 1,
  createdAt: new Date(start).toISOString(), updatedAt: new Date(start).toISOString(), revision: '5', ...change,
});

export const aStep = (stage: Step['stage'], second: number, change: Partial<Step> = {}): Step => ({
  __typename: 'RunStep', stage, attempt: 1, at: new Date(start + second * 1_000).toISOString(), position: null, reason: null,
  retryAfterMs: null, estimatedWaitMs: null, keyName: null, jobId: null, vendorStatus: null, httpStatus: null, ...change,
});

export const aRunDetail = (key: string, change: Partial<RunDetail> = {}): RunDetail => ({
  ...aRun(key), jobId: 'job-7', vendorStatus: 'processing', httpStatus: 200, usage: null, outputs: [], cancellable: true, retryable: false,
  watchable: false, diagnosis: null,
  timeline: [
    aStep('START', 0), aStep('ACQUIRE_LEASE', 0), aStep('LEASE_ACQUIRED', 12, { keyName: 'mock-1' }), aStep('SUBMITTING', 12),
    aStep('SUBMITTED', 13, { jobId: 'job-7', httpStatus: 200 }), aStep('POLLING', 13),
  ],
  exchange: {
    __typename: 'RunExchange', endpoint: '/diffusion', parameters: { prompt: `A cat named ${key}` }, request: { text: 'a cat --ar 1:1' },
    response: { job_id: 'job-7' },
  },
  ...change,
});
