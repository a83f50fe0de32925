import type { ErrorCode, Refusal } from '../../schema/errors/catalogue';
import { runEvents, type RunEvent, type RunOutputData, type RunRequest } from '../../schema/run/events';
import type { FailureCategory } from '../../schema/run/failure-category';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import type { Sealed } from '../../src/vault/port';
import { evolve, hasEnded, isRetryable, isWatchable, type KnownRun, type Phase, type RunState } from './state';

export type { RunState } from './state';

interface QueueRun {
  type: 'QueueRun';
  attempt: number;
}

/** A rule does not let an attempt begin. */
interface RejectRun {
  type: 'RejectRun';
  attempt: number;
  code: ErrorCode;
  rule: string;
  reason: string;
  /** The values that refused. */
  details: Readonly<Record<string, unknown>>;
  durationMs: number;
}

interface LeaseRun {
  type: 'LeaseRun';
  attempt: number;
  leaseId: string;
  keyId: string;
  keyName: string;
  token: number;
}

/** A lease was lost before anything was said to the vendor: the run waits for another one. */
interface RequeueRun {
  type: 'RequeueRun';
  leaseId: string;
}

/** Before the first byte goes to the vendor. Whoever is refused must not submit. */
interface BeginSubmission {
  type: 'BeginSubmission';
  attempt: number;
  /** Names one execution of the driver. */
  driver: string;
  leaseId: string;
  externalId: string;
  endpoint: string;
  request: Sealed;
  /** Milliseconds since the epoch. */
  at: number;
}

interface RecordSubmission {
  type: 'RecordSubmission';
  attempt: number;
  jobId: string;
  httpStatus: number;
  response: Sealed;
}

interface StartPolling {
  type: 'StartPolling';
  attempt: number;
}

interface RecordVendorStatus {
  type: 'RecordVendorStatus';
  attempt: number;
  status: string;
}

interface CompleteRun {
  type: 'CompleteRun';
  promptTokens: number | null;
  completionTokens: number | null;
  cost: string | null;
  durationMs: number;
  outputRef: string | null;
  /** Of a generation. */
  attempt?: number;
  outputs?: RunOutputData[];
  httpStatus?: number;
  response?: Sealed;
  usage?: { unit: string; amount: number } | null;
}

interface FailRun {
  type: 'FailRun';
  code: ErrorCode;
  reason: string;
  durationMs: number;
  /** Of a generation. */
  attempt?: number;
  category?: FailureCategory;
  httpStatus?: number;
  serviceCode?: number | null;
  response?: Sealed;
}

interface TimeOutRun {
  type: 'TimeOutRun';
  attempt: number;
  reason: string;
  durationMs: number;
}

interface CancelRun {
  type: 'CancelRun';
  by: string;
  durationMs: number;
}

/** `attempt` is the one to begin: the last one and one more. */
interface RetryRun {
  type: 'RetryRun';
  attempt: number;
  /** Milliseconds since the epoch. */
  at: number;
}

interface WatchRun {
  type: 'WatchRun';
  /** Milliseconds since the epoch. */
  at: number;
}

interface DiagnoseRun {
  type: 'DiagnoseRun';
  attempt: number;
  model: string;
  report: Sealed;
}

export type RunCommand =
  | { type: 'RequestRun'; request: RunRequest }
  | { type: 'StartRun'; attempt: number }
  | QueueRun | RejectRun | LeaseRun | RequeueRun | BeginSubmission | RecordSubmission | StartPolling | RecordVendorStatus
  | CompleteRun | FailRun | TimeOutRun | CancelRun | RetryRun | WatchRun | DiagnoseRun;

/** Any AI work. A chat's run is started and ends; a generation also has a queue, a provider key and a vendor behind it. */
export const run: Aggregate<RunState, RunCommand, typeof runEvents> = {
  category: 'run',
  events: runEvents,
  initial: () => ({ phase: 'unknown' }),
  evolve,
  decide,
  begins: ({ type }) => type === 'RequestRun',
};

function decide(state: RunState, command: RunCommand): Decision<RunEvent> {
  if (command.type === 'RequestRun') {
    return state.phase === 'unknown' ? { events: [{ type: 'RunRequested', data: command.request }] } : nothing;
  }
  if (state.phase === 'unknown') return refuse('E4041', 'run_unknown', 'There is no such run.', { path: ['runId'] });
  switch (command.type) {
    case 'StartRun':
      return startRun(state, command);
    case 'CompleteRun':
      return completeRun(state, command);
    case 'FailRun':
      return failRun(state, command);
    default:
      return state.generation ? decideGeneration(state, command) : refuse('B2001', 'not_a_generation', 'This is not done with runs of this kind.');
  }
}

