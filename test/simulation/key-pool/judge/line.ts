import { fits, isFree, share } from './keys';
import type { Key, Pool, Waiter } from './pool';
import { broken } from './violation';

/** Who stands first in line of those whom some key would serve. */
export function servable(pool: Pool, now: number): Waiter | undefined {
  if (pool.waiters.length === 0) return undefined;
  const free = pool.keys.filter((key) => isFree(key, now));
  if (free.length === 0) return undefined;
  return pool.waiters.find((waiter) => waiter.deadline > now && free.some((key) => fits(key, waiter)));
}

export function noneServable(pool: Pool, now: number, after: string): void {
  const first = servable(pool, now);
  if (first) broken(`${first.ticketId} could be served after ${after}`);
}

/** Free keys for a request, the one to give first. */
export function freeFor(pool: Pool, request: { tenant: string; keyId?: string | undefined }, now: number): Key[] {
  return pool.keys
    .filter((key) => fits(key, request) && isFree(key, now))
    .sort((a, b) => b.priority - a.priority || a.active / a.limit - b.active / b.limit || share(a, now) - share(b, now)
      || (a.id < b.id ? -1 : 1));
}
