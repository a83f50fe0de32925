import type { UserStanding } from '../../src/auth/port';
import type { UserState } from './decider';

/** What callers are judged by; undefined for a user who does not exist or was deleted. */
export function standingOf(state: UserState): UserStanding | undefined {
  if (!state.exists || state.deleted) return undefined;
  const { tenantId, role, active, tier, dailyRequests } = state;
  return { tenantId, role, active, tier, dailyRequests };
}
