import { RunState } from '../../schema/run/enums';
import type { Run } from '../../schema/run/types';
import { isReached, reach } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { callerIdOf, callerOf } from '../../src/graphql/tenant';

const ENDS: readonly RunState[] = [RunState.SUCCEEDED, RunState.FAILED, RunState.TIMED_OUT, RunState.CANCELLED, RunState.REJECTED];
const RETRYABLE: readonly RunState[] = [RunState.FAILED, RunState.TIMED_OUT, RunState.CANCELLED, RunState.REJECTED];

/** Whether nothing more is done about it, unless somebody asks. */
export const hasEnded = ({ state }: Pick<Run, 'state'>): boolean => ENDS.includes(state);

/** Whether the vendor has taken it, and nobody asks for the outcome. */
export const isLeftAlone = ({ state, autoPoll, watched }: Run): boolean => state === RunState.SUBMITTED && autoPoll === false && !watched;

export const isCancellable = (context: Context, run: Run): boolean => isGeneration(run) && !hasEnded(run) && mayActOn(context, run);

export const isRetryable = (context: Context, run: Run): boolean => isGeneration(run) && RETRYABLE.includes(run.state) && mayActOn(context, run);

export function isWatchable(context: Context, run: Run): boolean {
  const lost = run.state === RunState.TIMED_OUT || isLeftAlone(run);
  return lost && run.jobId !== null && mayActOn(context, run);
}

const isGeneration = ({ operation }: Run): boolean => operation !== null;

/** One's own, or one's tenant's for those who manage runs. */
function mayActOn(context: Context, run: Run): boolean {
  const caller = callerOf(context);
  if (!isReached(reach(caller, 'runs:write'))) return false;
  return callerIdOf(context) === run.requestedById || isReached(reach(caller, 'runs:manage'));
}
