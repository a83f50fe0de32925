/** Why a ticket waits. `turn`: others who may use the same keys came first, or it is about to be served. */
export type WaitReason = 'turn' | 'no_keys' | 'rpm' | 'concurrency' | 'concurrency_and_rpm' | 'mixed';

export interface WaitDiagnosis {
  reason: WaitReason;
  /** Milliseconds until a rate window reopens on a key with a free place; undefined when only a release can help. */
  retryAfterMs: number | undefined;
}

/** A key as somebody who waits sees it. */
export interface KeyOutlook {
  /** Whether it has fewer leases than its concurrency limit. */
  hasPlace: boolean;
  /** When its rate window allows one more, milliseconds since the epoch; -Infinity: already, Infinity: never. */
  reopensAt: number;
}

/** Why nobody is served by these keys, all keys of one tenant, at `now`. */
export function diagnoseKeys(keys: readonly KeyOutlook[], now: number): WaitDiagnosis {
  const withPlace = keys.filter((key) => key.hasPlace);
  const soonest = Math.min(...withPlace.map((key) => key.reopensAt));
  return { reason: reasonOf(keys, withPlace, now), retryAfterMs: soonest === Infinity ? undefined : Math.max(0, soonest - now) };
}

function reasonOf(keys: readonly KeyOutlook[], withPlace: readonly KeyOutlook[], now: number): WaitReason {
  const hasRate = (key: KeyOutlook): boolean => key.reopensAt <= now;
  if (keys.length === 0) return 'no_keys';
  if (withPlace.length === 0) return keys.some(hasRate) ? 'concurrency' : 'concurrency_and_rpm';
  if (!keys.some(hasRate)) return 'rpm';
  return withPlace.some(hasRate) ? 'turn' : 'mixed';
}
