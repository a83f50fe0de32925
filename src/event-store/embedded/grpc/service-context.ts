import type { Log } from '../log/log';

/** What every service of one server works with. */
export interface ServiceContext {
  log: Log;
  /** Most bytes that one append may have. */
  maxAppendSize: number;
  /** Longest that a write waits for its commit, in milliseconds; a caller's earlier deadline goes before it. */
  writeTimeoutMs: number;
  /** Aborted when the server stops: subscriptions end then. */
  closing: AbortSignal;
  /** Tells the operator why a call failed where the caller could not help it. */
  onFailure(error: unknown): void;
}

/**
 * When a write must be answered, in milliseconds since the epoch.
 * @param deadline what the caller set, if anything
 */
export function answerBy({ writeTimeoutMs }: ServiceContext, deadline: number | undefined): number {
  return Math.min(Date.now() + writeTimeoutMs, deadline ?? Infinity);
}