type GenerationCommand = Exclude<RunCommand, { type: 'RequestRun' | 'StartRun' | 'CompleteRun' | 'FailRun' }>;

function decideGeneration(state: KnownRun, command: GenerationCommand): Decision<RunEvent> {
  switch (command.type) {
    case 'QueueRun':
      return queueRun(state, command);
    case 'RejectRun':
      return rejectRun(state, command);
    case 'LeaseRun':
      return leaseRun(state, command);
    case 'RequeueRun':
      return requeueRun(state, command);
    case 'BeginSubmission':
      return beginSubmission(state, command);
    case 'RecordSubmission':
      return recordSubmission(state, command);
    case 'StartPolling':
      return startPolling(state, command);
    case 'RecordVendorStatus':
      return recordVendorStatus(state, command);
    case 'TimeOutRun':
      return timeOutRun(state, command);
    case 'CancelRun':
      return cancelRun(state, command);
    case 'RetryRun':
      return retryRun(state, command);
    case 'WatchRun':
      return watchRun(state, command);
    case 'DiagnoseRun':
      return diagnoseRun(state, command);
    default:
      return command satisfies never;
  }
}

function startRun(state: KnownRun, { attempt }: Extract<RunCommand, { type: 'StartRun' }>): Decision<RunEvent> {
  if (hasEnded(state)) return refuseEnded(state);
  if (attempt <= state.attempt) return nothing;
  return { events: [{ type: 'RunStarted', data: { runId: state.runId, attempt } }] };
}

function queueRun(state: KnownRun, { attempt }: QueueRun): Decision<RunEvent> {
  const over = isOver(state, attempt);
  if (over) return over;
  if (state.phase !== 'requested') return nothing;
  return { events: [{ type: 'RunQueued', data: { runId: state.runId, attempt } }] };
}

function rejectRun(state: KnownRun, command: RejectRun): Decision<RunEvent> {
  const { type: _, ...why } = command;
  if (state.phase === 'rejected' && why.attempt === state.attempt) return nothing;
  const over = isOver(state, why.attempt);
  if (over) return over;
  if (state.phase !== 'requested') return refuse('B2001', 'run_begun', 'This run has begun already.', { details: { state: state.phase } });
  return { events: [{ type: 'RunRejected', data: { runId: state.runId, ...why } }] };
}

function leaseRun(state: KnownRun, command: LeaseRun): Decision<RunEvent> {
  const { type: _, ...lease } = command;
  const over = isOver(state, lease.attempt);
  if (over) return over;
  if (state.lease?.leaseId === lease.leaseId) return nothing;
  if (state.phase !== 'queued' && state.phase !== 'leased') return refuseInPhase(state);
  return { events: [{ type: 'RunLeased', data: { runId: state.runId, ...lease } }] };
}

function requeueRun(state: KnownRun, { leaseId }: RequeueRun): Decision<RunEvent> {
  if (hasEnded(state)) return refuseEnded(state);
  if (state.phase !== 'leased' || state.lease?.leaseId !== leaseId) return nothing;
  return { events: [{ type: 'RunQueued', data: { runId: state.runId, attempt: state.attempt } }] };
}

function beginSubmission(state: KnownRun, command: BeginSubmission): Decision<RunEvent> {
  const { type: _, leaseId, ...begun } = command;
  const over = isOver(state, begun.attempt);
  if (over) return over;
  if (state.submission) {
    if (state.phase === 'submitting' && state.submission.driver === begun.driver) return nothing;
    return refuse('B2001', 'submission_begun', 'This attempt was handed to the vendor before.', { details: { state: state.phase } });
  }
  if (state.phase !== 'leased' || state.lease?.leaseId !== leaseId) return refuseInPhase(state);
  return { events: [{ type: 'RunSubmissionBegun', data: { runId: state.runId, ...begun } }] };
}

function recordSubmission(state: KnownRun, command: RecordSubmission): Decision<RunEvent> {
  const { type: _, ...submitted } = command;
  const over = isOver(state, submitted.attempt);
  if (over) return over;
  if (state.jobId === submitted.jobId) return nothing;
  if (state.phase !== 'submitting') return refuseInPhase(state);
  return { events: [{ type: 'RunSubmitted', data: { runId: state.runId, ...submitted } }] };
}

function startPolling(state: KnownRun, { attempt }: StartPolling): Decision<RunEvent> {
  const over = isOver(state, attempt);
  if (over) return over;
  if (state.phase === 'polling') return nothing;
  if (state.phase !== 'submitted') return refuseInPhase(state);
  return { events: [{ type: 'RunPollingStarted', data: { runId: state.runId, attempt } }] };
}

