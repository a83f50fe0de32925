import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Gateway, OutboundRequest } from './gateway';
import { OutboundError } from './outbound-error';

export interface RetryPolicy {
  /** How often a failed call is repeated. */
  maxRetries: number;
  /** Milliseconds before the first repetition; doubles each time, with up to half of it taken off at random. */
  delayMs: number;
  /** Whether repeating the call has no second effect. If not, only calls that were never sent are repeated. */
  idempotent: boolean;
}

const MAX_DELAY_MS = 30_000;
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const PASSING_FAILURE = new Set(['unreachable', 'timeout', 'dropped', 'unavailable']);

/** Whether the same call may well succeed later. */
export function isPassing(outcome: Answer | OutboundError): boolean {
  return outcome instanceof OutboundError ? PASSING_FAILURE.has(outcome.failure) : PASSING_STATUS.has(outcome.status);
}

/**
 * Calls until there is an answer that is not a passing failure, the repetitions are used up, or the upstream asks for a
 * longer pause than a caller should sit through (30 s).
 * @throws OutboundError when even the last attempt got no answer
 */
export async function callWithRetries(gateway: Gateway, upstream: string, request: OutboundRequest, policy: RetryPolicy): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await gateway.call(upstream, request).catch((error: unknown) => {
      if (error instanceof OutboundError) return error;
      throw error;
    });
    const pause = attempt < policy.maxRetries ? pauseAfter(outcome, attempt, policy) : undefined;
    if (pause === undefined) {
      if (outcome instanceof OutboundError) throw outcome;
      return outcome;
    }
    await sleep(pause, undefined, { signal: request.signal }).catch(() => {
      throw new OutboundError(upstream, 'aborted', false, 'the call was given up between two attempts');
    });
  }
}

/** Milliseconds to wait before repeating, undefined for not at all. */
function pauseAfter(outcome: Answer | OutboundError, attempt: number, { delayMs, idempotent }: RetryPolicy): number | undefined {
  if (!isPassing(outcome)) return undefined;
  const notSent = outcome instanceof OutboundError && outcome.notSent;
  if (!idempotent && !notSent) return undefined;
  const asked = outcome instanceof OutboundError ? undefined : outcome.retryAfterMs;
  if (asked !== undefined && asked > MAX_DELAY_MS) return undefined;
  const backOff = Math.min(MAX_DELAY_MS, delayMs * 2 ** attempt) * (0.5 + Math.random() / 2);
  return Math.max(backOff, asked ?? 0);
}
