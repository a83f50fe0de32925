import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { WaitReason } from '../../schema/key-pool/wait-diagnosis';
import { shuttingDown } from '../../src/command-runtime/failures';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { Db } from '../../src/graphql/context';
import { step } from '../../src/graphql/mutate';
import type { Log } from '../../src/postgres/log';
import type { Notifications } from '../../src/postgres/notifications';
import { POSITION_CHANNEL, type PositionNotice } from '../../src/projection-runtime/checkpoints';
import type { Vault } from '../../src/vault/port';
import { secretPlace } from './add-provider-key';
import { keyPool, staleLease } from './decider';
import { diagnose } from './diagnosis';
import { createOwnBeats } from './own-beats';
import { createPoolWatch, type PoolLook } from './pool-watch';
import { standingOf } from './standing';

/** Provider keys for this server's own work: runs, load tests. */
export interface KeyLeases {
  /**
   * Waits for a key. Asking again by the same `requestId`, also from another process after a crash, gives the same lease.
   * @returns the lease, or the refusal: `no_key_free`, E5041 `lease_wait_over` at the wait limit, E4091
   *   `request_cancelled` when the place in the queue was taken away, E4091 `request_over` when the request had its lease
   * @throws what `signal` was aborted with: the request is then given up. RefusedError E5031 `shutting_down` once this
   *   is closed: the request then stands for whoever takes the work up
   */
  acquire(request: KeyRequest): Promise<HeldLease | { refusal: Refusal }>;
  /** Ends what waits here. Leases go on for their TTL. */
  close(): Promise<void>;
}

export interface KeyRequest {
  provider: string;
  /** Unique over all callers. */
  requestId: string;
  holder: string;
  tenant: string;
  /** The lease expires when this process does not beat for it for so long. */
  ttlMs: number;
  /** 0: now or not at all. */
  maxWaitMs: number;
  /** The one key that will do. */
  keyId?: string;
  command: CommandContext;
  signal: AbortSignal;
  /** Told at once when it has to wait, and then at most every 700 ms. */
  onWaiting?: (wait: KeyWait) => void;
}

export interface KeyWait {
  /** In the queue of the whole pool, from 1. */
  place: number;
  reason: WaitReason;
  /** Milliseconds until a rate window reopens; undefined when only a release can help. */
  retryAfterMs?: number | undefined;
}

export interface HeldLease {
  leaseId: string;
  /** Fencing token. */
  token: number;
  keyId: string;
  keyName: string;
  /** Of the key; never log it, never put it into an event. */
  secret: string;
  /** Aborts (within 250 ms) when the lease is lost: expired, revoked, or its key rotated. Whatever is under way with the secret must stop. */
  lost: AbortSignal;
  /**
   * Takes permits for `units` more calls.
   * @returns milliseconds to wait when the rate is used up, 0 when they were given
   * @throws RefusedError E4091 `stale_lease` when the lease is lost
   */
  takePermits(units: number): Promise<number>;
  /** Ends the lease; harmless when it is over. */
  release(outcome: 'ok' | 'error', command: CommandContext): Promise<void>;
}

export interface KeyLeasesServices {
  commands: CommandRuntime;
  /** On the database of `lease_beat`. */
  db: Db;
  vault: Vault;
  notifications: Notifications;
  clock: () => Date;
  log: Log;
}

/** So that a lost lease is known soon, and a burst of changes is one look at the pool. */
const PACE_MS = 50;
/** While a lease is held here, its pool is looked at this often also without news: views that stand still tell nothing. */
const HELD_LOOK_MS = 100;
const WAITING_EVERY_MS = 700;
/** Rest to suggest when a refusal of permits does not say for how long. */
const RETRY_MS = 1_000;

const waitOver: Refusal = { code: 'E5041', rule: 'lease_wait_over', message: 'No key became free within the wait limit.' };
const cancelled: Refusal = { code: 'E4091', rule: 'request_cancelled', message: 'The place in the queue was taken away.' };
const requestOver: Refusal = { code: 'E4091', rule: 'request_over', message: 'The lease of this request is over; make a new one.' };

/** How a request stands, and the revision of the pool that says so. */
interface Known {
  standing: ReturnType<typeof standingOf>;
  revision: bigint;
}

