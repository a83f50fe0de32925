import { userEvents, type UserEvent } from '../../schema/user/events';
import type { Refusal } from '../../schema/errors/catalogue';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import type { Role } from '../../src/graphql/context';
import type { Sealed } from '../../src/vault/port';

export type UserState = { exists: false } | { exists: true; userId: string; tenantId: string; role: Role; active: boolean };

/** The user who gives the command, with the role the session proves. */
export interface By {
  userId: string;
  tenantId: string;
  role: Role;
}

export type UserCommand =
  | { type: 'CreateUser'; userId: string; tenantId: string; loginName: string; email: Sealed; displayName: Sealed; role: Role }
  | { type: 'AssignRole'; role: Role; by: By }
  | { type: 'DeactivateUser'; by: By };

export const user: Aggregate<UserState, UserCommand, typeof userEvents> = {
  category: 'user',
  events: userEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'CreateUser',
};

function evolve(state: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'UserCreated':
      return { exists: true, userId: event.data.userId, tenantId: event.data.tenantId, role: event.data.role, active: true };
    case 'RoleAssigned':
      return state.exists ? { ...state, role: event.data.role } : state;
    case 'UserDeactivated':
      return state.exists ? { ...state, active: false } : state;
    default:
      return event satisfies never;
  }
}

function decide(state: UserState, command: UserCommand): Decision<UserEvent> {
  if (command.type === 'CreateUser') return createUser(state, command);
  if (!state.exists || state.tenantId !== command.by.tenantId) return refuse('E4041', 'user_unknown', 'There is no such user.', { path: ['userId'] });
  switch (command.type) {
    case 'AssignRole':
      return assignRole(state, command);
    case 'DeactivateUser':
      return deactivateUser(state, command);
    default:
      return command satisfies never;
  }
}

function createUser(state: UserState, command: Extract<UserCommand, { type: 'CreateUser' }>): Decision<UserEvent> {
  if (state.exists) return nothing;
  const { userId, tenantId, loginName, email, displayName, role } = command;
  return { events: [{ type: 'UserCreated', data: { userId, tenantId, loginName, email, displayName, role } }] };
}

type Existing = Extract<UserState, { exists: true }>;

/** Why `by` may not make anyone an owner, if so. Asked before a login name is claimed for somebody. */
export function refusalToGrant(role: Role, by: By): Refusal | undefined {
  if (role !== 'owner' || by.role === 'owner') return undefined;
  return { code: 'B2003', rule: 'owner_by_owner', message: 'Only an owner makes or unmakes an owner.', path: ['role'] };
}

function assignRole(state: Existing, { role, by }: Extract<UserCommand, { type: 'AssignRole' }>): Decision<UserEvent> {
  if (role === state.role) return nothing;
  if (by.userId === state.userId) return refuse('B2003', 'own_role', 'Nobody changes their own role; ask another owner.');
  const refusal = refusalToGrant(role, by) ?? refusalToGrant(state.role, by);
  if (refusal) return { refusal };
  return { events: [{ type: 'RoleAssigned', data: { userId: state.userId, role, previous: state.role } }] };
}

function deactivateUser(state: Existing, { by }: Extract<UserCommand, { type: 'DeactivateUser' }>): Decision<UserEvent> {
  if (!state.active) return nothing;
  if (by.userId === state.userId) return refuse('B2003', 'own_account', 'Nobody deactivates their own account; ask another owner.');
  if (by.role !== 'owner' && state.role === 'owner') return refuse('B2003', 'owner_by_owner', 'Only an owner deactivates an owner.');
  return { events: [{ type: 'UserDeactivated', data: { userId: state.userId } }] };
}
