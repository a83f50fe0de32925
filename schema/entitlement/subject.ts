import type { entitlementSubjects } from './events';

/** To whom something is granted. */
export interface Subject {
  kind: (typeof entitlementSubjects)[number];
  /** Id of the tenant or user, or name of the tier. */
  name: string;
}

/** What tells a subject from all others of its kind: tiers of two tenants may have one name. */
export function subjectId(tenantId: string, { kind, name }: Subject): string {
  return kind === 'tier' ? `${tenantId}/${name}` : name;
}

/** Id of what a subject was granted: of its stream, and of its row in the view. */
export function entitlementId(tenantId: string, subject: Subject): string {
  return `${subject.kind}:${subjectId(tenantId, subject)}`;
}
