import { randomUUID } from 'node:crypto';
import { concurrencySlots, SLOTS } from '../../../commands/concurrency-slot/decider';
import { keyPool } from '../../../commands/key-pool/decider';
import type { RunCallbacks } from '../../../commands/run/callbacks';
import { run } from '../../../commands/run/decider';
import { driveRunTask, type DrivingServices, type RunJob } from '../../../commands/run/drive-run';
import type { RunRequest } from '../../../schema/run/events';
import type { CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { RecordedEvent } from '../../../src/event-store/port';
import { silentLog } from '../../../src/postgres/log';
import type { Vault } from '../../../src/vault/port';
import { openPlain, sealedText } from '../../support/sealed';
import { logUser } from '../../support/some-user';
import { randomOf, type Random } from '../key-pool/random';
import { bySystem, playLeases, type PlayedLeases } from './leases';
import { playVendor, type PlayedVendor } from './vendor';

export const TENANT = 't1';
export const POOL = 'legnext';
const MAX_WAIT_MS = 20_000;

/** A process that drives runs. Once it has died, nothing that it does has an effect any more. */
export interface Node {
  services: DrivingServices;
  /** Calls of ports so far. */
  calls(): number;
}

export class Died extends Error {}

export type Find = 'by name' | 'by callback' | 'not at all';

export interface World {
  random: Random;
  commands: CommandRuntime;
  vendor: PlayedVendor;
  leases: PlayedLeases;
  /** A new process. @param dies at which of its calls, before or after that has its effect; left out: never */
  node(dies?: { at: number; after: boolean }): Node;
  /** A run as `startRun` leaves it. */
  request(): Promise<RunJob>;
  drive(node: Node, job: RunJob, options?: { tries?: number; signal?: AbortSignal }): Promise<void>;
  /** Everything that was asked for, for ever. */
  erase(): void;
  events(runId: string): Promise<RecordedEvent[]>;
  cancel(runId: string): Promise<void>;
  /** Slots, leases and tickets that are taken. */
  taken(): Promise<{ slots: number; leases: number; tickets: number }>;
  close(): Promise<void>;
}

export interface WorldOptions {
  find: Find;
  manners: Parameters<typeof playVendor>[1]['manners'];
  slotTtlMs?: number;
  /** Changes what a node works with, to plant a bug. */
  plant?: (services: DrivingServices) => DrivingServices;
}

export async function createWorld(seed: number, { find, manners, slotTtlMs = 60_000, plant = (services) => services }: WorldOptions): Promise<World> {
  const random = randomOf(seed);
  const store = createInMemoryEventStore();
  const commands = createCommandRuntime({ store });
  const vendor = playVendor(random, { findable: find === 'by name', manners });
  const leases = playLeases(commands, POOL, TENANT);
  let erased = false;
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  // Nobody is to wait for a callback that can never come.
  const callbacks = playCallbacks(vendor, find === 'by callback', () => (ahead += 2 * MAX_WAIT_MS));
  await logUser(commands, { userId: 'u1', tenantId: TENANT });
  await commands.execute(keyPool, POOL, {
    type: 'AddProviderKey', keyId: 'k1', name: 'one', lastFour: 'cret', fingerprint: 'f1', secretRef: `${TENANT}/k1`, concurrencyLimit: 2, rpmLimit: null,
    priority: 0, tenantScope: '*', now: Date.now(),
  }, bySystem(TENANT));

  const healthy: DrivingServices = {
    commands, vault: plainVault(() => erased), keyLeases: leases, keyCare: { called: async () => {} }, callbacks,
    generation: { legnext: vendor, kling: vendor },
    upstreamOf: (pool) => pool,
    keeper: {
      keep: async ({ key, kind }) => ({ contentType: `${kind}/png`, bytes: 3, width: 1, height: 1, blob: key, thumbnail: null, digest: 'aa' }),
      remove: async () => {},
    },
    pictureOf: async (_person, _operation, parameters) => parameters,
    concurrency: { user: 3, global: 5, ttlMs: slotTtlMs },
    clock: () => new Date(now()), log: silentLog, doubtMs: 15,
  };

  return {
    random, commands, vendor, leases,
    node(dies) {
      let calls = 0;
      const step = async <Result>(act: () => Promise<Result>): Promise<Result> => {
        calls++;
        if (!dies || calls < dies.at) return act();
        if (calls === dies.at && dies.after) await act();
        throw new Died();
      };
      const mortal = <Port extends object>(port: Port): Port => new Proxy(port, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          const spared = name === 'prepare' || name === 'urlOf' || name === 'listen' || name === 'recent';
          return typeof value === 'function' && !spared ? (...given: unknown[]) => step(() => value.apply(target, given) as Promise<unknown>) : value;
        },
      });
      const mortalLeases: DrivingServices['keyLeases'] = {
        acquire: (request) => step(async () => {
          const held = await leases.acquire(request);
          return 'refusal' in held ? held : { ...held, release: (outcome, by) => step(() => held.release(outcome, by)) };
        }),
        close: leases.close,
      };
      const mortalVendor = mortal(vendor);
      const services = plant({
        ...healthy, commands: mortal(commands), keyLeases: mortalLeases, keeper: mortal(healthy.keeper), vault: mortal(healthy.vault),
        callbacks: mortal(callbacks), generation: { legnext: mortalVendor, kling: mortalVendor },
      });
      return { services, calls: () => calls };
    },
    async request() {
      const runId = randomUUID();
      const request: RunRequest = {
        runId, kind: 'image', model: 'midjourney', provider: POOL, requestedBy: 'u1', simulated: false,
        generation: {
          operation: 'legnext_diffusion', pool: POOL, scenario: null, parameters: sealedText(runId, 'parameters', '{"prompt":"a cat","options":null}'),
          autoPoll: true, pollIntervalMs: 1, maxWaitMs: MAX_WAIT_MS, maxQueueMs: MAX_WAIT_MS, at: now(),
        },
      };
      const context = bySystem(TENANT);
      await commands.execute(run, runId, { type: 'RequestRun', request }, context);
      return { tenant: TENANT, eventId: context.commandId, correlationId: context.correlationId, runId };
    },
    drive: (node, job, { tries = 1, signal = new AbortController().signal } = {}) =>
      driveRunTask(node.services)(job, { jobId: '1', attempt: tries, maxAttempts: 25, signal }),
    erase() {
      erased = true;
    },
    async events(runId) {
      const events: RecordedEvent[] = [];
      for await (const event of store.readStream(`run-${runId}`)) events.push(event);
      return events;
    },
    async cancel(runId) {
      await commands.execute(run, runId, { type: 'CancelRun', by: 'u1', durationMs: 1 }, bySystem(TENANT));
    },
    async taken() {
      const [{ state: pool }, { state: slots }] = await Promise.all([commands.load(keyPool, POOL), commands.load(concurrencySlots, SLOTS)]);
      return { slots: slots.slots.size, leases: pool.leases.size, tickets: pool.tickets.size };
    },
    async close() {
      await commands.close();
      await store.close();
    },
  };
}

