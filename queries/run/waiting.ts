import { WaitReason, type WaitTicket } from '../../schema/key-pool/types';
import { RunStage, RunState, type Run, type RunStep } from '../../schema/run/types';
import type { Context } from '../../src/graphql/context';
import { isLeftAlone } from './acts';
import { ticketOfRun } from './loaders';

const WAITING: readonly RunState[] = [RunState.REQUESTED, RunState.QUEUED, RunState.SUBMITTED, RunState.POLLING];

/** Whether it may stand in the queue of its pool: before it is submitted, or when the work on it went to another server. */
export const mayWait = (run: Run): boolean => run.operation !== null && WAITING.includes(run.state) && !isLeftAlone(run);

/** The stage at which a run waits for a provider key now; undefined when it does not. */
export async function waitingStep(context: Context, run: Run): Promise<RunStep | undefined> {
  const [ticket] = await ticketOfRun.load(context, [run.id]);
  return ticket && stepOf(ticket, run, context.now());
}

function stepOf({ place, reason, retryAfterMs, estimatedWaitMs }: WaitTicket, { attempt }: Run, at: Date): RunStep {
  return {
    stage: stageOf(reason), attempt, at, position: place, reason, retryAfterMs, estimatedWaitMs,
    keyName: null, jobId: null, vendorStatus: null, httpStatus: null,
  };
}

function stageOf(reason: WaitReason): RunStage {
  switch (reason) {
    case WaitReason.TURN: return RunStage.WAITING_TURN;
    case WaitReason.RPM: return RunStage.WAITING_RPM;
    default: return RunStage.WAITING_KEY;
  }
}

const SAME_MOMENT_MS = 1_000;

/** Whether they tell the same: a rate that reopens at the same moment is nearer each time it is looked at. */
export function isSameWait(one: RunStep, other: RunStep): boolean {
  return one.stage === other.stage && one.position === other.position && one.reason === other.reason && isSameMoment(reopening(one), reopening(other));
}

const reopening = ({ at, retryAfterMs }: RunStep): number | null => (retryAfterMs === null ? null : at.getTime() + retryAfterMs);

function isSameMoment(one: number | null, other: number | null): boolean {
  return one === null || other === null ? one === other : Math.abs(one - other) < SAME_MOMENT_MS;
}
