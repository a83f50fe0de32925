import { featureNames, type Feature } from '../../schema/access/features';
import type { Role } from '../../schema/access/roles';
import type { Proof, UserPrincipal } from './principal';

/** Columns of `auth_people` that a person is judged by. */
export interface PersonRow extends Record<string, unknown> {
  user_id: string;
  tenant_id: string;
  role: Role;
  operator: boolean;
  features: Feature[] | null;
}

export function principalOf(row: PersonRow, proof: Proof): UserPrincipal {
  return {
    kind: 'user', userId: row.user_id, tenantId: row.tenant_id, role: row.role, operator: row.operator,
    features: row.features ?? featureNames, proof,
  };
}
