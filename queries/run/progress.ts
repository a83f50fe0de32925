import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { RunStage } from '../../schema/run/enums';
import type { RunStep } from '../../schema/run/parts';
import type { RunProgress } from '../../schema/run/types';
import type { Context } from '../../src/graphql/context';
import { tenantOf } from '../../src/graphql/tenant';
import { endable } from '../../src/live/endable';
import { runById, stepsOfRun } from './loaders';
import { plainSteps, type KeptStep } from './sql';
import { isSameWait, mayWait, waitingStep } from './waiting';

/** For unknown runs and for those of others alike. */
export const unknownRun: Refusal = { code: 'E4041', rule: 'run', message: 'There is no such run, or it is not yours to see.' };

/** How often the queue is looked at, in milliseconds: by everybody at the same moments, so that one reading serves them all. */
const LOOK_MS = 700;
const LAST_STAGES: readonly RunStage[] = [RunStage.COMPLETED, RunStage.FAILED, RunStage.TIMED_OUT, RunStage.CANCELLED, RunStage.REJECTED];

/**
 * The stages of a run, for whoever sees it: those that were kept, each once and in order, with the wait for a key in between
 * while it lasts. Ends with the run. Whoever comes back with a cursor misses none and sees none twice.
 * @throws RefusedError E4041 for a run that the caller does not see, E4004 for a cursor of something else
 */
export async function runProgress(context: Context, runId: string, after: string | null | undefined): Promise<AsyncIterableIterator<RunProgress>> {
  const seen = readCursor(after);
  await context.waitForViews('runs');
  if (!(await context.loader(runById).load(runId))) throw new RefusedError(unknownRun);
  return endable((signal) => items(context, runId, seen, signal), [context.signal]);
}

async function* items(context: Context, runId: string, after: bigint, signal: AbortSignal): AsyncGenerator<RunProgress, undefined> {
  const feed = context.live.subscribe({ view: 'runs', tenant: tenantOf(context), filter: (row) => row.id === runId, signal });
  let seen = after;
  let wait: RunStep | undefined;
  let nextLook = 0;
  try {
    // The first item says that nothing is missed from here on.
    await feed.next();
    let change = nextOf(feed);
    while (!signal.aborted) {
      const kept = await keptSteps(context, runId);
      const [run] = await runById.load(context, [runId]);
      if (!run) return undefined;
      const steps = run.operation === null ? plainSteps(run) : kept;
      for (const step of steps.filter(({ revision }) => revision > seen)) {
        seen = step.revision;
        wait = undefined;
        yield { cursor: String(seen), step, run };
        if (signal.aborted) return undefined;
      }
      if (isOver(steps)) return undefined;
      const waits = mayWait(run);
      let changed: Changed | undefined;
      while (changed === undefined && !signal.aborted) {
        if (waits && performance.now() >= nextLook) {
          nextLook = (Math.floor(performance.now() / LOOK_MS) + 1) * LOOK_MS;
          const step = await waitingStep(context, run);
          if (step && !(wait && isSameWait(step, wait))) yield { cursor: String(seen), step, run };
          wait = step;
        }
        changed = await within(change, waits ? nextLook - performance.now() : undefined, signal);
      }
      if (changed === 'ended') return undefined;
      change = nextOf(feed);
    }
  } finally {
    await feed.return?.();
  }
  return undefined;
}

type Changed = 'changed' | 'ended';

function nextOf(feed: AsyncIterableIterator<unknown>): Promise<Changed> {
  const change = feed.next().then(({ done }): Changed => (done ? 'ended' : 'changed'));
  // Nothing is lost: `within` waits for the same promise and throws what it failed with. It may fail before anybody waits.
  change.catch(() => {});
  return change;
}

/** What came of a change, or undefined when it did not come in time. */
async function within(change: Promise<Changed>, ms: number | undefined, signal: AbortSignal): Promise<Changed | undefined> {
  if (ms === undefined) return change;
  const over = new AbortController();
  // It fails only when it is broken off: after the change, or by the end of the whole, at which the caller looks itself.
  const late = sleep(Math.max(0, ms), undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined);
  try {
    return await Promise.race([change, late]);
  } finally {
    over.abort();
  }
}

async function keptSteps(context: Context, runId: string): Promise<KeptStep[]> {
  const [steps] = await stepsOfRun.load(context, [runId]);
  return steps ?? [];
}

/** A diagnosis may come after the end. */
function isOver(steps: readonly KeptStep[]): boolean {
  const last = steps.findLast(({ stage }) => stage !== RunStage.DIAGNOSED);
  return last !== undefined && LAST_STAGES.includes(last.stage);
}

function readCursor(cursor: string | null | undefined): bigint {
  if (cursor === null || cursor === undefined) return -1n;
  if (/^\d{1,18}$/.test(cursor)) return BigInt(cursor);
  throw new RefusedError({ code: 'E4004', rule: 'cursor', message: 'This is not a cursor of the stages of a run.' });
}
