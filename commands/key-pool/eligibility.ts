import { reopensAt } from './rate-window';
import type { ProviderKey } from './state';

/** Use of a key that is decided but not yet in the state. */
export interface Pending {
  active: number;
  permits: number;
}

export const nothingPending: Pending = { active: 0, permits: 0 };

/** Whether the key may be granted at all at `now`: whoever waits takes other keys for not there. */
export const isInUse = ({ deactivated, expiresAt }: ProviderKey, now: number): boolean => deactivated === undefined && now < expiresAt;

/** Whether one more lease fits under its concurrency limit. */
export const hasPlace = ({ active, concurrencyLimit }: ProviderKey, pending: Pending = nothingPending): boolean =>
  active + pending.active < concurrencyLimit;

/** When it has cooled down and its rate allows one more grant. @returns milliseconds since the epoch, Infinity for never */
export const opensAt = ({ window, coolsUntil }: ProviderKey, pending: Pending = nothingPending): number =>
  Math.max(coolsUntil, reopensAt(window, pending.permits));

/** Whether the key can be granted at `now`. */
export const isFree = (key: ProviderKey, now: number, pending: Pending = nothingPending): boolean =>
  isInUse(key, now) && hasPlace(key, pending) && now >= opensAt(key, pending);
