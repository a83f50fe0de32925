import type { LeaseRow } from './list';

/** Milliseconds until a lease expires unless a heartbeat comes. */
export const timeLeft = ({ expiresAt }: Pick<LeaseRow, 'expiresAt'>, now: number): number => Math.max(0, Date.parse(expiresAt) - now);

/** What is left of its time to live, 0 to 1. */
export const shareLeft = (lease: Pick<LeaseRow, 'expiresAt' | 'ttlSeconds'>, now: number): number =>
  Math.min(1, timeLeft(lease, now) / (lease.ttlSeconds * 1_000));

/** Whether more than half of its time to live passed since the last heartbeat known here. */
export const isLate = ({ lastHeartbeatAt, ttlSeconds }: Pick<LeaseRow, 'lastHeartbeatAt' | 'ttlSeconds'>, now: number): boolean =>
  now - Date.parse(lastHeartbeatAt) > ttlSeconds * 500;