export function createKeyLeases({ commands, db, vault, notifications, clock, log }: KeyLeasesServices): KeyLeases {
  const onChange = (listener: () => void): (() => void) =>
    notifications.listen(POSITION_CHANNEL, {
      message(payload) {
        const { view, changed } = JSON.parse(payload) as PositionNotice;
        if (changed && view === 'key_pools') listener();
      },
      gap: listener,
    });
  const pools = createPoolWatch({ commands, clock, log, onChange, paceMs: PACE_MS });
  const beats = createOwnBeats(db, log);
  const closing = new AbortController();
  // Everybody who waits listens to it.
  setMaxListeners(0, closing.signal);
  const givingUp = new Set<Promise<void>>();
  const now = (): number => clock().getTime();

  async function ask(request: KeyRequest): Promise<Known | { refusal: Refusal }> {
    const { provider, requestId, tenant, holder, ttlMs, maxWaitMs, keyId } = request;
    const context = step(request.command, `request ${requestId}`);
    const outcome = await commands.execute(keyPool, provider, {
      type: 'RequestLease', ticketId: `${provider}/${context.commandId}`, requestId, tenant, holder, ttlMs, maxWaitMs,
      ...(keyId !== undefined && { keyId }), now: now(),
    }, context, (state) => standingOf(state, requestId));
    return outcome.accepted ? { standing: outcome.answer, revision: outcome.revision } : outcome;
  }

  /** Waits until the request no longer stands in the queue. @throws what either signal says */
  function served({ provider, requestId, signal, onWaiting }: KeyRequest, since: bigint): Promise<Known> {
    return new Promise((resolve, reject) => {
      let toldAt = -Infinity;
      const leave = pools.watch(provider, ({ state, revision, now: at, placeOf }: PoolLook) => {
        if (revision < since) return;
        const standing = standingOf(state, requestId);
        const ticket = standing.standing === 'waiting' && state.tickets.get(standing.ticketId!);
        if (!ticket) return settle(() => resolve({ standing, revision }));
        if (performance.now() - toldAt < WAITING_EVERY_MS) return;
        toldAt = performance.now();
        try {
          onWaiting?.({ place: placeOf(ticket.id), ...diagnose(state, ticket, at) });
        } catch (error) {
          settle(() => reject(error));
        }
      });
      const abort = (): void => settle(() => reject(signal.reason));
      const stop = (): void => settle(() => reject(shuttingDown()));
      const settle = (how: () => void): void => {
        leave();
        signal.removeEventListener('abort', abort);
        closing.signal.removeEventListener('abort', stop);
        how();
      };
      signal.addEventListener('abort', abort, { once: true });
      closing.signal.addEventListener('abort', stop, { once: true });
      if (closing.signal.aborted) stop();
      else if (signal.aborted) abort();
    });
  }

  /** Nobody wants it any more: its place in the queue, or the lease that it was granted meanwhile, serves the next. */
  function giveUp({ provider, requestId, holder, command }: KeyRequest, ticketId: string): void {
    const done = (async () => {
      const left = await commands.execute(keyPool, provider, { type: 'CancelTicket', ticketId, holder, now: now() },
        step(command, `give up ${requestId}`), (state) => state.leases.get(ticketId));
      if (!left.accepted || !left.answer) return;
      const { id: leaseId, token } = left.answer;
      await commands.execute(keyPool, provider, { type: 'ReleaseLease', leaseId, token, holder, outcome: 'ok', now: now() },
        step(command, `release ${leaseId}`));
    })().catch((error: unknown) => {
      log.warn({ provider, error: messageOf(error) }, 'A request for a key could not be given up; its wait limit or its TTL ends it');
    }).finally(() => givingUp.delete(done));
    givingUp.add(done);
  }

  async function hold(request: KeyRequest, { standing, revision }: Known): Promise<HeldLease | undefined> {
    const { provider, holder, command } = request;
    const { lease, keyName, secretRef } = standing;
    if (!lease || keyName === undefined || secretRef === undefined) throw new Error(`The request ${request.requestId} was granted without a lease`);
    const { id: leaseId, keyId, token, ttlMs } = lease;
    const secret = await vault.getSecret(secretPlace(secretRef));
    if (secret === undefined) throw new Error(`The vault has no secret for provider key ${keyId}`);

    const losing = new AbortController();
    const end = (): void => {
      leave();
      stopBeating?.();
    };
    const lose = (): void => {
      end();
      losing.abort(new RefusedError(staleLease(token).refusal));
    };
    let leave = (): void => {};
    const stopBeating = await beats.keep({ leaseId, provider, token, ttlMs }, lose);
    if (!stopBeating) return undefined;
    leave = pools.watch(provider, (look) => {
      if (look.revision >= revision && look.state.leases.get(leaseId)?.token !== token) lose();
      return HELD_LOOK_MS;
    });

    return {
      leaseId, token, keyId, keyName, secret,
      lost: losing.signal,
      async takePermits(units) {
        const outcome = await commands.execute(keyPool, provider, { type: 'TakePermits', leaseId, token, holder, units, now: now() },
          { ...command, commandId: randomUUID() });
        if (outcome.accepted) return 0;
        if (outcome.refusal.code === 'E4291') return Math.max(1, outcome.refusal.retryAfterMs ?? RETRY_MS);
        lose();
        throw new RefusedError(outcome.refusal);
      },
      async release(outcome, by) {
        end();
        await commands.execute(keyPool, provider, { type: 'ReleaseLease', leaseId, token, holder, outcome, now: now() }, step(by, `release ${leaseId}`));
        pools.wake();
      },
    };
  }

  return {
    async acquire(request) {
      const { signal } = request;
      signal.throwIfAborted();
      let known = await ask(request);
      if ('refusal' in known) return known;
      const { ticketId } = known.standing;
      try {
        if (known.standing.standing === 'waiting') known = await served(request, known.revision);
        signal.throwIfAborted();
        if (known.standing.standing !== 'granted') return { refusal: refusalOf(known.standing.standing) };
        const held = await hold(request, known);
        if (!held) return { refusal: requestOver };
        if (!signal.aborted) return held;
        await held.release('ok', request.command);
      } catch (error) {
        if (signal.aborted && !closing.signal.aborted && ticketId !== undefined) giveUp(request, ticketId);
        throw error;
      }
      throw signal.reason;
    },
    async close() {
      closing.abort();
      await pools.close();
      await beats.close();
      await Promise.all(givingUp);
    },
  };
}

function refusalOf(standing: Known['standing']['standing']): Refusal {
  if (standing === 'timedOut') return waitOver;
  return standing === 'cancelled' ? cancelled : requestOver;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
