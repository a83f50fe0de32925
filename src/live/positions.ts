import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Log } from '../postgres/log';
import type { Notifications } from '../postgres/notifications';
import { SWAP_CHANNEL } from '../projection-runtime/builds';
import { POSITION_CHANNEL, type PositionNotice } from '../projection-runtime/checkpoints';

/** How far the live build of each view is, as far as this process knows. */
export interface Positions {
  all(): ReadonlyMap<string, bigint>;
  waitFor(views: readonly string[], position: bigint, timeoutMs: number): Promise<boolean>;
  /** Calls `listener` when rows of a view may have changed. */
  onChange(listener: (view: string) => void): void;
  close(): Promise<void>;
}

/** Where a runtime of this very process tells what it has done, sooner than Postgres can. */
export interface Advances {
  onAdvance(listener: (view: string, position: bigint) => void): () => void;
}

interface Live {
  version: number;
  build: number;
  position: bigint;
}

interface Waiter {
  views: readonly string[];
  position: bigint;
  settle(answer: boolean): void;
}

/** Every commit tells where it has come to; asking is for the word that was lost. */
const POLL_MS = [50, 100, 250];
const REFRESH_AGAIN_MS = 250;

export function createPositions(pool: Pool, notifications: Notifications, advances: Advances | undefined, log: Log): Positions {
  const live = new Map<string, Live>();
  const positions = new Map<string, bigint>();
  const listeners: ((view: string) => void)[] = [];
  const waiters = new Set<Waiter>();
  const closing = new AbortController();
  let refreshing: Promise<void> | undefined;
  let refreshAgain = false;
  let polling: Promise<void> | undefined;

  const reached = ({ views, position }: Pick<Waiter, 'views' | 'position'>): boolean =>
    views.every((view) => (positions.get(view) ?? -1n) >= position);

  function pass(view: string, position: bigint): void {
    if (position <= (positions.get(view) ?? -1n)) return;
    positions.set(view, position);
    for (const waiter of waiters) if (reached(waiter)) waiter.settle(true);
  }

  function notified(payload: string): void {
    const notice = JSON.parse(payload) as PositionNotice;
    const known = live.get(notice.view);
    // A word from a build that queries do not see, or do not see yet as far as we know: look it up.
    if (known?.version !== notice.version || known.build !== notice.build) return refresh();
    pass(notice.view, BigInt(notice.position));
    if (notice.changed) for (const listener of listeners) listener(notice.view);
  }

  function refresh(): void {
    refreshAgain = true;
    refreshing ??= (async () => {
      while (refreshAgain && !closing.signal.aborted) {
        refreshAgain = false;
        try {
          await readLive();
        } catch (error) {
          log.warn({ error: (error as Error).message }, 'The positions of the views could not be read');
          refreshAgain = true;
          await sleep(REFRESH_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
        }
      }
    })().finally(() => {
      refreshing = undefined;
    });
  }

  async function readLive(): Promise<void> {
    const { rows } = await pool.query<{ name: string; version: number; build: number; position: string }>(
      "select name, version, build, position from projection_checkpoint where role = 'live' and kind = 'view'");
    for (const { name, version, build, position } of rows) {
      live.set(name, { version, build, position: BigInt(position) });
      pass(name, BigInt(position));
      for (const listener of listeners) listener(name);
    }
  }

  async function poll(): Promise<void> {
    for (let step = 0; waiters.size > 0 && !closing.signal.aborted; step++) {
      await sleep(POLL_MS[Math.min(step, POLL_MS.length - 1)], undefined, { signal: closing.signal }).catch(() => {});
      const views = new Set([...waiters].flatMap((waiter) => waiter.views));
      if (views.size === 0) return;
      try {
        const { rows } = await pool.query<{ name: string; position: string }>(
          "select name, position from projection_checkpoint where role = 'live' and name = any($1)", [[...views]]);
        for (const { name, position } of rows) pass(name, BigInt(position));
      } catch (error) {
        log.warn({ error: (error as Error).message }, 'The positions of the views could not be polled');
      }
    }
  }

  const ends = [
    notifications.listen(POSITION_CHANNEL, { message: notified, gap: refresh }),
    notifications.listen(SWAP_CHANNEL, { message: refresh, gap: refresh }),
    advances?.onAdvance(pass),
  ];

  return {
    all: () => positions,
    async waitFor(views, position, timeoutMs) {
      if (reached({ views, position })) return true;
      return new Promise((resolve) => {
        const settle = (answer: boolean): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve(answer);
        };
        const waiter: Waiter = { views, position, settle };
        const timer = setTimeout(() => settle(false), timeoutMs);
        waiters.add(waiter);
        polling ??= poll().finally(() => {
          polling = undefined;
        });
      });
    },
    onChange(listener) {
      listeners.push(listener);
    },
    async close() {
      closing.abort();
      for (const end of ends) end?.();
      for (const waiter of waiters) waiter.settle(false);
      await Promise.all([refreshing, polling]);
    },
  };
}
