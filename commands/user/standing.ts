import type { Role } from '../../src/graphql/context';
import type { UserState } from './decider';

/** What sessions of a user are judged by; undefined for a user who does not exist. */
export function standingOf(state: UserState): { role: Role; active: boolean } | undefined {
  return state.exists ? { role: state.role, active: state.active } : undefined;
}
