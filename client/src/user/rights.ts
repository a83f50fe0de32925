import { manages, type Role as RoleName } from '../../../schema/access/roles';
import type { Role } from '../lib/permissions';
import type { UserRow } from './list';
import { roles } from './spec';

const nameOf = (role: Role): RoleName => role.toLowerCase() as RoleName;

/** Roles that somebody may give. */
export const rolesToGive = (by: Role): readonly Role[] => roles.filter((role) => manages(nameOf(by), nameOf(role)));

/** What may be done to a user; what may not is not offered. The server decides in the end. */
export interface ActsOnUser {
  edit: boolean;
  assignRole: boolean;
  password: boolean;
  sessions: boolean;
  deactivate: boolean;
  reactivate: boolean;
  delete: boolean;
}

const none: ActsOnUser = {
  edit: false, assignRole: false, password: false, sessions: false, deactivate: false, reactivate: false, delete: false,
};

interface Manager {
  id: string;
  role: Role;
  /** Has the right to change people at all. */
  mayWrite: boolean;
}

/** Nobody acts on people above them; on themselves they change what does not take their own rights or account away. */
export function actsOn({ id, role, mayWrite }: Manager, user: Pick<UserRow, 'id' | 'role' | 'state'>): ActsOnUser {
  if (!mayWrite || user.state === 'DELETED') {
    return none;
  }
  if (id === user.id) {
    return { ...none, edit: true };
  }
  if (!manages(nameOf(role), nameOf(user.role))) {
    return none;
  }
  const active = user.state === 'ACTIVE';
  return { edit: true, assignRole: true, password: active, sessions: active, deactivate: active, reactivate: !active, delete: true };
}
