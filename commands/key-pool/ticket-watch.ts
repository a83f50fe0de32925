import { RefusedError } from '../../schema/errors/catalogue';
import type { WaitReason } from '../../schema/key-pool/wait-diagnosis';
import { refuse } from '../../src/command-runtime/aggregate';
import type { Context } from '../../src/graphql/context';
import { tenantOf } from '../../src/graphql/tenant';
import { endable } from '../../src/live/endable';
import { silentLog } from '../../src/postgres/log';
import { createWakeUp } from '../../src/projection-runtime/wake-up';
import { count, type Counts } from './counts';
import { diagnose } from './diagnosis';
import { createPoolWatch, type PoolLook, type PoolWatch } from './pool-watch';
import { standingOf, type RequestStanding } from './standing';
import type { KeyPoolState, Lease, Ticket } from './state';

/** How a request for a lease stands, for its holder. */
export interface RequestUpdate {
  provider: string;
  ticketId: string;
  standing: Exclude<RequestStanding['standing'], 'unknown'>;
  /** While it waits. */
  waiting: Waiting | undefined;
  /** While it has one. */
  lease: Lease | undefined;
  /** Where the vault keeps the secret of the leased key. */
  secretRef: string | undefined;
  /** Of the pool in the log. */
  position: bigint;
}

export interface Waiting {
  ticket: Ticket;
  /** In the queue of the whole pool, from 1. */
  place: number;
  reason: WaitReason;
  /** When a rate window reopens, milliseconds since the epoch; undefined when only a release can help. */
  reopensAt: number | undefined;
}

/** Requests that the callers of this process follow at once, all together. */
const FOLLOWED_LIMIT = 5_000;
/** Those of them that callers of one tenant follow. */
const TENANT_LIMIT = 2_500;
/** Changes of a pool are told in steps of this many milliseconds. */
const PACE_MS = 100;
/** Every release moves everybody who waits: places alone are told to so many callers a millisecond, all of a pool together. */
const PLACES_PER_MS = 2;

/** What all who follow requests through one command runtime share. */
interface Followers {
  pools: PoolWatch;
  count: number;
  /** Of `count`, by tenant. */
  tenants: Counts;
}

const followersOf = new WeakMap<Context['commands'], Followers>();

function followers({ commands, live, now }: Context): Followers {
  const known = followersOf.get(commands);
  if (known) return known;
  const pools = createPoolWatch({
    commands, clock: now, log: silentLog, onChange: (listener) => live.onChange('key_pools', listener), paceMs: PACE_MS,
  });
  const made: Followers = { pools, count: 0, tenants: new Map() };
  followersOf.set(commands, made);
  return made;
}

/**
 * How a request stands, and then every change until it is over. One look at the pool serves everybody who follows
 * requests there; whoever is slow to read skips to the newest state, and nothing is kept for them.
 * @throws RefusedError E4041 `ticket_unknown` for a request that the holder never made, E4291 `too_many_followed`
 */
