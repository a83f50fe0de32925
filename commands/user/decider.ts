import { manages, type Role } from '../../schema/access/roles';
import type { Refusal } from '../../schema/errors/catalogue';
import { userEvents, type UserEvent } from '../../schema/user/events';
import { standardPreferences, type Preferences } from '../../schema/user/preferences';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import type { Sealed } from '../../src/vault/port';
import { changedMeanwhile } from '../tenant/decider';

export interface Existing {
  exists: true;
  deleted: false;
  userId: string;
  tenantId: string;
  loginName: string;
  role: Role;
  tier: string;
  active: boolean;
  /** How often role or activity have changed. What was decided for one term does not hold in the next. */
  term: number;
  displayName: Sealed;
  organization: string | null;
  note: Sealed | null;
  picture: Sealed | null;
  /** Requests a day; null is unlimited, undefined the server's default. */
  dailyRequests: number | null | undefined;
  preferences: Preferences;
}

/** A deleted user stays as a name of the past: nothing more can be done to them. */
export type UserState = { exists: false } | { exists: true; deleted: true; userId: string; tenantId: string; loginName: string } | Existing;

/** Whoever gives the command, with the rights they have now. */
export interface By {
  id: string;
  tenantId: string;
  role: Role | 'service';
}

/** Personal texts come sealed. Omitted keeps, null clears. */
export interface UserChanges {
  displayName?: Sealed;
  organization?: string | null;
  note?: Sealed | null;
  picture?: Sealed | null;
}

export interface CreateUser {
  type: 'CreateUser';
  userId: string;
  tenantId: string;
  loginName: string;
  email: Sealed;
  displayName: Sealed;
  role: Role;
  organization: string | null;
  note: Sealed | null;
  tier: string;
}

/** Only while role and activity are those that whoever decided it has seen. */
interface InTerm {
  term: number;
}

/** What somebody does to a user of a lower role. */
export type Managed =
  | { type: 'UpdateUser'; changes: UserChanges }
  | ({ type: 'AssignRole'; role: Role } & InTerm)
  | { type: 'AssignTier'; tier: string }
  | { type: 'SetDailyLimit'; requests: number | null }
  | { type: 'RecordPasswordSet' }
  | { type: 'RecordPasswordLink'; linkId: string; expiresAt: string }
  | ({ type: 'DeactivateUser' | 'ReactivateUser' | 'DeleteUser' } & InTerm);

/** What people do to their own account. */
type Own =
  | { type: 'UpdateProfile'; changes: Pick<UserChanges, 'displayName' | 'picture'> }
  | { type: 'SetPreferences'; preferences: Partial<Preferences> }
  | { type: 'RecordPasswordChange'; way: 'self' | 'link' };

/** Puts an owner into a new term, when nobody has finished taking them out of the present one. */
type RenewOffice = { type: 'RenewOffice' } & InTerm;

export type UserCommand = CreateUser | (Managed & { by: By }) | Own | RenewOffice;

export const user: Aggregate<UserState, UserCommand, typeof userEvents> = {
  category: 'user',
  events: userEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'CreateUser',
};

function evolve(state: UserState, event: UserEvent): UserState {
  if (event.type === 'UserCreated') {
    const { userId, tenantId, loginName, role, tier, displayName, organization, note } = event.data;
    return {
      exists: true, deleted: false, userId, tenantId, loginName, role, tier, active: true, term: 0,
      displayName, organization, note, picture: null, dailyRequests: undefined, preferences: standardPreferences,
    };
  }
  if (!state.exists || state.deleted) return state;
  switch (event.type) {
    case 'UserUpdated': {
      const { displayName = state.displayName, organization = state.organization, note = state.note, picture = state.picture } = event.data;
      return { ...state, displayName, organization, note, picture };
    }
    case 'RoleAssigned':
      return { ...state, role: event.data.role, term: state.term + 1 };
    case 'TierAssigned':
      return { ...state, tier: event.data.tier };
    case 'DailyLimitSet':
      return { ...state, dailyRequests: event.data.requests };
    case 'PreferencesSet':
      return { ...state, preferences: event.data.preferences };
    case 'PasswordChanged':
    case 'PasswordLinkIssued':
      return state;
    case 'UserDeactivated':
      return { ...state, active: false, term: state.term + 1 };
    case 'UserReactivated':
      return { ...state, active: true, term: state.term + 1 };
    case 'UserDeleted':
      return { exists: true, deleted: true, userId: state.userId, tenantId: state.tenantId, loginName: state.loginName };
    default:
      return event satisfies never;
  }
}

/** The term in which somebody is an active owner; undefined when they are none. */
export function termOfOffice(state: UserState): number | undefined {
  return state.exists && !state.deleted && state.active && state.role === 'owner' ? state.term : undefined;
}

export const userUnknown: Refusal = { code: 'E4041', rule: 'user_unknown', message: 'There is no such user.', path: ['userId'] };

/** Somebody who exists in this tenant; undefined for strangers and the deleted. */
export function existingIn(state: UserState, tenantId: string): Existing | undefined {
  return state.exists && !state.deleted && state.tenantId === tenantId ? state : undefined;
}

