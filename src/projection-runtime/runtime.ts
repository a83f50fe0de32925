import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { EventStore } from '../event-store/port';
import { silentLog, type Log } from '../postgres/log';
import type { Notifications } from '../postgres/notifications';
import { inTransaction } from '../postgres/pool';
import { projectionOfReactor, projectionOfView, type Projection } from './apply';
import { assertStore, buildsOf, dropBuild, ensureReactor, ensureView } from './builds';
import { BEFORE_ALL, keyOf, type Checkpoint } from './checkpoints';
import type { Opener } from './decode';
import { DEFAULT_TIMES, type ProjectionTimes } from './follow';
import { acquire, CONTROL_CHANNEL, free, release, renew } from './leases';
import { followLog } from './log-subscription';
import { runProjection } from './loop';
import { createPages } from './pages';
import type { AnyProjector, AnyReactor } from './projector';
import { answerRequests, request } from './requests';
import { readStatus, type ProjectionStatus } from './status';
import { createTail } from './tail';
import { createWakeUp } from './wake-up';

export interface ProjectionRuntimeOptions {
  store: EventStore;
  /** Connections for the projections; one each while they write, so give it about as many as there are projections. */
  pool: Pool;
  notifications: Notifications;
  vault: Opener;
  projectors: readonly AnyProjector[];
  reactors?: readonly AnyReactor[];
  log?: Log;
  /** Name of this process in leases; default: random. */
  owner?: string;
  /** Owners known to be gone: nobody waits for their leases to end. */
  gone?: readonly string[] | undefined;
  /** Milliseconds after which another process may take over from a silent one. Default 10 s. */
  leaseMs?: number;
  /** Milliseconds of silence after which the subscription is compared with the log. Default 5 s. */
  silenceMs?: number;
  /** Events held for projections near the head of the log. */
  tailCapacity?: number;
  times?: Partial<ProjectionTimes>;
}

export interface ProjectionRuntime {
  /**
   * Prepares the tables of every view and begins to keep those that no other process keeps.
   * @throws StoreMismatch when the database belongs to another log
   */
  start(): Promise<void>;
  /** Ends after the transactions under way and gives the projections to other processes. */
  stop(): Promise<void>;
  /** All builds of the projections that this process knows, on whatever node. */
  status(): Promise<ProjectionStatus[]>;
  /** Builds the view anew beside the live one and swaps when it has caught up. @returns the id of the request */
  rebuild(name: string): Promise<string>;
  /** Calls `listener` whenever a live view of this process has passed a position. @returns a function that ends it */
  onAdvance(listener: (view: string, position: bigint) => void): () => void;
}

interface Running {
  checkpoint: Checkpoint;
  abort: AbortController;
  done: Promise<void>;
}

/** Keeps the views and runs the reactors of this process. */
export function createProjectionRuntime(options: ProjectionRuntimeOptions): ProjectionRuntime {
  const { store, pool, notifications, vault, projectors, reactors = [], log = silentLog } = options;
  const { owner = randomUUID(), gone = [], leaseMs = 10_000, silenceMs = 5_000 } = options;
  const times = { ...DEFAULT_TIMES, ...options.times };
  const projections = new Map<string, { projection: Projection; version: number; kind: Checkpoint['kind'] }>();
  for (const each of projectors) register(projectionOfView(each), each.version, 'view');
  for (const each of reactors) register(projectionOfReactor(each), 1, 'reactor');

  const tail = createTail(options.tailCapacity);
  const pages = createPages(store);
  const running = new Map<string, Running>();
  const listeners = new Set<(view: string, position: bigint) => void>();
  const stopping = new AbortController();
  const woken = createWakeUp();
  const control = createWakeUp();
  let storeId = '';
  let background: Promise<unknown> = Promise.resolve();
  let unlisten = (): void => {};

  function register(projection: Projection, version: number, kind: Checkpoint['kind']): void {
    if (!/^[a-z][a-z0-9_]{0,40}$/.test(projection.name)) throw new Error(`Not a name for a projection: ${projection.name}`);
    if (projections.has(projection.name)) throw new Error(`Two projections are named ${projection.name}`);
    projections.set(projection.name, { projection, version, kind });
  }

  function run(checkpoint: Checkpoint): void {
    const { projection } = projections.get(checkpoint.name)!;
    const key = keyOf(checkpoint);
    const abort = new AbortController();
    const dependencies = {
      pool, tail, pages, vault, log, times,
      advanced: (position: bigint) => {
        if (checkpoint.kind === 'view') for (const listener of listeners) listener(checkpoint.name, position);
      },
      swapped: () => {
        dropSuperseded(checkpoint).catch((error: Error) =>
          log.warn({ projection: checkpoint.name, error: error.message }, 'A superseded build could not be dropped; drop it by command'));
      },
    };
    const waitForRetry = (signal: AbortSignal): Promise<void> => woken.wait(signal, leaseMs);
    const done = runProjection(dependencies, projection, checkpoint, waitForRetry, abort.signal).finally(() => running.delete(key));
    running.set(key, { checkpoint, abort, done });
  }

  async function dropSuperseded({ name, version, build }: Checkpoint): Promise<void> {
    await inTransaction(pool, async (client) => {
      const builds = await buildsOf(client, name);
      const superseded = builds.filter((each) => each.version === version && each.build !== build && each.role === 'retired');
      for (const each of superseded) await dropBuild(client, each);
    });
  }

  async function keepLeases(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await leaseRound();
      } catch (error) {
        log.warn({ error: (error as Error).message }, 'The leases of the projections could not be renewed');
      }
      await control.wait(stopping.signal, leaseMs / 3);
    }
  }

  async function leaseRound(): Promise<void> {
    const ours = [...running.values()].map(({ checkpoint }) => checkpoint);
    const kept = ours.length > 0 ? await renew(pool, ours, leaseMs) : new Set<string>();
    for (const each of ours) if (!kept.has(keyOf(each))) running.get(keyOf(each))?.abort.abort();
    if (await answerRequests(pool, owner, projectors, storeId)) woken.wake();
    const wanted = [...projections.values()].map(({ projection, version }) => ({ name: projection.name, version }));
    for (const checkpoint of await acquire(pool, owner, wanted, leaseMs)) {
      const former = running.get(keyOf(checkpoint));
      former?.abort.abort();
      await former?.done;
      run(checkpoint);
    }
  }

  return {
    async start() {
      storeId = await store.identity();
      await assertStore(pool, storeId);
      for (const projector of projectors) await ensureView(pool, projector, storeId);
      for (const reactor of reactors) await ensureReactor(pool, reactor, storeId);
      if (gone.length > 0) await free(pool, gone);
      tail.begin((await store.head()) ?? BEFORE_ALL);
      unlisten = notifications.listen(CONTROL_CHANNEL, { message: control.wake, gap: control.wake });
      background = Promise.all([followLog(store, tail, silenceMs, log, stopping.signal), keepLeases()]);
    },
    async stop() {
      unlisten();
      stopping.abort();
      await background;
      const owned = [...running.values()];
      for (const { abort } of owned) abort.abort();
      await Promise.all(owned.map(({ done }) => done));
      // Without the database the leases simply run out.
      await release(pool, owned.map(({ checkpoint }) => checkpoint)).catch((error: Error) =>
        log.warn({ error: error.message }, 'The leases of the projections could not be given back'));
    },
    status: async () => (await readStatus(pool, store)).filter(({ name }) => projections.has(name)),
    rebuild: (name) => request(pool, name, 'rebuild'),
    onAdvance(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
