import type { Role } from '../lib/permissions';

/** A text that stays, is replaced, or goes. Empty keeps; only the switch clears. */
export interface Clearable {
  text: string;
  clear: boolean;
}

export interface BatchForm {
  organization: Clearable;
  note: Clearable;
  tier: string;
  /** Empty keeps. */
  role: Role | '';
}

interface BatchChanges {
  organization?: string | null;
  note?: string | null;
  tier?: string;
  role?: Role;
}

const changeOf = ({ text, clear }: Clearable): string | null | undefined => (clear ? null : text.trim() || undefined);

/** What the API is told: a field that is left out keeps, null clears. */
export function batchChanges({ organization, note, tier, role }: BatchForm): BatchChanges {
  const changes = { organization: changeOf(organization), note: changeOf(note), tier: tier.trim() || undefined, role: role || undefined };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
