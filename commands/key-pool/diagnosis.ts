import { reopensAt } from './rate-window';
import { scopeOf, type KeyPoolState, type ProviderKey, type Ticket } from './state';

/** Why a ticket waits. `turn`: others who may use the same keys came first, or it is about to be served. */
export type WaitReason = 'turn' | 'no_keys' | 'rpm' | 'concurrency' | 'concurrency_and_rpm' | 'mixed';

export interface WaitDiagnosis {
  reason: WaitReason;
  /** Milliseconds until a rate window reopens on a key with a free place; undefined when only a release can help. */
  retryAfterMs: number | undefined;
}

/** Why `ticket` is not served at `now`. */
export function diagnose(state: KeyPoolState, ticket: Ticket, now: number): WaitDiagnosis {
  const { keys, queue } = scopeOf(state, ticket.tenant);
  if (queue.items[queue.head] !== ticket) return { reason: 'turn', retryAfterMs: undefined };
  return diagnoseKeys(keys, Math.max(state.now, now));
}

/** Why none of the keys of a tenant serves anybody at `now`, whoever waits. */
export function diagnoseKeys(keys: readonly ProviderKey[], now: number): WaitDiagnosis {
  if (keys.length === 0) return { reason: 'no_keys', retryAfterMs: undefined };
  const withPlace = keys.filter((key) => key.active < key.concurrencyLimit);
  const withRate = keys.filter((key) => reopening(key) <= now);
  const soonest = withPlace.reduce((soonest, key) => Math.min(soonest, reopening(key)), Infinity);
  return { reason: reasonOf(withPlace, withRate), retryAfterMs: soonest === Infinity ? undefined : Math.max(0, soonest - now) };
}

function reasonOf(withPlace: readonly ProviderKey[], withRate: readonly ProviderKey[]): WaitReason {
  if (withPlace.length === 0) return withRate.length === 0 ? 'concurrency_and_rpm' : 'concurrency';
  if (withRate.length === 0) return 'rpm';
  return withPlace.some((key) => withRate.includes(key)) ? 'turn' : 'mixed';
}

/**
 * The next time at which the pool can do something without being asked: a rate window reopens for somebody who waits,
 * or a ticket reaches its wait limit. Leases are watched by their heartbeats instead.
 * @returns milliseconds since the epoch, undefined when nothing is due
 */
export function nextWakeAt(state: KeyPoolState): number | undefined {
  let soonest = Infinity;
  for (const scope of state.waiting) {
    for (const key of scope.keys) {
      if (key.active < key.concurrencyLimit) soonest = Math.min(soonest, Math.max(state.now, reopening(key)));
    }
  }
  for (const ticket of state.tickets.values()) soonest = Math.min(soonest, ticket.deadline);
  return soonest === Infinity ? undefined : soonest;
}

const reopening = (key: ProviderKey): number => (key.window ? reopensAt(key.window, 0) : -Infinity);
