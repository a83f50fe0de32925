import type { PortalUsageQuery } from './gql/documents';
import type { PortalRun } from './runs';

export type Notice =
  | { kind: 'used-up' }
  | { kind: 'nearly-used'; left: number }
  | { kind: 'watchable'; runs: number }
  | { kind: 'simulated' };

interface Known {
  usage: NonNullable<PortalUsageQuery['viewer']>['usage'] | undefined;
  runs: readonly Pick<PortalRun, 'state' | 'watchable'>[];
  simulated: boolean;
}

/** The share of a daily limit from which on it is worth a word. */
const NEARLY = 0.8;

/** What is worth telling, most pressing first; what the server cannot tell is not made up. */
export function noticesOf({ usage, runs, simulated }: Known): readonly Notice[] {
  const notices: Notice[] = [];
  if (usage && usage.dailyLimit !== null) {
    const left = usage.remainingRequests ?? 0;
    if (left === 0) {
      notices.push({ kind: 'used-up' });
    } else if (usage.dailyRequests >= usage.dailyLimit * NEARLY) {
      notices.push({ kind: 'nearly-used', left });
    }
  }
  const watchable = runs.filter((run) => run.state === 'TIMED_OUT' && run.watchable).length;
  if (watchable > 0) {
    notices.push({ kind: 'watchable', runs: watchable });
  }
  if (simulated) {
    notices.push({ kind: 'simulated' });
  }
  return notices;
}
