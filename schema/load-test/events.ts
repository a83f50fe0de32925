import { z } from 'zod';
import { event, type EventOf } from '../define-events';

const milliseconds = z.number().nonnegative();

/** What one burst showed; times are from asking for a lease to holding it, in milliseconds. */
export const burstResult = z.strictObject({
  provider: z.string(),
  burst: z.int().positive(),
  succeeded: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  averageMs: milliseconds,
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
  maxMs: milliseconds,
  /** Grants by name of the provider key. */
  keys: z.array(z.strictObject({ name: z.string(), grants: z.int().positive() })),
});
export type BurstResult = z.infer<typeof burstResult>;

export const loadTestEvents = {
  /** Bursts of simultaneous requests for leases, each held for `minHoldMs` to `maxHoldMs`. */
  LoadTestRequested: event(z.strictObject({
    loadTestId: z.string(),
    providers: z.array(z.string()),
    bursts: z.array(z.int().positive()),
    minHoldMs: milliseconds,
    maxHoldMs: milliseconds,
    requestedBy: z.string(),
  })),
  LoadTestFinished: event(z.strictObject({ loadTestId: z.string(), results: z.array(burstResult) })),
  LoadTestFailed: event(z.strictObject({ loadTestId: z.string(), reason: z.string() })),
};

export type LoadTestEvent = EventOf<typeof loadTestEvents>;
