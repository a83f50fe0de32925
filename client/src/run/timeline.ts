import type { RunStage, StepFieldsFragment } from './gql/documents';

export type Step = StepFieldsFragment;

/** What a run does between two stages: it waits for a key, hands its work over, or the vendor is at it. */
export type Phase = 'QUEUE' | 'HANDOVER' | 'WORK';

export interface Span {
  phase: Phase;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
}

/** What begins with a stage; `over` when nothing does. Stages that begin and end nothing are left out. */
const begins: Partial<Record<RunStage, Phase | 'over'>> = {
  START: 'QUEUE',
  ACQUIRE_LEASE: 'QUEUE',
  RETRY: 'QUEUE',
  WAITING_TURN: 'QUEUE',
  WAITING_KEY: 'QUEUE',
  WAITING_RPM: 'QUEUE',
  LEASE_ACQUIRED: 'HANDOVER',
  SUBMITTING: 'HANDOVER',
  SUBMITTED: 'WORK',
  POLLING: 'WORK',
  WATCH: 'WORK',
  COMPLETED: 'over',
  FAILED: 'over',
  TIMED_OUT: 'over',
  CANCELLED: 'over',
  REJECTED: 'over',
};

const waitingStages: readonly RunStage[] = ['WAITING_TURN', 'WAITING_KEY', 'WAITING_RPM'];

/** Whether a stage is told live only. */
export const isWaiting = ({ stage }: Pick<Step, 'stage'>): boolean => waitingStages.includes(stage);

/** The steps since the run was last begun anew. */
export const lastAttemptOf = <S extends Pick<Step, 'stage'>>(steps: readonly S[]): readonly S[] =>
  steps.slice(Math.max(0, steps.findLastIndex(({ stage }) => stage === 'RETRY')));

/**
 * How the time of a run went. Neighbours of one phase are one span; between an end and looking for the outcome again
 * there is none.
 * @param now where the last span ends while the run goes on, in milliseconds since the epoch
 */
export function spansOf(steps: readonly Pick<Step, 'stage' | 'at'>[], now: number): readonly Span[] {
  const marks = steps.flatMap(({ stage, at }) => {
    const phase = begins[stage];
    return phase ? [{ phase, at: Date.parse(at) }] : [];
  });
  const spans: Span[] = [];
  marks.forEach(({ phase, at }, place) => {
    const to = marks[place + 1]?.at ?? Math.max(at, now);
    const last = spans.at(-1);
    if (last && last.phase === phase && last.to === at) {
      last.to = to;
    } else if (phase !== 'over') {
      spans.push({ phase, from: at, to });
    }
  });
  return spans;
}
