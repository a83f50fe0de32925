import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RecordedEvent } from '../event-store/port';
import type { Log } from '../postgres/log';
import { isTransient } from '../postgres/transient';
import { createWriter, VaultUnavailable, type Projection } from './apply';
import { swapIn } from './builds';
import { makeIndexes, setIndexesAside } from './bulk-load';
import { BEFORE_ALL, Fenced, readCheckpoint, writeTrouble, type Checkpoint } from './checkpoints';
import type { Opener } from './decode';
import type { PageReader } from './pages';
import type { Tail } from './tail';

export interface LoopTimes {
  /** Least milliseconds between two commits at the head of the log, so that bursts share one. */
  pace: number;
  /** Milliseconds for which the checkpoint may stay behind over events that change nothing. */
  persist: number;
  /** Waits before a single failing event is tried again; after the last one the projection stops. */
  retries: readonly number[];
  /** Waits after an outage, the last one for ever. */
  outage: readonly number[];
}

export const DEFAULT_TIMES: LoopTimes = { pace: 20, persist: 200, retries: [50, 250, 1_000], outage: [50, 250, 1_000, 5_000] };

const BATCH = 500;
/** Behind the head, larger transactions are worth more than early ones. */
const CATCH_UP_BATCH = 2_000;
const CATCH_UP_FLUSH_MS = 250;

export interface LoopDependencies {
  pool: Pool;
  tail: Tail;
  pages: { reader(): PageReader };
  vault: Opener;
  log: Log;
  times: LoopTimes;
  /** The build has come to `position`, in this process's knowledge. */
  advanced(position: bigint): void;
  /** Queries see this build from now on. */
  swapped(): void;
}

/** An event that cannot be applied, alone and after several tries. */
class Poison extends Error {
  constructor(readonly event: RecordedEvent, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Poison';
  }
}

/**
 * Keeps one build of a projection at the head of the log while this owner's epoch holds. Outages are waited out; an
 * event that cannot be applied stops it before that event until `woken` resolves with the checkpoint running again.
 * Ends on abort, and when another owner has taken over.
 */