export async function followRequest(context: Context, ticketId: string, holder: string): Promise<AsyncIterableIterator<RequestUpdate>> {
  const shared = followers(context);
  const tenant = tenantOf(context);
  if (shared.count >= FOLLOWED_LIMIT) throw tooMany(FOLLOWED_LIMIT);
  if ((shared.tenants.get(tenant) ?? 0) >= TENANT_LIMIT) throw tooMany(TENANT_LIMIT);
  const provider = ticketId.slice(0, Math.max(0, ticketId.lastIndexOf('/')));
  if (provider === '') throw new RefusedError(ticketUnknown.refusal);

  const { signal } = context;
  const changed = createWakeUp();
  let newest: RequestUpdate | undefined;
  let toldIn = -1;
  let forgotten = false;
  let left = false;
  shared.count++;
  count(shared.tenants, tenant, 1);
  const unwatch = shared.pools.watch(provider, (look) => {
    const update = updateOf(look, provider, ticketId, holder);
    forgotten = update === undefined;
    if (update && newest && !differs(update, newest)) return untilReopening(newest, look.now);
    // A power of two, so that rounds stay the same for all while callers come and go.
    const everyMs = 2 ** Math.ceil(Math.log2(shared.count / PLACES_PER_MS));
    const round = Math.floor(look.now / everyMs);
    if (everyMs > PACE_MS && round === toldIn && update && newest && !differs({ ...update, waiting: placedAs(update, newest) }, newest)) {
      return Math.min(untilReopening(update, look.now) ?? Infinity, (round + 1) * everyMs - look.now);
    }
    toldIn = round;
    newest = update ?? newest;
    changed.wake();
    return newest && untilReopening(newest, look.now);
  });
  const leave = (): void => {
    if (left) return;
    left = true;
    shared.count--;
    count(shared.tenants, tenant, -1);
    unwatch();
    signal.removeEventListener('abort', leave);
    changed.wake();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();

  await changed.wait(signal);
  if (!newest) {
    leave();
    throw new RefusedError(ticketUnknown.refusal);
  }
  const updates = endable(tell, [signal]);
  return {
    ...updates,
    return() {
      // A generator that was never read runs no `finally`.
      leave();
      return updates.return!();
    },
  };

  async function* tell(ending: AbortSignal): AsyncGenerator<RequestUpdate, undefined> {
    let told: RequestUpdate | undefined;
    try {
      while (!ending.aborted) {
        if (newest !== told) {
          told = newest;
          yield told!;
          if (isOver(told!)) return;
        } else if (forgotten) {
          return;
        } else {
          await changed.wait(ending);
        }
      }
    } finally {
      leave();
    }
  }
}

/** For a request of somebody else as for one that never was; the words are those of `decider.ts`. */
export const ticketUnknown = refuse('E4041', 'ticket_unknown', 'You have no such ticket.', { path: ['ticketId'] });
const tooMany = (limit: number): RefusedError => new RefusedError(refuse(
  'E4291', 'too_many_followed', 'Too many requests for leases are followed here.', { details: { limit }, retryAfterMs: 5_000 },
).refusal);

function updateOf({ state, position, now, placeOf }: PoolLook, provider: string, ticketId: string, holder: string): RequestUpdate | undefined {
  const request = requestOf(state, ticketId);
  if (request?.holder !== holder) return undefined;
  const { standing, lease, secretRef } = standingOf(state, request.requestId);
  if (standing === 'unknown') return undefined;
  const ticket = state.tickets.get(ticketId);
  return { provider, ticketId, standing, waiting: ticket && waitingOf(state, ticket, placeOf(ticketId), now), lease, secretRef, position };
}

const requestOf = ({ tickets, leases, ended }: KeyPoolState, id: string): { requestId: string; holder: string } | undefined =>
  tickets.get(id) ?? leases.get(id) ?? ended.get(id);

function waitingOf(state: KeyPoolState, ticket: Ticket, place: number, now: number): Waiting {
  const { reason, retryAfterMs } = diagnose(state, ticket, now);
  return { ticket, place, reason, reopensAt: retryAfterMs === undefined ? undefined : Math.max(state.now, now) + retryAfterMs };
}

/** A reopening that has come moves on with the clock: that alone is no news. */
function differs(a: RequestUpdate, b: RequestUpdate): boolean {
  if (a.standing !== b.standing || a.waiting?.place !== b.waiting?.place || a.waiting?.reason !== b.waiting?.reason) return true;
  return a.waiting?.reason !== 'turn' && a.waiting?.reopensAt !== b.waiting?.reopensAt;
}

const placedAs = ({ waiting }: RequestUpdate, other: RequestUpdate): Waiting | undefined =>
  waiting && { ...waiting, place: other.waiting?.place ?? waiting.place };

/** The reason changes with time alone then. */
function untilReopening({ waiting }: RequestUpdate, now: number): number | undefined {
  return waiting?.reopensAt === undefined || waiting.reopensAt <= now ? undefined : waiting.reopensAt - now + 1;
}

const isOver = ({ standing }: RequestUpdate): boolean => standing !== 'waiting' && standing !== 'granted';
