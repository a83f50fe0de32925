import type { Role } from '../graphql/context';
import type { SqlPool } from '../vault/sql-pool';

export interface Standing {
  tenantId: string;
  role: Role;
  active: boolean;
}

const SET_STANDING = `
  with ended as (delete from auth_sessions where user_id = $1 and (not $4::boolean or tenant_id <> $2))
  insert into auth_standing (user_id, tenant_id, role, active) values ($1, $2, $3, $4)
  on conflict (user_id) do update set tenant_id = excluded.tenant_id, role = excluded.role, active = excluded.active`;

/** Keeps what sessions are judged by; someone no longer active, or moved, loses every session in the same statement. */
export async function setStanding(pool: SqlPool, userId: string, { tenantId, role, active }: Standing): Promise<void> {
  await pool.query(SET_STANDING, [userId, tenantId, role, active]);
}