export async function runProjection(
  dependencies: LoopDependencies,
  projection: Projection,
  owned: Checkpoint,
  woken: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { pool, log, times } = dependencies;
  const name = `${owned.name} v${owned.version}.${owned.build}`;
  const progress = { failures: 0 };
  while (!signal.aborted) {
    try {
      const checkpoint = await readCheckpoint(pool, owned, owned.epoch);
      if (checkpoint.state === 'stopped') await woken(signal);
      else await follow(dependencies, projection, checkpoint, progress, signal);
    } catch (error) {
      if (error instanceof Fenced && !(await stillOwned(pool, owned))) {
        log.warn({ projection: name }, 'This projection was taken over or replaced');
        return;
      }
      if (error instanceof Poison) await stop(dependencies, owned, error);
      else await waitOut(dependencies, owned, error as Error, times.outage[Math.min(progress.failures++, times.outage.length - 1)]!, signal);
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

async function stop({ pool, log }: LoopDependencies, owned: Checkpoint, { event, message }: Poison): Promise<void> {
  log.error({ projection: owned.name, position: event.position.toString(), eventType: event.type, error: message }, 'A projection stopped before an event');
  const trouble = { state: 'stopped' as const, error: message, position: event.position, eventType: event.type };
  await writeTrouble(pool, owned, owned.epoch, trouble).catch((error: Error) => {
    log.warn({ projection: owned.name, error: error.message }, 'The stop of a projection could not be recorded; it will try the event again');
  });
}

async function waitOut({ pool, log }: LoopDependencies, owned: Checkpoint, error: Error, delay: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  log.warn({ projection: owned.name, error: error.message }, 'A projection waits for an outage to end');
  const trouble = { state: 'retrying' as const, error: error.message, position: null, eventType: null };
  // When the database itself is away this fails too, and the log line above is all there is.
  await writeTrouble(pool, owned, owned.epoch, trouble).catch(() => {});
  await sleep(delay, undefined, { signal }).catch(() => {});
}

async function follow(
  { pool, tail, pages, vault, log, times, advanced, swapped }: LoopDependencies,
  projection: Projection,
  checkpoint: Checkpoint,
  progress: { failures: number },
  signal: AbortSignal,
): Promise<void> {
  let { position } = checkpoint;
  let persisted = position;
  let flushedAt = 0;
  const writer = createWriter(pool, projection, checkpoint, vault);
  const mustLast = (): boolean => checkpoint.kind === 'reactor' || writer.role() === 'live';
  let reader: PageReader | undefined;
  let bulk = checkpoint.indexesAside;
  const types = new Set(Object.keys(projection.events));
  const accepts = (type: string): boolean => types.has(type);
  const passed = (to: bigint): void => {
    position = to;
    progress.failures = 0;
    if (writer.role() === 'live') advanced(to);
  };
  passed(position);

  async function flush(events: readonly RecordedEvent[], to: bigint, durable: boolean): Promise<void> {
    if (events.length > 0) await applyOrBisect(events, to, durable);
    if (to > position) passed(to);
    if (position > persisted && Date.now() - flushedAt >= times.persist) await persist();
  }

  async function applyOrBisect(events: readonly RecordedEvent[], to: bigint, durable: boolean): Promise<void> {
    try {
      await applyOnce(events, to, durable);
    } catch (error) {
      if (isOutage(error)) throw error;
      if (events.length === 1) return applyAgain(events[0]!, to, durable, error);
      const middle = events.length >>> 1;
      await applyOrBisect(events.slice(0, middle), events[middle - 1]!.position, durable);
      await applyOrBisect(events.slice(middle), to, durable);
    }
  }

  async function applyAgain(event: RecordedEvent, to: bigint, durable: boolean, first: unknown): Promise<void> {
    let failure = first;
    for (const delay of times.retries) {
      await sleep(delay, undefined, { signal });
      try {
        return await applyOnce([event], to, durable);
      } catch (error) {
        if (isOutage(error)) throw error;
        failure = error;
      }
    }
    throw new Poison(event, failure);
  }

  async function applyOnce(events: readonly RecordedEvent[], to: bigint, durable: boolean): Promise<void> {
    if (await writer.apply(events, persisted, to, durable)) {
      persisted = to;
      flushedAt = Date.now();
    }
    passed(to);
  }

  async function persist(): Promise<void> {
    await writer.move(persisted, position);
    persisted = position;
    flushedAt = Date.now();
  }

  async function catchUp(): Promise<void> {
    reader ??= pages.reader();
    const events: RecordedEvent[] = [];
    const begun = Date.now();
    let to = position;
    for (let more = true; more && !signal.aborted; more = events.length < CATCH_UP_BATCH && Date.now() - begun < CATCH_UP_FLUSH_MS) {
      const page = await reader.after(to, signal);
      for (const event of page.events) if (accepts(event.type)) events.push(event);
      to = page.upTo;
      if (page.last) break;
      if (position === BEFORE_ALL && checkpoint.kind === 'view' && !bulk) {
        bulk = true;
        await setIndexesAside(pool, checkpoint, checkpoint.epoch);
      }
    }
    await flush(events, to, checkpoint.kind === 'reactor');
  }

  async function showToQueriesOnce(): Promise<void> {
    if (position > persisted) await persist();
    if (!(await swapIn(pool, checkpoint, checkpoint.epoch))) return;
    writer.setRole('live');
    log.info({ projection: checkpoint.name, version: checkpoint.version, build: checkpoint.build }, 'Queries now see this build of the view');
    swapped();
    advanced(position);
  }

  try {
    while (!signal.aborted) {
      const stretch = tail.after(position, accepts, BATCH);
      if (!stretch) {
        await catchUp();
        continue;
      }
      reader?.leave();
      reader = undefined;
      if (bulk) await makeIndexes(pool, checkpoint, checkpoint.epoch);
      bulk = false;
      const wait = flushedAt + times.pace - Date.now();
      if (stretch.events.length > 0 && stretch.events.length < BATCH && wait > 0) {
        await sleep(wait, undefined, { signal }).catch(() => {});
        continue;
      }
      await flush(stretch.events, stretch.upTo, mustLast());
      if (writer.role() === 'building') await showToQueriesOnce();
      const due = position > persisted || writer.role() === 'building' ? times.persist : IDLE_MS;
      await tail.beyond(position, due, signal);
      if (position > persisted && tail.head() <= position && Date.now() - flushedAt >= times.persist) await persist();
    }
    if (position > persisted) await persist();
  } finally {
    reader?.leave();
  }
}

/** A projection with nothing to do looks up now and then. */
const IDLE_MS = 60_000;

/** Trouble that no event is to blame for. */
function isOutage(error: unknown): boolean {
  return error instanceof Fenced || error instanceof VaultUnavailable || isTransient(error) || (error as { name?: unknown } | null)?.name === 'AbortError';
}