const plainVault = (isErased: () => boolean): Vault => ({
  seal: async ({ subject, field }: { subject: string; field: string }, text: string) => sealedText(subject, field, text),
  open: async (_tenant: string, sealed: readonly Parameters<typeof openPlain>[0][]) => sealed.map((text) => (isErased() ? null : openPlain(text))),
}) as unknown as Vault;

/** @param inVain called when somebody waits for what the vendor has not taken */
function playCallbacks(vendor: PlayedVendor, reachable: boolean, inVain: () => void): RunCallbacks {
  const told = new Map<string, string>();
  const listeners = new Map<string, Set<() => void>>();
  const nameOf = ({ runId, attempt }: { runId: string; attempt: number }): string => `${runId}-${attempt}`;
  vendor.onTaken((externalId, jobId) => {
    if (!reachable) return;
    told.set(externalId, jobId);
    listeners.get(externalId)?.forEach((listener) => listener());
  });
  return {
    urlOf: (place) => (reachable ? `https://keyledger.test/${nameOf(place)}` : undefined),
    received: async () => true,
    async jobIdOf(place) {
      if (!vendor.taken.has(nameOf(place))) inVain();
      return told.get(nameOf(place));
    },
    listen(place, listener) {
      const name = nameOf(place);
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own.add(listener));
      return () => void own.delete(listener);
    },
  };
}
