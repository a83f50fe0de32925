import type { ProviderKeyRow } from './list';

/** What a provider key is good for right now. */
export type KeyStanding = 'READY' | 'COOLING' | 'EXPIRED' | 'OFF';

const soonMs = 7 * 24 * 60 * 60_000;

const isOver = (iso: string | null, now: number): boolean => iso !== null && Date.parse(iso) <= now;

/** The strongest reason against a key; nothing has to happen on the server for a rest or an expiry to come or go. */
export function standingOf({ active, expiresAt, coolingDownUntil }: Pick<ProviderKeyRow, 'active' | 'expiresAt' | 'coolingDownUntil'>, now: number): KeyStanding {
  if (!active) {
    return 'OFF';
  }
  if (isOver(expiresAt, now)) {
    return 'EXPIRED';
  }
  return coolingDownUntil !== null && !isOver(coolingDownUntil, now) ? 'COOLING' : 'READY';
}

/** Whether a key that is still good ends within a week. */
export const expiresSoon = ({ expiresAt }: Pick<ProviderKeyRow, 'expiresAt'>, now: number): boolean =>
  expiresAt !== null && !isOver(expiresAt, now) && Date.parse(expiresAt) - now < soonMs;
