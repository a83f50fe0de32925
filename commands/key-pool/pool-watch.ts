import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { pause, systemClock } from '../../src/event-store/clock';
import type { Log } from '../../src/postgres/log';
import { createWakeUp, type WakeUp } from '../../src/projection-runtime/wake-up';
import { keyPool } from './decider';
import type { KeyPoolState } from './state';

/** A pool as the log has it. */
export interface PoolLook {
  /** Shared by everybody who looks; leave it untouched. */
  state: KeyPoolState;
  /** Of the pool's stream. */
  revision: bigint;
  /** Of the same state in the log. */
  position: bigint;
  /** When it was looked at, milliseconds since the epoch. */
  now: number;
  /** Place of a ticket that waits in the queue of the whole pool, from 1. */
  placeOf(ticketId: string): number;
}

/** @returns milliseconds after which it wants to look again even when nothing changes */
export type PoolWatcher = (look: PoolLook) => number | void;

/** Looks at pools when something may have changed in them: one look serves everybody of this process who watches the pool. */
export interface PoolWatch {
  /** Shows the pool to `watcher` at once and soon after every change. @returns a function that ends it */
  watch(provider: string, watcher: PoolWatcher): () => void;
  /** Something has changed: looks now, and not only when the news comes round. */
  wake(): void;
  close(): Promise<void>;
}

export interface PoolWatchServices {
  commands: CommandRuntime;
  clock: () => Date;
  log: Log;
  /** Calls `listener` when any pool may have changed. @returns a function that ends it */
  onChange(listener: () => void): () => void;
  /** Shortest time between two looks at a pool, in milliseconds, so that a burst of changes is one look. */
  paceMs: number;
}

interface Watched {
  watchers: Set<PoolWatcher>;
  bell: WakeUp;
  ending: AbortController;
}

/** A lost word of a change is made up for by then. */
const SAFETY_MS = 1_000;
const TRY_AGAIN_MS = 250;
/** Reading a large pool takes work: so many of its requests are worth a millisecond of rest. */
const REQUESTS_PER_MS = 200;

/** Watches nothing, and does nothing, while nobody watches. */
export function createPoolWatch({ commands, clock, log, onChange, paceMs }: PoolWatchServices): PoolWatch {
  const pools = new Map<string, Watched>();
  const running = new Set<Promise<void>>();
  const wake = (): void => pools.forEach(({ bell }) => bell.wake());
  const unlisten = onChange(wake);

  function open(provider: string): Watched {
    const pool = { watchers: new Set<PoolWatcher>(), bell: createWakeUp(), ending: new AbortController() };
    pools.set(provider, pool);
    const done = keepLooking(provider, pool).finally(() => running.delete(done));
    running.add(done);
    return pool;
  }

  async function keepLooking(provider: string, { watchers, bell, ending }: Watched): Promise<void> {
    const { signal } = ending;
    while (!signal.aborted) {
      const { again, requests } = await look(provider, watchers).catch((error: unknown) => {
        if (error instanceof RefusedError && error.refusal.rule === 'shutting_down') ending.abort();
        log.warn({ provider, error: error instanceof Error ? error.message : String(error) }, 'A key pool could not be looked at');
        return { again: TRY_AGAIN_MS, requests: 0 };
      });
      await pause(systemClock, Math.max(paceMs, requests / REQUESTS_PER_MS), signal);
      await bell.wait(signal, again);
    }
  }

  async function look(provider: string, watchers: ReadonlySet<PoolWatcher>): Promise<{ again: number; requests: number }> {
    // Whoever comes while the pool is read may know more than what was read: the next look is theirs.
    const watching = [...watchers];
    const { state, revision, position } = await commands.load(keyPool, provider);
    let places: Map<string, number> | undefined;
    const placeOf = (ticketId: string): number => {
      places ??= new Map(Array.from(state.tickets.keys(), (id, index) => [id, index + 1]));
      return places.get(ticketId) ?? 0;
    };
    const seen: PoolLook = { state, revision, position, now: clock().getTime(), placeOf };
    let again = SAFETY_MS;
    for (const watcher of watching) {
      if (watchers.has(watcher)) again = Math.min(again, watcher(seen) ?? SAFETY_MS);
    }
    return { again, requests: state.requests.size };
  }

  return {
    watch(provider, watcher) {
      const pool = pools.get(provider) ?? open(provider);
      pool.watchers.add(watcher);
      pool.bell.wake();
      return () => {
        pool.watchers.delete(watcher);
        if (pool.watchers.size > 0 || pools.get(provider) !== pool) return;
        pools.delete(provider);
        pool.ending.abort();
      };
    },
    wake,
    async close() {
      unlisten();
      for (const { ending } of pools.values()) ending.abort();
      pools.clear();
      await Promise.all(running);
    },
  };
}
