import type { Tone } from '../ui/status-pill';
import { standingOf } from './key-standing';
import type { KeyPoolRow, ProviderKeyRow } from './list';

export type Health = 'PAUSED' | 'STARVED' | 'AT_CAPACITY' | 'BACKLOGGED' | 'ACTIVE' | 'IDLE';

type Key = Pick<ProviderKeyRow, 'active' | 'expiresAt' | 'coolingDownUntil' | 'concurrencyLimit'>;

export interface Figures extends Pick<KeyPoolRow, 'capacity' | 'activeLeases' | 'waiting'> {
  keys: readonly Key[];
  queue: readonly Pick<KeyPoolRow['queue'][number], 'reason'>[];
}

const placesOf = (keys: readonly Key[]): number => keys.reduce((sum, { concurrencyLimit }) => sum + concurrencyLimit, 0);

/**
 * How a pool is, in one word: the worst that is true. `PAUSED`: every key is off, expired or resting. `STARVED`: there is
 * no key for this tenant, or none for somebody who waits. Places on keys of other tenants count as good.
 * @param now milliseconds since the epoch
 */
export function healthOf({ capacity, activeLeases, waiting, keys, queue }: Figures, now: number): Health {
  const idle = keys.filter((key) => standingOf(key, now) !== 'READY');
  const borrowed = Math.max(0, capacity - placesOf(keys));
  if (keys.length > 0 && idle.length === keys.length && borrowed === 0) {
    return 'PAUSED';
  }
  if (capacity === 0 || queue.some(({ reason }) => reason === 'NO_KEYS')) {
    return 'STARVED';
  }
  if (activeLeases >= Math.min(capacity, borrowed + placesOf(keys) - placesOf(idle))) {
    return 'AT_CAPACITY';
  }
  if (waiting > 0) {
    return 'BACKLOGGED';
  }
  return activeLeases > 0 ? 'ACTIVE' : 'IDLE';
}

export const healthTones: Record<Health, Tone> = {
  PAUSED: 'cancelled',
  STARVED: 'bad',
  AT_CAPACITY: 'waiting',
  BACKLOGGED: 'warning',
  ACTIVE: 'running',
  IDLE: 'good',
};
