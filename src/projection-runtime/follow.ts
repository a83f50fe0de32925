import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RecordedEvent } from '../event-store/port';
import type { Log } from '../postgres/log';
import { isTransient } from '../postgres/transient';
import { createWriter, VaultUnavailable, type Projection } from './apply';
import { makeIndexes, setIndexesAside } from './bulk-load';
import { swapIn } from './builds';
import { BEFORE_ALL, Fenced, type Checkpoint } from './checkpoints';
import type { Opener } from './decode';
import type { PageReader } from './pages';
import type { Tail } from './tail';

export interface ProjectionTimes {
  /** Least milliseconds between two commits at the head of the log, so that bursts share one. */
  pace: number;
  /** Milliseconds for which the checkpoint may stay behind over events that change nothing. */
  persist: number;
  /** Waits before a single failing event is tried again; after the last one the projection stops. */
  retries: readonly number[];
  /** Waits after an outage, the last one for ever. */
  outage: readonly number[];
}

export const DEFAULT_TIMES: ProjectionTimes = { pace: 20, persist: 200, retries: [50, 250, 1_000], outage: [50, 250, 1_000, 5_000] };

export interface FollowDependencies {
  pool: Pool;
  tail: Tail;
  pages: { reader(): PageReader };
  vault: Opener;
  log: Log;
  times: ProjectionTimes;
  /** The build has come to `position`, in this process's knowledge. */
  advanced(position: bigint): void;
  /** Queries see this build from now on. */
  swapped(): void;
}

const BATCH = 500;
/** Behind the head, larger transactions are worth more than early ones. */
const CATCH_UP_BATCH = 2_000;
const CATCH_UP_FLUSH_MS = 250;
/** A projection with nothing to do looks up now and then. */
const IDLE_MS = 60_000;

/** An event that cannot be applied, alone and after several tries. */
export class Poison extends Error {
  constructor(readonly event: RecordedEvent, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Poison';
  }
}

/**
 * Applies the log to one build from its checkpoint on, until `signal` aborts. Behind, it reads pages of its own; near
 * the head it takes from the shared tail. Outages throw and leave rows and checkpoint as they were.
 * @throws Poison for an event that cannot be applied, right before which the checkpoint then stands; Fenced
 */
export async function follow(
  { pool, tail, pages, vault, log, times, advanced, swapped }: FollowDependencies,
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
    const { name, version, build } = checkpoint;
    log.info({ projection: name, version, build }, 'Queries now see this build of the view');
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

/** Trouble that no event is to blame for. */
function isOutage(error: unknown): boolean {
  if (error instanceof Fenced || error instanceof VaultUnavailable || isTransient(error)) return true;
  return (error as { name?: unknown } | null)?.name === 'AbortError';
}
