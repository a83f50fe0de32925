import type { Tone } from '../ui/status-pill';
import { standingOf } from './key-standing';
import type { KeyPoolRow, ProviderKeyRow } from './list';

export type Health = 'PAUSED' | 'STARVED' | 'AT_CAPACITY' | 'BACKLOGGED' | 'ACTIVE' | 'IDLE';

type Key = Pick<ProviderKeyRow, 'active' | 'expiresAt' | 'coolingDownUntil' | 'concurrencyLimit' | 'activeLeases'>;

export interface Figures extends Pick<KeyPoolRow, 'capacity' | 'activeLeases' | 'waiting'> {
  keys: readonly Key[];
  leases: readonly { providerKey: unknown }[];
  queue: readonly Pick<KeyPoolRow['queue'][number], 'reason'>[];
}

const sumOf = (keys: readonly Key[], figure: (key: Key) => number): number => keys.reduce((sum, key) => sum + figure(key), 0);

/**
 * How a pool is, in one word: the worst that is true. `PAUSED`: every key is off, expired or resting. `STARVED`: there is
 * no key for this tenant, or none for somebody who waits. Places on keys of other tenants count as good; of those only
 * one's own leases are known.
 * @param now milliseconds since the epoch
 */
export function healthOf({ capacity, activeLeases, waiting, keys, leases, queue }: Figures, now: number): Health {
  const ready = keys.filter((key) => standingOf(key, now) === 'READY');
  const resting = keys.filter((key) => standingOf(key, now) === 'COOLING');
  const borrowed = Math.max(0, capacity - sumOf([...ready, ...resting], ({ concurrencyLimit }) => concurrencyLimit));
  if (keys.length > 0 && ready.length === 0 && borrowed === 0) {
    return 'PAUSED';
  }
  if (capacity === 0 || queue.some(({ reason }) => reason === 'NO_KEYS')) {
    return 'STARVED';
  }
  const free = sumOf(ready, (key) => Math.max(0, key.concurrencyLimit - key.activeLeases))
    + Math.max(0, borrowed - leases.filter(({ providerKey }) => providerKey === null).length);
  if (free === 0) {
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
