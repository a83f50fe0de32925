import { createLru } from '../../src/lru';

/** Refusals of one caller that are kept in a minute. */
export const KEPT_A_MINUTE = 30;
const MINUTE_MS = 60_000;
/** Callers remembered, and for how long after their last refusal. */
const CALLERS = 5_000;
const REMEMBERED_MS = 60 * MINUTE_MS;

interface Share {
  since: number;
  kept: number;
  /** Since the last one that was kept. */
  left: number;
}

/** Bounds how many refusals of one caller are kept. */
export interface Shares {
  /** @returns how many were left out since the last one that was kept, or undefined when this one is left out too */
  take(caller: string): number | undefined;
}

/** @param now milliseconds since the epoch */
export function createShares(now: () => number): Shares {
  const callers = createLru<string, Share>(CALLERS, REMEMBERED_MS, now);
  return {
    take(caller) {
      const known = callers.get(caller);
      const at = now();
      const share = known && at - known.since < MINUTE_MS ? known : { since: at, kept: 0, left: known?.left ?? 0 };
      const keeps = share.kept < KEPT_A_MINUTE;
      callers.set(caller, keeps ? { ...share, kept: share.kept + 1, left: 0 } : { ...share, left: share.left + 1 });
      return keeps ? share.left : undefined;
    },
  };
}
