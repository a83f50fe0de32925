import { setTimeout as sleep } from 'node:timers/promises';
import type { BurstResult } from '../../schema/load-test/events';

/** A lease as a burst sees it. */
export interface BurstLease {
  keyName: string;
  release(): Promise<void>;
}

export interface Burst {
  provider: string;
  /** Requests at once. */
  burst: number;
  minHoldMs: number;
  maxHoldMs: number;
  /** Asks for the `n`-th lease; undefined when there was none in time or it was refused. */
  lease(n: number): Promise<BurstLease | undefined>;
  /** Milliseconds of a clock that only goes forward. */
  clock(): number;
  /** A number of [0, 1). */
  random(): number;
  signal: AbortSignal;
}

interface Got {
  keyName: string;
  waitedMs: number;
}

/**
 * Asks for all leases at the same moment, holds each as a call to a vendor would take, and gives it back.
 * @throws what `lease` throws, after the others have ended; the reason of `signal`
 */
export async function measureBurst(plan: Burst): Promise<BurstResult> {
  const { provider, burst, signal } = plan;
  // Everybody is ready before anybody asks.
  let open = (): void => {};
  const barrier = new Promise<void>((resolve) => {
    open = resolve;
  });
  const requests = Array.from({ length: burst }, async (_, n): Promise<Got | undefined> => {
    await barrier;
    return request(plan, n);
  });
  open();
  const ended = await Promise.allSettled(requests);
  signal.throwIfAborted();
  const broken = ended.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
  return resultOf(provider, burst, ended.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [])));
}

async function request({ lease, clock, random, minHoldMs, maxHoldMs, signal }: Burst, n: number): Promise<Got | undefined> {
  const asked = clock();
  const got = await lease(n);
  if (!got) return undefined;
  const waitedMs = clock() - asked;
  try {
    await sleep(minHoldMs + random() * (maxHoldMs - minHoldMs), undefined, { signal });
  } finally {
    await got.release();
  }
  return { keyName: got.keyName, waitedMs };
}

function resultOf(provider: string, burst: number, got: readonly Got[]): BurstResult {
  const waits = got.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b);
  const grants = new Map<string, number>();
  for (const { keyName } of got) grants.set(keyName, (grants.get(keyName) ?? 0) + 1);
  return {
    provider,
    burst,
    succeeded: got.length,
    failed: burst - got.length,
    averageMs: rounded(waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length)),
    p50Ms: percentile(waits, 0.5),
    p95Ms: percentile(waits, 0.95),
    p99Ms: percentile(waits, 0.99),
    maxMs: rounded(waits.at(-1) ?? 0),
    keys: [...grants].map(([name, count]) => ({ name, grants: count })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The smallest value that the given share of all values does not exceed; 0 without any. @param sorted ascending */
function percentile(sorted: readonly number[], share: number): number {
  return rounded(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
