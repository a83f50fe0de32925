import type { ProviderKeyRow } from './list';

export const windowMs = 60_000;

type Permits = Pick<ProviderKeyRow, 'permitsLastMinute' | 'permitTimes'>;

/**
 * Permits of a key in the 60 seconds before `now`. The server said how many there were when it answered; those whose
 * time is known leave the window by themselves.
 */
export const permitsAt = ({ permitsLastMinute, permitTimes }: Permits, now: number): number =>
  Math.max(0, permitsLastMinute - permitTimes.filter((time) => Date.parse(time) <= now - windowMs).length);
