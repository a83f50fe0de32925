import type { RunEvent, RunRequest } from '../../schema/run/events';

export type Generation = NonNullable<RunRequest['generation']>;
type DataOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>['data'];

/** `started` belongs to chats, the phases from `queued` to `polling` and the last three to generations. */
export type Phase =
  | 'requested' | 'started' | 'queued' | 'leased' | 'submitting' | 'submitted' | 'polling'
  | 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'rejected';

/** The provider key that an attempt was submitted with, or was about to be. */
export interface RunLease {
  leaseId: string;
  keyId: string;
}

export interface Submission {
  /** The one job that may submit. */
  driver: string;
  /** Our own name for the work at the vendor. */
  externalId: string;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface KnownRun {
  phase: Phase;
  runId: string;
  requestedBy: string;
  /** Of a chat: how often it was started, from 0. Of a generation: from 1. */
  attempt: number;
  /** Pieces of work on it, from 1: the first attempt, each retry, and each further look for the outcome. */
  term: number;
  /** What was asked for; undefined for the other kinds. */
  generation: Generation | undefined;
  /** When this attempt was asked for, in milliseconds since the epoch; undefined for the other kinds. */
  begunAt: number | undefined;
  lease: RunLease | undefined;
  submission: Submission | undefined;
  /** The vendor's id of the work. */
  jobId: string | undefined;
  vendorStatus: string;
  /** When the outcome was asked to be looked for again, in milliseconds since the epoch. */
  watchedAt: number | undefined;
  /** Whether a model has said why this attempt failed. */
  diagnosed: boolean;
}

export type RunState = { phase: 'unknown' } | KnownRun;

const ends: readonly Phase[] = ['succeeded', 'failed', 'timed_out', 'cancelled', 'rejected'];

/** Whether nothing more is done about it, unless somebody asks. */
export const hasEnded = ({ phase }: Pick<KnownRun, 'phase'>): boolean => ends.includes(phase);

/** Whether somebody must go on with it: it has not ended, and does not lie with the vendor until somebody asks for it. */
export const isUnderWay = (run: KnownRun): boolean => !hasEnded(run) && !isLeftAlone(run);

/** Taken by the vendor, of whom nobody asks for the outcome. */
export const isLeftAlone = ({ phase, generation, watchedAt }: KnownRun): boolean =>
  phase === 'submitted' && generation?.autoPoll === false && watchedAt === undefined;

/** Whether its outcome may be looked for again without another submission. */
export const isWatchable = (run: KnownRun): boolean => run.jobId !== undefined && (run.phase === 'timed_out' || isLeftAlone(run));

/** Whether an attempt has ended without a result for good. What only timed out may still be looked for. */
export const isWithoutResult = ({ attempt: newest, phase }: KnownRun, attempt: number): boolean =>
  newest > attempt || phase === 'cancelled' || phase === 'failed';

const retryables: readonly Phase[] = ['failed', 'timed_out', 'cancelled', 'rejected'];

/** Whether it may be done once more. */
export const isRetryable = ({ phase, generation }: KnownRun): boolean => generation !== undefined && retryables.includes(phase);

export function evolve(state: RunState, event: RunEvent): RunState {
  if (event.type === 'RunRequested') return requested(event.data);
  if (state.phase === 'unknown') return state;
  switch (event.type) {
    case 'RunStarted':
      return { ...state, phase: 'started', attempt: event.data.attempt };
    case 'RunQueued':
      return { ...state, phase: 'queued', lease: undefined };
    case 'RunLeased':
      return leased(state, event.data);
    case 'RunSubmissionBegun': {
      const { driver, externalId, at = 0 } = event.data;
      return { ...state, phase: 'submitting', submission: { driver, externalId, at } };
    }
    case 'RunSubmitted':
      return { ...state, phase: 'submitted', jobId: event.data.jobId };
    case 'RunPollingStarted':
      return { ...state, phase: 'polling' };
    case 'RunVendorStatusChanged':
      return { ...state, vendorStatus: event.data.status };
    case 'RunWatchRequested':
      return { ...state, phase: 'submitted', term: state.term + 1, watchedAt: event.data.at ?? 0 };
    case 'RunRetryRequested':
      return { ...state, ...freshAttempt(event.data.attempt, event.data.at), phase: 'requested', term: state.term + 1 };
    case 'RunDiagnosed':
      return { ...state, diagnosed: true };
    case 'RunSucceeded':
      return { ...state, phase: 'succeeded' };
    case 'RunFailed':
      return { ...state, phase: 'failed' };
    case 'RunTimedOut':
      return { ...state, phase: 'timed_out' };
    case 'RunCancelled':
      return { ...state, phase: 'cancelled' };
    case 'RunRejected':
      return { ...state, phase: 'rejected' };
    default:
      return event satisfies never;
  }
}

function requested({ runId, requestedBy, generation }: RunRequest): KnownRun {
  return { phase: 'requested', runId, requestedBy, term: 1, generation, ...freshAttempt(generation ? 1 : 0, generation?.at) };
}

type Attempt = Omit<KnownRun, 'phase' | 'runId' | 'requestedBy' | 'term' | 'generation'>;

function freshAttempt(attempt: number, begunAt: number | undefined): Attempt {
  return {
    attempt, begunAt, lease: undefined, submission: undefined, jobId: undefined, vendorStatus: '', watchedAt: undefined, diagnosed: false,
  };
}

function leased(state: KnownRun, { leaseId, keyId }: DataOf<'RunLeased'>): KnownRun {
  return { ...state, phase: 'leased', lease: { leaseId, keyId } };
}