function recordVendorStatus(state: KnownRun, { attempt, status }: RecordVendorStatus): Decision<RunEvent> {
  const over = isOver(state, attempt);
  if (over) return over;
  if (!isWithVendor(state)) return refuseInPhase(state);
  if (state.vendorStatus === status) return nothing;
  return { events: [{ type: 'RunVendorStatusChanged', data: { runId: state.runId, attempt, status } }] };
}

function completeRun(state: KnownRun, command: CompleteRun): Decision<RunEvent> {
  const { type: _, attempt, ...done } = command;
  if (state.phase === 'succeeded') return nothing;
  const over = isOver(state, attempt);
  if (over) return over;
  if (state.generation && !isWithVendor(state)) return refuseInPhase(state);
  return { events: [{ type: 'RunSucceeded', data: { runId: state.runId, ...done } }] };
}

function failRun(state: KnownRun, command: FailRun): Decision<RunEvent> {
  const { type: _, attempt, ...failure } = command;
  if (state.phase === 'failed' && (attempt ?? state.attempt) === state.attempt) return nothing;
  const over = isOver(state, attempt);
  if (over) return over;
  return { events: [{ type: 'RunFailed', data: { runId: state.runId, ...failure } }] };
}

function timeOutRun(state: KnownRun, { attempt, reason, durationMs }: TimeOutRun): Decision<RunEvent> {
  if (state.phase === 'timed_out' && attempt === state.attempt) return nothing;
  const over = isOver(state, attempt);
  if (over) return over;
  if (!isWithVendor(state)) return refuseInPhase(state);
  return { events: [{ type: 'RunTimedOut', data: { runId: state.runId, attempt, reason, durationMs } }] };
}

function cancelRun(state: KnownRun, { by, durationMs }: CancelRun): Decision<RunEvent> {
  if (state.phase === 'cancelled') return nothing;
  if (hasEnded(state)) return refuseEnded(state);
  return { events: [{ type: 'RunCancelled', data: { runId: state.runId, attempt: state.attempt, by, durationMs } }] };
}

function retryRun(state: KnownRun, { attempt, at }: RetryRun): Decision<RunEvent> {
  if (attempt === state.attempt && attempt > 1) return nothing;
  if (attempt !== state.attempt + 1 || !isRetryable(state)) {
    const message = 'Only a run that failed, timed out, was cancelled or was rejected can be done once more.';
    return refuse('B2001', 'run_not_retryable', message, { details: { state: state.phase } });
  }
  return { events: [{ type: 'RunRetryRequested', data: { runId: state.runId, attempt, at } }] };
}

function watchRun(state: KnownRun, { at }: WatchRun): Decision<RunEvent> {
  if (!hasEnded(state) && state.watchedAt !== undefined) return nothing;
  if (!isWatchable(state)) {
    const message = 'There is nothing to look for: the vendor is being asked already, the run has its outcome, or the vendor never took it.';
    return refuse('B2001', 'run_not_watchable', message, { details: { state: state.phase } });
  }
  return { events: [{ type: 'RunWatchRequested', data: { runId: state.runId, attempt: state.attempt, at } }] };
}

function diagnoseRun(state: KnownRun, { attempt, model, report }: DiagnoseRun): Decision<RunEvent> {
  if (state.phase !== 'failed' || attempt !== state.attempt) return refuseInPhase(state);
  if (state.diagnosed) return nothing;
  return { events: [{ type: 'RunDiagnosed', data: { runId: state.runId, attempt, model, report } }] };
}

const withVendor: readonly Phase[] = ['submitted', 'polling'];
const isWithVendor = ({ phase }: KnownRun): boolean => withVendor.includes(phase);

/** Refusal of what comes too late: the run has ended, or another attempt goes on. */
function isOver(state: KnownRun, attempt = state.attempt): { refusal: Refusal } | undefined {
  if (attempt !== state.attempt) {
    return refuse('B2001', 'attempt_over', 'Another attempt of this run goes on.', { details: { attempt: state.attempt } });
  }
  return hasEnded(state) ? refuseEnded(state) : undefined;
}

function refuseEnded(state: KnownRun): { refusal: Refusal } {
  return refuse('B2001', 'run_ended', 'This run has already ended.', { details: { state: state.phase } });
}

function refuseInPhase(state: KnownRun): Decision<RunEvent> {
  return refuse('B2001', 'run_elsewhere', 'The run is not where this could be done.', { details: { state: state.phase } });
}
