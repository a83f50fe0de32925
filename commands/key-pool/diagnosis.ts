import { diagnoseKeys, type WaitDiagnosis } from '../../schema/key-pool/wait-diagnosis';
import { hasPlace, isInUse, opensAt } from './eligibility';
import { earliestDeadline, scopeOf } from './queue';
import type { KeyPoolState, ProviderKey, Ticket } from './state';

/** Why `ticket` is not served at `now`. */
export function diagnose(state: KeyPoolState, ticket: Ticket, now: number): WaitDiagnosis {
  const { queue } = scopeOf(state, ticket);
  return queue.items[queue.head] === ticket ? diagnoseRequest(state, ticket, now) : { reason: 'turn', retryAfterMs: undefined };
}

/** Why no key serves a request at `now`. A key that cools down counts as one whose rate is used up until then. */
export function diagnoseRequest(state: KeyPoolState, request: Pick<Ticket, 'tenant' | 'keyId'>, now: number): WaitDiagnosis {
  const at = Math.max(state.now, now);
  const keys = scopeOf(state, request).keys.filter((key) => isInUse(key, at));
  return diagnoseKeys(keys.map((key) => ({ hasPlace: hasPlace(key), reopensAt: opensAt(key) })), at);
}

/**
 * The next time at which the pool can do something without being asked: a rate window reopens or a cool-down ends for
 * somebody who waits, or a ticket reaches its wait limit. Leases are watched by their heartbeats instead.
 * @returns milliseconds since the epoch, undefined when nothing is due
 */
export function nextWakeAt(state: KeyPoolState): number | undefined {
  let soonest = earliestDeadline(state);
  for (const scope of state.waiting) {
    for (const key of scope.keys) soonest = Math.min(soonest, servesAt(key, state.now));
  }
  return soonest === Infinity ? undefined : soonest;
}

/** When time alone makes a key free, Infinity for never. */
function servesAt(key: ProviderKey, now: number): number {
  const at = Math.max(now, opensAt(key));
  return hasPlace(key) && isInUse(key, at) ? at : Infinity;
}
