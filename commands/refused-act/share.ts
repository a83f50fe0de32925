import { createLru } from '../../src/lru';

const MINUTE_MS = 60_000;
/** Callers remembered, and for how long after their last refusal. */
const CALLERS = 5_000;
const REMEMBERED_MS = 60 * MINUTE_MS;

/** How many refusals in a minute are kept of one caller, or of many together. */
export interface Share {
  name: string;
  aMinute: number;
}

interface Taken {
  since: number;
  kept: number;
  /** Since the last one that was kept. */
  left: number;
}

/** Bounds how many refusals are kept. */
export interface Shares {
  /**
   * Keeps a refusal when there is room for it in all of these shares.
   * @returns how many were left out of them since the last one that was kept, or undefined when this one is left out too
   */
  take(...shares: readonly Share[]): number | undefined;
}

/** @param now milliseconds since the epoch */
export function createShares(now: () => number): Shares {
  const remembered = createLru<string, Taken>(CALLERS, REMEMBERED_MS, now);

  function takenOf({ name }: Share, at: number): Taken {
    const known = remembered.get(name);
    return known && at - known.since < MINUTE_MS ? known : { since: at, kept: 0, left: known?.left ?? 0 };
  }

  return {
    take(...shares) {
      const at = now();
      const all = shares.map((share) => ({ ...share, taken: takenOf(share, at) }));
      const full = all.find(({ taken, aMinute }) => taken.kept >= aMinute);
      if (full) {
        remembered.set(full.name, { ...full.taken, left: full.taken.left + 1 });
        return undefined;
      }
      for (const { name, taken } of all) remembered.set(name, { ...taken, kept: taken.kept + 1, left: 0 });
      return all.reduce((sum, { taken }) => sum + taken.left, 0);
    },
  };
}
