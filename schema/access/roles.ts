/** What a user of a tenant may do, widest first. */
export const roles = ['owner', 'admin', 'auditor', 'user'] as const;

export type Role = (typeof roles)[number];

/**
 * Roles that whoever has the first may give, take and act upon. An admin stands above auditors and users only, so that
 * nobody makes, unmakes or enters an account with more rights than their own.
 */
const below: Readonly<Record<Role, readonly Role[]>> = {
  owner: ['owner', 'admin', 'auditor', 'user'],
  admin: ['auditor', 'user'],
  auditor: [],
  user: [],
};

/** Whether somebody of role `by` may manage people of role `role`. Service clients act on plain users only. */
export function manages(by: Role | 'service', role: Role): boolean {
  return by === 'service' ? role === 'user' : below[by].includes(role);
}
