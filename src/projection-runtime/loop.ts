import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Projection } from './apply';
import { Fenced, readCheckpoint, writeTrouble, type Checkpoint } from './checkpoints';
import { follow, Poison, type FollowDependencies } from './follow';

/**
 * Keeps one build of a projection at the head of the log while this owner's epoch holds. Outages are waited out; an
 * event that cannot be applied stops it before that event until `woken` resolves with the checkpoint running again.
 * Ends on abort, and when another owner has taken over.
 */
export async function runProjection(
  dependencies: FollowDependencies,
  projection: Projection,
  owned: Checkpoint,
  woken: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { pool, log, times } = dependencies;
  const progress = { failures: 0 };
  while (!signal.aborted) {
    try {
      const checkpoint = await readCheckpoint(pool, owned, owned.epoch);
      if (checkpoint.state === 'stopped') await woken(signal);
      else await follow(dependencies, projection, checkpoint, progress, signal);
    } catch (error) {
      if (error instanceof Fenced && !(await stillOwned(pool, owned))) {
        log.warn(aboutBuild(owned), 'A projection was taken over or replaced');
        return;
      }
      if (error instanceof Poison) await stop(dependencies, owned, error);
      else await waitOut(dependencies, owned, error as Error, pick(times.outage, progress.failures++), signal);
    }
  }
}

async function stillOwned(pool: Pool, owned: Checkpoint): Promise<boolean> {
  try {
    await readCheckpoint(pool, owned, owned.epoch);
    return true;
  } catch (error) {
    // Whether it still is will show once the database answers again.
    return !(error instanceof Fenced);
  }
}

async function stop({ pool, log }: FollowDependencies, owned: Checkpoint, { event, message }: Poison): Promise<void> {
  const { position, type } = event;
  const details = { ...aboutBuild(owned), position: position.toString(), eventType: type, error: message };
  log.error(details, 'A projection stopped before an event');
  const trouble = { state: 'stopped' as const, error: message, position, eventType: type };
  await writeTrouble(pool, owned, owned.epoch, trouble).catch((error: Error) => {
    log.warn({ ...aboutBuild(owned), error: error.message }, 'The stop of a projection could not be recorded; it tries again');
  });
}

async function waitOut(
  { pool, log }: FollowDependencies,
  owned: Checkpoint,
  error: Error,
  delay: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  log.warn({ ...aboutBuild(owned), error: error.message }, 'A projection waits for an outage to end');
  const trouble = { state: 'retrying' as const, error: error.message, position: null, eventType: null };
  // When the database itself is away this fails too, and the log line above is all there is.
  await writeTrouble(pool, owned, owned.epoch, trouble).catch(() => {});
  await sleep(delay, undefined, { signal }).catch(() => {});
}

function pick(delays: readonly number[], failures: number): number {
  return delays[Math.min(failures, delays.length - 1)]!;
}

function aboutBuild({ name, version, build }: Checkpoint): object {
  return { projection: name, version, build };
}
