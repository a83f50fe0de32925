import { copyFifo, dropFirst, emptyFifo, type Fifo } from './fifo';

/** Length of the window in which permits are counted, in milliseconds. */
export const WINDOW_MS = 60_000;

/**
 * Sliding log of the permits of one key in the last 60 s. A permit counts while it is younger than 60 s, so no 60 s
 * anywhere hold more than `limit` of them. Under another limit the same permits count.
 */
export interface RateWindow {
  /** Infinity: none. The permits of grants are kept all the same, for a limit that comes later. */
  readonly limit: number;
  /** When each permit was taken, oldest first; none is older than 60 s at the time of the newest. */
  readonly times: Fifo<number>;
}

/** Whether the number of permits is limited. */
export const isLimited = ({ limit }: RateWindow): boolean => limit < Infinity;

export const newWindow = (limit: number): RateWindow => ({ limit, times: emptyFifo() });

/** Adds a permit. `at` must not be older than the newest one. */
export function addPermit({ times }: RateWindow, at: number): void {
  times.items.push(at);
  while (times.items[times.head]! <= at - WINDOW_MS) dropFirst(times);
}

/**
 * When one more permit is allowed, given `pending` permits that are decided but not yet added.
 * @returns milliseconds since the epoch; -Infinity: already, Infinity: not before the pending ones age, or never
 */
export function reopensAt({ limit, times: { items, head } }: RateWindow, pending: number): number {
  const allowed = limit - pending;
  if (allowed <= 0) return Infinity;
  const inTheWay = items.length - allowed;
  return inTheWay < head ? -Infinity : items[inTheWay]! + WINDOW_MS;
}

/** Permits that count at `now`. */
export function permitsAt({ times: { items, head } }: RateWindow, now: number): number {
  let low = head;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]! > now - WINDOW_MS) high = middle;
    else low = middle + 1;
  }
  return items.length - low;
}

export const copyWindow = ({ limit, times }: RateWindow): RateWindow => ({ limit, times: copyFifo(times) });