function decide(state: UserState, command: UserCommand): Decision<UserEvent> {
  if (command.type === 'CreateUser') return createUser(state, command);
  if (!state.exists || state.deleted) return { refusal: userUnknown };
  if (command.type === 'RenewOffice') return renewOffice(state, command);
  return 'by' in command ? decideManaged(state, command) : decideOwn(state, command);
}

function createUser(state: UserState, { type: _type, ...data }: CreateUser): Decision<UserEvent> {
  return state.exists ? nothing : { events: [{ type: 'UserCreated', data }] };
}

/** Why `by` may not give or take this role, if so. Asked before a login name is claimed for somebody. */
export function refusalToManage(role: Role, by: Pick<By, 'role'>): Refusal | undefined {
  if (manages(by.role, role)) return undefined;
  return {
    code: 'B2003', rule: 'role_above', message: 'You may manage only people whose role is below yours.', details: { role, yours: by.role },
  };
}

/** Why `by` may not act upon a user of their tenant, if so. Everybody may upon themselves, but for what only others may. */
export function refusalToActOn({ userId, role }: Pick<Existing, 'userId' | 'role'>, by: By): Refusal | undefined {
  return by.id === userId ? undefined : refusalToManage(role, by);
}

function decideManaged(state: Existing, command: Managed & { by: By }): Decision<UserEvent> {
  const { by } = command;
  if (state.tenantId !== by.tenantId) return { refusal: userUnknown };
  const refusal = refusalToActOn(state, by);
  if (refusal) return { refusal };
  const own = by.id === state.userId;
  const { userId } = state;
  switch (command.type) {
    case 'UpdateUser':
      return update(state, command.changes);
    case 'AssignRole':
      return assignRole(state, command, own);
    case 'AssignTier':
      if (command.tier === state.tier) return nothing;
      return { events: [{ type: 'TierAssigned', data: { userId, tier: command.tier, previous: state.tier } }] };
    case 'SetDailyLimit':
      if (command.requests === state.dailyRequests) return nothing;
      return { events: [{ type: 'DailyLimitSet', data: { userId, requests: command.requests } }] };
    case 'RecordPasswordSet':
      if (own) return refuse('B2003', 'own_password', 'Change your own password with the old one, in your account.');
      return { events: [{ type: 'PasswordChanged', data: { userId, by: 'operator' } }] };
    case 'RecordPasswordLink':
      return { events: [{ type: 'PasswordLinkIssued', data: { userId, linkId: command.linkId, expiresAt: command.expiresAt } }] };
    case 'DeactivateUser':
      if (own) return refuse('B2003', 'own_account', 'Nobody deactivates their own account; ask somebody else.');
      return state.active ? inTerm(state, command, { type: 'UserDeactivated', data: { userId } }) : nothing;
    case 'ReactivateUser':
      return state.active ? nothing : inTerm(state, command, { type: 'UserReactivated', data: { userId } });
    case 'DeleteUser':
      if (own) return refuse('B2003', 'own_account', 'Nobody deletes their own account; ask somebody else.');
      return inTerm(state, command, { type: 'UserDeleted', data: { userId } });
    default:
      return command satisfies never;
  }
}

function decideOwn(state: Existing, command: Own): Decision<UserEvent> {
  const { userId } = state;
  switch (command.type) {
    case 'UpdateProfile':
      return update(state, command.changes);
    case 'SetPreferences': {
      const preferences = { ...state.preferences, ...command.preferences };
      const same = Object.entries(preferences).every(([name, value]) => state.preferences[name as keyof Preferences] === value);
      return same ? nothing : { events: [{ type: 'PreferencesSet', data: { userId, preferences } }] };
    }
    case 'RecordPasswordChange':
      return { events: [{ type: 'PasswordChanged', data: { userId, by: command.way } }] };
    default:
      return command satisfies never;
  }
}

function inTerm(state: Existing, { term }: InTerm, event: UserEvent): Decision<UserEvent> {
  if (state.term === term) return { events: [event] };
  return { refusal: changedMeanwhile };
}

function renewOffice(state: Existing, { term }: InTerm): Decision<UserEvent> {
  if (termOfOffice(state) !== term) return nothing;
  return { events: [{ type: 'RoleAssigned', data: { userId: state.userId, role: 'owner', previous: 'owner' } }] };
}

/** Sealed texts cannot be compared, so giving one is a change; an organisation that stays as it is, is none. */
function update(state: Existing, changes: UserChanges): Decision<UserEvent> {
  const { organization, ...sealed } = changes;
  const changed = {
    ...Object.fromEntries(Object.entries(sealed).filter(([, value]) => value !== undefined)),
    ...(organization !== undefined && organization !== state.organization && { organization }),
  };
  if (Object.keys(changed).length === 0) return nothing;
  return { events: [{ type: 'UserUpdated', data: { userId: state.userId, ...changed } }] };
}

function assignRole(state: Existing, command: Extract<Managed, { type: 'AssignRole' }> & { by: By }, own: boolean): Decision<UserEvent> {
  const { role, by } = command;
  if (role === state.role) return nothing;
  if (own) return refuse('B2003', 'own_role', 'Nobody changes their own role; ask somebody else.');
  const refusal = refusalToManage(role, by);
  if (refusal) return { refusal };
  return inTerm(state, command, { type: 'RoleAssigned', data: { userId: state.userId, role, previous: state.role } });
}
