import autocannon from 'autocannon';
import { serveParent, startChild } from './child';

/** A closed loop: each connection sends its next request when it has the answer to the last. */
export interface Load {
  url: string;
  headers: Record<string, string>;
  body: string;
  connections: number;
  seconds: number;
  /** Answers must contain this, or the run counts for nothing. */
  expect: string;
}

export interface LoadResult {
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const WARM_UP_SECONDS = 1;

/** Loads a server from a process of its own, after a short warm-up. @throws Error when any answer was not as expected */
export async function putLoad(load: Load): Promise<LoadResult> {
  const child = await startChild<LoadResult | string>(__filename, load);
  await child.stop();
  if (typeof child.ready === 'string') throw new Error(child.ready);
  return child.ready;
}

/** The median of each figure over several runs. */
export function medianOf(results: readonly LoadResult[]): LoadResult {
  return {
    requestsPerSecond: median(results.map(({ requestsPerSecond }) => requestsPerSecond)),
    p50: median(results.map(({ p50 }) => p50)),
    p99: median(results.map(({ p99 }) => p99)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function run({ url, headers, body, connections, seconds, expect }: Load): Promise<LoadResult | string> {
  let unexpected = '';
  const verifyBody = (answer: string): boolean => {
    const good = answer.includes(expect);
    if (!good) unexpected = answer;
    return good;
  };
  const options = { url, method: 'POST' as const, headers, body, connections, verifyBody };
  await autocannon({ ...options, duration: WARM_UP_SECONDS });
  const { requests, duration, latency, errors, timeouts, mismatches, non2xx } = await autocannon({ ...options, duration: seconds });
  if (errors + timeouts + mismatches + non2xx > 0) {
    return `${url}: ${errors} errors, ${timeouts} timeouts, ${mismatches} unexpected answers, ${non2xx} not 2xx. ${unexpected.slice(0, 500)}`;
  }
  return { requestsPerSecond: requests.total / duration, p50: latency.p50, p99: latency.p99 };
}

if (require.main === module) serveParent(async (load: Load) => ({ ready: await run(load) }));
