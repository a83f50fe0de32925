import type { Db } from '../../src/graphql/context';
import type { Log } from '../../src/postgres/log';
import { createWakeUp } from '../../src/projection-runtime/wake-up';
import { beat, beatAll, type BeatingLease } from './lease-beats';

/** Heartbeats of the leases that this process holds: all of them in one statement. */
export interface OwnBeats {
  /**
   * Beats for a lease now, and then each third of the shortest TTL.
   * @param lose called once when it no longer counts, or when no heartbeat could be written for its whole TTL
   * @returns a function that ends it; undefined when the lease does not count any more
   */
  keep(lease: BeatingLease, lose: () => void): Promise<(() => void) | undefined>;
  /** Beats no more. The leases go on for their TTL, so that whoever takes the work up finds them. */
  close(): Promise<void>;
}

interface Kept {
  lease: BeatingLease;
  lose(): void;
  /** Ends the lease for us when its TTL has passed since the last heartbeat that counted was sent. */
  timer: NodeJS.Timeout | undefined;
}

/** Heartbeats within one TTL: two may be lost. */
const PER_TTL = 3;
const TRY_AGAIN_MS = 500;

/**
 * Time is taken from the process's own steady clock, and from before a heartbeat is sent: so whoever was held up for a
 * TTL knows that the lease is lost before the table, which counts from when the heartbeat came.
 */
export function createOwnBeats(db: Db, log: Log): OwnBeats {
  const kept = new Set<Kept>();
  const closing = new AbortController();
  const bell = createWakeUp();
  let beating: Promise<void> | undefined;

  function drop(entry: Kept): void {
    clearTimeout(entry.timer);
    kept.delete(entry);
  }

  function lose(entry: Kept): void {
    if (!kept.has(entry)) return;
    drop(entry);
    entry.lose();
  }

  function extend(entry: Kept, sentAt: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => lose(entry), Math.max(0, sentAt + entry.lease.ttlMs - performance.now()));
  }

  async function run(): Promise<void> {
    let nextAt = Infinity;
    while (!closing.signal.aborted) {
      await bell.wait(closing.signal, kept.size === 0 ? undefined : Math.max(0, nextAt - performance.now()));
      // One with a shorter TTL may have come.
      nextAt = Math.min(nextAt, performance.now() + pace());
      if (performance.now() < nextAt || closing.signal.aborted) continue;
      const written = await round();
      nextAt = performance.now() + (written ? pace() : Math.min(pace(), TRY_AGAIN_MS));
    }
  }

  const pace = (): number => Math.min(...Array.from(kept, ({ lease }) => lease.ttlMs)) / PER_TTL;

  async function round(): Promise<boolean> {
    const entries = [...kept];
    const sentAt = performance.now();
    try {
      const counting = await beatAll(db, entries.map(({ lease }) => lease));
      for (const entry of entries) {
        if (!kept.has(entry)) continue;
        if (counting.has(entry.lease.leaseId)) extend(entry, sentAt);
        else lose(entry);
      }
      return true;
    } catch (error) {
      log.warn({ leases: entries.length, error: error instanceof Error ? error.message : String(error) }, 'Heartbeats could not be written');
      return false;
    }
  }

  return {
    async keep(lease, onLost) {
      const sentAt = performance.now();
      if (!(await beat(db, lease))) return undefined;
      const entry: Kept = { lease, lose: onLost, timer: undefined };
      kept.add(entry);
      extend(entry, sentAt);
      bell.wake();
      beating ??= run();
      return () => drop(entry);
    },
    async close() {
      closing.abort();
      for (const entry of kept) drop(entry);
      await beating;
    },
  };
}
