import type { SqlPool } from '../vault/sql-pool';
import type { Standings } from './port';

const SET_USER = `
  with ended as (
    delete from auth_sessions s using auth_standing before
    where s.user_id = $1 and before.user_id = $1 and (not $4::boolean or before.tenant_id <> $2 or before.role <> $3)
  )
  insert into auth_standing (user_id, tenant_id, role, active, tier, daily_requests, daily_limited)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (user_id) do update set
    tenant_id = excluded.tenant_id, role = excluded.role, active = excluded.active, tier = excluded.tier,
    daily_requests = excluded.daily_requests, daily_limited = excluded.daily_limited`;

const FORGET_USER = `
  with sessions as (delete from auth_sessions where user_id = $1),
    passwords as (delete from auth_passwords where user_id = $1),
    links as (delete from auth_password_links where user_id = $1),
    identities as (delete from auth_identities where user_id = $1),
    keys as (update auth_client_keys set revoked = true where owner_kind = 'user' and owner_id = $1),
    usage as (delete from auth_usage where user_id = $1)
  delete from auth_standing where user_id = $1`;

const SET_TENANT = `
  insert into auth_tenants (tenant_id, active, is_default) values ($1, $2, $3)
  on conflict (tenant_id) do update set active = excluded.active, is_default = excluded.is_default`;

const SET_SERVICE_CLIENT = `
  insert into auth_service_clients (client_id, tenant_id, scopes) values ($1, $2, $3)
  on conflict (client_id) do update set tenant_id = excluded.tenant_id, scopes = excluded.scopes`;

const FORGET_SERVICE_CLIENT = `
  with keys as (update auth_client_keys set revoked = true where owner_kind = 'service' and owner_id = $1)
  delete from auth_service_clients where client_id = $1`;

const SET_FEATURES = `
  insert into auth_features (kind, subject, tenant_id, features) values ($1, $2, $3, $4)
  on conflict (kind, subject) do update set features = excluded.features`;

/** @param forget what was remembered of callers on this node, once something they are judged by has changed */
export function createStandings({ pool, forget }: { pool: SqlPool; forget(): void }): Standings {
  async function change(statement: string, values: unknown[]): Promise<void> {
    await pool.query(statement, values);
    forget();
  }
  return {
    setUser(userId, standing) {
      if (!standing) return change(FORGET_USER, [userId]);
      const { tenantId, role, active, tier, dailyRequests } = standing;
      return change(SET_USER, [userId, tenantId, role, active, tier, dailyRequests ?? null, dailyRequests !== undefined]);
    },
    setTenant: (tenantId, { active, isDefault }) => change(SET_TENANT, [tenantId, active, isDefault]),
    setServiceClient: (clientId, standing) => (standing
      ? change(SET_SERVICE_CLIENT, [clientId, standing.tenantId, standing.scopes])
      : change(FORGET_SERVICE_CLIENT, [clientId])),
    setFeatures: ({ kind, id, tenantId }, features) => change(SET_FEATURES, [kind, id, tenantId, features]),
  };
}
