import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { silentLog, type Log } from '../postgres/log';
import type { Notifications } from '../postgres/notifications';
import type { Reads, TenantReads } from '../postgres/tenant-reads';
import { isTransient } from '../postgres/transient';
import type { AnyProjector } from '../projection-runtime/projector';
import { createAudience, type Audience } from './audience';
import { decodeCursor, encodeCursor, outdated, type Feed, type Place } from './cursor';
import { endable } from './endable';
import type { FeedItem, FeedOptions, LiveFeeds, LiveRow } from './port';
import { createPositions, type Advances } from './positions';
import { createRing, type Ring } from './ring';
import { readRows, type RowPage } from './rows';

export interface LiveFeedsOptions {
  /** Sees every tenant: what changes is read once for all subscribers. */
  pool: Pool;
  /** What one subscriber has missed is read as their tenant. */
  reads: Pick<TenantReads, 'of'>;
  notifications: Notifications;
  /** Only their names and live tables are used; they may run on other nodes. */
  projectors: readonly AnyProjector[];
  /** The projection runtime of this process, when there is one. */
  advances?: Advances;
  log?: Log;
  /** Changed rows kept of each view for all subscribers together. */
  ringCapacity?: number;
}

/** The feeds and what ends them. */
export type ClosableLiveFeeds = LiveFeeds & { close(): Promise<void> };

/** One load takes so many rows at most; when more have changed, subscribers read for themselves what they need. */
const LOAD_LIMIT = 1_000;
const PAGE = 200;
const TRY_AGAIN_MS = 250;
const DEFAULT_WAIT_MS = 2_000;

/** What all subscribers of one view share. */
interface LiveView {
  name: string;
  live: { table: string; key: string };
  ring: Ring;
  /** The build whose rows the ring holds; undefined while nobody subscribes. */
  feed: Feed | undefined;
  subscribers: number;
  stale: boolean;
  loading: Promise<void> | undefined;
  audience: Audience;
}

