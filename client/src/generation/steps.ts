import type { GenerationFieldsFragment, GenerationProgressSubscription, RunState } from './gql/documents';

export type ProgressStep = GenerationProgressSubscription['runProgress']['step'];

const stepNames = ['wait', 'key', 'submit', 'work', 'done'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  step: StepName;
  standing: 'done' | 'now' | 'ahead' | 'failed';
}

type Standing = Pick<GenerationFieldsFragment, 'state' | 'keyName' | 'jobId'>;

const failures: readonly RunState[] = ['FAILED', 'TIMED_OUT', 'CANCELLED', 'REJECTED'];

function reached({ state, keyName, jobId }: Standing): StepName {
  switch (state) {
    case 'REQUESTED':
    case 'QUEUED':
      return 'wait';
    case 'LEASED':
      return 'submit';
    case 'SUBMITTED':
    case 'POLLING':
      return 'work';
    case 'SUCCEEDED':
      return 'done';
    case 'FAILED':
    case 'TIMED_OUT':
    case 'CANCELLED':
    case 'REJECTED':
      if (jobId !== null) {
        return 'work';
      }
      return keyName === null ? 'wait' : 'submit';
    default:
      return state satisfies never;
  }
}

/** The way of a generation, and how far it has come; where it ended badly, what comes behind stays ahead. */
export function stepsOf(run: Standing): readonly Step[] {
  const at = stepNames.indexOf(reached(run));
  return stepNames.map((step, index) => {
    if (index < at || run.state === 'SUCCEEDED') {
      return { step, standing: 'done' };
    }
    if (index > at) {
      return { step, standing: 'ahead' };
    }
    return { step, standing: failures.includes(run.state) ? 'failed' : 'now' };
  });
}

export type Wait =
  | { kind: 'turn'; position: number; estimatedWaitMs: number | null }
  | { kind: 'key'; reason: NonNullable<ProgressStep['reason']>; estimatedWaitMs: number | null }
  | { kind: 'rate'; seconds: number };

/** What a waiting stage says. */
export function waitOf({ stage, position, reason, retryAfterMs, estimatedWaitMs }: ProgressStep): Wait | undefined {
  switch (stage) {
    case 'WAITING_TURN':
      return { kind: 'turn', position: position ?? 1, estimatedWaitMs };
    case 'WAITING_KEY':
      return { kind: 'key', reason: reason ?? 'CONCURRENCY', estimatedWaitMs };
    case 'WAITING_RPM':
      return { kind: 'rate', seconds: Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1_000)) };
    default:
      return undefined;
  }
}

const begins: readonly ProgressStep['stage'][] = ['START', 'RETRY', 'WATCH'];

export interface Progress {
  /** What it waits for; undefined when it does not wait. */
  wait: Wait | undefined;
  /** When this attempt, or the look for its outcome, began. */
  begunAt: string | undefined;
}

export const noProgress: Progress = { wait: undefined, begunAt: undefined };

/** Takes in one more stage. */
export const after = (before: Progress, step: ProgressStep): Progress => ({
  wait: waitOf(step),
  begunAt: begins.includes(step.stage) ? step.at : before.begunAt,
});
