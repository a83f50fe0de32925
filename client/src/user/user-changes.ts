import type { Role } from '../lib/permissions';
import type { UserRow } from './list';

export interface UserForm {
  displayName: string;
  organization: string;
  note: string;
  tier: string;
  role: Role;
  /** Empty: no limit. */
  dailyLimit: string;
}

export const formOf = ({ displayName, organization, note, tier, role, dailyLimit }: UserRow): UserForm => ({
  displayName, organization: organization ?? '', note: note ?? '', tier, role, dailyLimit: dailyLimit === null ? '' : String(dailyLimit),
});

interface UserChanges {
  /** Omitted keeps, null clears. */
  profile?: { displayName?: string; organization?: string | null; note?: string | null };
  tier?: string;
  role?: Role;
  /** Null: no limit. */
  dailyLimit?: number | null;
}

/** What a form changes about a user; nothing that it leaves as it is. */
export function userChanges(user: UserRow, form: UserForm): UserChanges {
  const held = formOf(user);
  const changed = <Field extends keyof UserForm>(field: Field): boolean => form[field].trim() !== held[field];
  const profile = {
    ...(changed('displayName') && { displayName: form.displayName.trim() }),
    ...(changed('organization') && { organization: form.organization.trim() || null }),
    ...(changed('note') && { note: form.note.trim() || null }),
  };
  return {
    ...(Object.keys(profile).length > 0 && { profile }),
    ...(changed('tier') && { tier: form.tier.trim() }),
    ...(changed('role') && { role: form.role }),
    ...(changed('dailyLimit') && { dailyLimit: form.dailyLimit.trim() === '' ? null : Number(form.dailyLimit) }),
  };
}