/** Feeds of committed changes. Whatever was missed is read from Postgres by position, so nothing is missed. */
export function createLiveFeeds(options: LiveFeedsOptions): ClosableLiveFeeds {
  const { pool, reads, notifications, projectors, advances, log = silentLog, ringCapacity = 4_096 } = options;
  const ofAll: Reads = { query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => (await pool.query<Row>(sql, [...values])).rows };
  const closing = new AbortController();
  // Every subscriber listens to it.
  setMaxListeners(0, closing.signal);
  const names = new Set(projectors.map(({ name }) => name));
  const views = new Map<string, LiveView>();
  for (const { name, live } of projectors) if (live) views.set(name, liveView(name, live, ringCapacity));
  const positions = createPositions(pool, notifications, advances, log);
  const listeners = new Map<string, Set<() => void>>();
  positions.onChange((name) => {
    for (const listener of listeners.get(name) ?? []) listener();
    const view = views.get(name);
    if (view && view.subscribers > 0) void load(view);
  });

  /** Brings the ring up to what is committed: once, however many changes were announced meanwhile. */
  function load(view: LiveView): Promise<void> {
    view.stale = true;
    view.loading ??= (async () => {
      while (view.stale && view.subscribers > 0 && !closing.signal.aborted) {
        view.stale = false;
        try {
          await loadOnce(view);
        } catch (error) {
          log.warn({ view: view.name, error: (error as Error).message }, 'The changes of a view could not be loaded');
          view.stale = true;
          await sleep(TRY_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
        }
      }
    })().finally(() => {
      view.loading = undefined;
    });
    return view.loading;
  }

  async function loadOnce(view: LiveView): Promise<void> {
    const { ring } = view;
    const beginning = view.feed === undefined;
    const after = { position: ring.head(), key: null };
    const page = await readRows(ofAll, { view: view.name, live: view.live, after, limit: beginning ? 0 : LOAD_LIMIT });
    // Everybody left, or left and came back, while the rows were read: they belong to no ring.
    if (view.subscribers === 0) return;
    if (!beginning && view.feed === undefined) {
      view.stale = true;
      return;
    }
    const rebuilt = !beginning && !sameFeed(page.feed, view.feed!);
    view.feed = page.feed;
    // What changes while a crowd is told is told next, each row in its newest state.
    if (beginning || rebuilt || page.more) {
      ring.reset(page.committed);
      await view.audience.wakeAll();
    } else if (page.committed > ring.head()) {
      ring.push(page.rows, page.committed);
      await view.audience.tell(page.rows.map(({ row }) => row), page.committed);
    }
  }

  async function* items(view: LiveView, options: FeedOptions, signal: AbortSignal): AsyncGenerator<FeedItem, undefined> {
    const { tenant, after, filter = () => true } = options;
    const wants = (row: LiveRow): boolean => row.tenant_id === tenant && filter(row);
    const seat = view.audience.join(wants, signal);
    view.subscribers++;
    try {
      while (!view.feed) {
        await load(view);
        if (signal.aborted || closing.signal.aborted) return;
      }
      const { feed, ring } = { feed: view.feed, ring: view.ring };
      let place: Place = after === undefined ? { position: ring.head(), key: null } : decodeCursor(feed, after);
      yield { cursor: encodeCursor(feed, place), position: place.position };

      while (!signal.aborted) {
        if (!sameFeed(view.feed, feed)) throw outdated();
        let next = ring.after(place);
        if (next === undefined) {
          const page = await readPatiently(view, place, tenant, signal);
          if (!page) return;
          if (!sameFeed(page.feed, feed)) throw outdated();
          for (const { place: at, row } of page.rows) {
            place = at;
            if (filter(row)) yield { cursor: encodeCursor(feed, at), position: at.position, row };
            if (signal.aborted) return;
          }
          if (!page.more && page.committed >= place.position) place = { position: page.committed, key: null };
          continue;
        }
        for (let entry = ring.at(next); entry; entry = ring.at(++next)) {
          place = entry.place;
          if (ring.superseded(next) || !wants(entry.row)) continue;
          entry.cursor ??= encodeCursor(feed, entry.place);
          yield { cursor: entry.cursor, position: entry.place.position, row: entry.row };
          if (signal.aborted || !sameFeed(view.feed, feed)) break;
        }
        if (signal.aborted || ring.fallen(next) || !sameFeed(view.feed, feed)) continue;
        if (ring.head() >= place.position) place = { position: ring.head(), key: null };
        const passed = await seat.wait(place.position);
        if (passed > place.position) place = { position: passed, key: null };
      }
    } finally {
      seat.leave();
      if (--view.subscribers === 0) view.feed = undefined;
    }
  }

  async function readPatiently(view: LiveView, after: Place, tenant: string, signal: AbortSignal): Promise<RowPage | undefined> {
    while (!signal.aborted) {
      try {
        return await readRows(reads.of(tenant), { view: view.name, live: view.live, after, limit: PAGE, tenant });
      } catch (error) {
        if (!isTransient(error)) throw error;
        await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  }

  return {
    subscribe(options) {
      const view = views.get(options.view);
      if (!view) throw new Error(`There is no live view named ${options.view}`);
      return endable((signal) => items(view, options, signal), [options.signal, closing.signal]);
    },
    waitFor(wanted, position, timeoutMs = DEFAULT_WAIT_MS) {
      const unknown = wanted.find((name) => !names.has(name));
      if (unknown !== undefined) throw new Error(`There is no view named ${unknown}`);
      return positions.waitFor(wanted, position, timeoutMs);
    },
    positions: () => positions.all(),
    onChange(view, listener) {
      const others = listeners.get(view) ?? new Set();
      listeners.set(view, others.add(listener));
      return () => void others.delete(listener);
    },
    async close() {
      closing.abort();
      await positions.close();
      for (const { loading } of views.values()) await loading;
    },
  };
}

function liveView(name: string, live: LiveView['live'], ringCapacity: number): LiveView {
  const ring = createRing(ringCapacity);
  return { name, live, ring, feed: undefined, subscribers: 0, stale: false, loading: undefined, audience: createAudience() };
}

function sameFeed(one: Feed | undefined, other: Feed): boolean {
  return one?.version === other.version && one.build === other.build;
}
