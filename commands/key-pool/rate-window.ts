/** Length of the window in which permits are counted, in milliseconds. */
export const WINDOW_MS = 60_000;

/**
 * Sliding log of the newest permits of one key: at most `limit` times, oldest first from `next`. A permit counts
 * while it is younger than 60 s, so no 60 s anywhere hold more than `limit` of them.
 */
export interface RateWindow {
  limit: number;
  /** Times of the newest permits; a ring once it holds `limit` of them. */
  times: number[];
  /** Where the next time goes once the ring is full; its oldest time is there. */
  next: number;
}

export const newWindow = (limit: number): RateWindow => ({ limit, times: [], next: 0 });

/** Adds a permit. `at` must not be older than the newest one. */
export function addPermit(window: RateWindow, at: number): void {
  if (window.times.length < window.limit) {
    window.times.push(at);
    return;
  }
  window.times[window.next] = at;
  window.next = (window.next + 1) % window.limit;
}

/**
 * When one more permit is allowed, given `pending` permits that are decided but not yet added.
 * @returns milliseconds since the epoch; -Infinity: already, Infinity: not before the pending ones age, or never
 */
export function reopensAt(window: RateWindow, pending: number): number {
  const allowed = window.limit - pending;
  if (allowed <= 0) return Infinity;
  if (window.times.length < allowed) return -Infinity;
  return nth(window, window.times.length - allowed) + WINDOW_MS;
}

/** Permits that count at `now`. */
export function permitsAt(window: RateWindow, now: number): number {
  const count = window.times.length;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nth(window, middle) > now - WINDOW_MS) high = middle;
    else low = middle + 1;
  }
  return count - low;
}

export const copyWindow = (window: RateWindow): RateWindow => ({ ...window, times: window.times.slice() });

/** The n-th oldest time. */
function nth({ times, next, limit }: RateWindow, n: number): number {
  return times.length < limit ? times[n]! : times[(next + n) % limit]!;
}
