import type { Tone } from '../ui/status-pill';
import type { KeyPoolRow } from './list';

export type Health = 'STARVED' | 'AT_CAPACITY' | 'BACKLOGGED' | 'ACTIVE' | 'IDLE';

/** How a pool is, in one word: the worst that is true. */
export function healthOf({ capacity, activeLeases, waiting }: Pick<KeyPoolRow, 'capacity' | 'activeLeases' | 'waiting'>): Health {
  if (capacity === 0) {
    return 'STARVED';
  }
  if (activeLeases >= capacity) {
    return 'AT_CAPACITY';
  }
  if (waiting > 0) {
    return 'BACKLOGGED';
  }
  return activeLeases > 0 ? 'ACTIVE' : 'IDLE';
}

export const healthTones: Record<Health, Tone> = {
  STARVED: 'bad',
  AT_CAPACITY: 'waiting',
  BACKLOGGED: 'warning',
  ACTIVE: 'running',
  IDLE: 'good',
};
