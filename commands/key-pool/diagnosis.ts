import { diagnoseKeys, type WaitDiagnosis } from '../../schema/key-pool/wait-diagnosis';
import { reopensAt } from './rate-window';
import { scopeOf, type KeyPoolState, type ProviderKey, type Ticket } from './state';

/** Why `ticket` is not served at `now`. */
export function diagnose(state: KeyPoolState, ticket: Ticket, now: number): WaitDiagnosis {
  const { queue } = scopeOf(state, ticket.tenant);
  return queue.items[queue.head] === ticket ? diagnoseTenant(state, ticket.tenant, now) : { reason: 'turn', retryAfterMs: undefined };
}

/** Why no key serves anybody of a tenant at `now`. */
export function diagnoseTenant(state: KeyPoolState, tenant: string, now: number): WaitDiagnosis {
  const outlooks = scopeOf(state, tenant).keys.map((key) => ({ hasPlace: hasPlace(key), reopensAt: reopening(key) }));
  return diagnoseKeys(outlooks, Math.max(state.now, now));
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
      if (hasPlace(key)) soonest = Math.min(soonest, Math.max(state.now, reopening(key)));
    }
  }
  for (const ticket of state.tickets.values()) soonest = Math.min(soonest, ticket.deadline);
  return soonest === Infinity ? undefined : soonest;
}

const hasPlace = (key: ProviderKey): boolean => key.active < key.concurrencyLimit;
const reopening = (key: ProviderKey): number => (key.window ? reopensAt(key.window, 0) : -Infinity);
