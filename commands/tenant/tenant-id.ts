import { v5 as uuidv5 } from 'uuid';

/** Namespace of the ids of tenants; must never change. */
const TENANT_IDS = '5f0a7e0c-6f3f-5b0e-8d53-2f1a9c1b7d64';

/** The id of the tenant with this slug: the same on every server, so that a slug is taken at most once. */
export function tenantIdOf(slug: string): string {
  return uuidv5(slug, TENANT_IDS);
}
