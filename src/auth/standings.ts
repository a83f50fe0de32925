import { FIRST_TIER } from '../../schema/user/events';
import type { SqlPool } from '../vault/sql-pool';
import type { Standings, UserStanding } from './port';

/** What is older than what is kept changes nothing. */
const KEEP_USER = `
  insert into auth_standing as kept (user_id, tenant_id, role, active, tier, daily_requests, daily_limited, revision)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (user_id) do update set
    tenant_id = excluded.tenant_id, role = excluded.role, active = excluded.active, tier = excluded.tier,
    daily_requests = excluded.daily_requests, daily_limited = excluded.daily_limited, revision = excluded.revision
  where kept.revision <= excluded.revision`;

/** Whoever may do more or less than before proves anew who they are, and with no link that somebody made for them before. */
const SET_USER = `
  with judged_otherwise as (
    select 1 from auth_standing
    where user_id = $1 and revision <= $8::bigint and (not $4::boolean or tenant_id <> $2 or role <> $3)
  ),
    sessions as (delete from auth_sessions where user_id = $1 and exists (select from judged_otherwise)),
    links as (delete from auth_password_links where user_id = $1 and exists (select from judged_otherwise))
  ${KEEP_USER}`;

/** A deletion is for good, so what it destroys it destroys whatever the revision. The standing stays, so that no late writer brings it back. */
const FORGET_USER = `
  with sessions as (delete from auth_sessions where user_id = $1),
    passwords as (delete from auth_passwords where user_id = $1),
    links as (delete from auth_password_links where user_id = $1),
    keys as (update auth_client_keys set revoked = true where owner_kind = 'user' and owner_id = $1),
    usage as (delete from auth_usage where user_id = $1)
  ${KEEP_USER}`;

/** What is left of somebody who was deleted: nothing that says anything about them. */
const GONE: UserStanding = { tenantId: '', role: 'user', active: false, tier: FIRST_TIER, dailyRequests: undefined };

const SET_TENANT = `
  insert into auth_tenants as t (tenant_id, active, is_default, revision) values ($1, $2, $3, $4)
  on conflict (tenant_id) do update set active = excluded.active, is_default = excluded.is_default, revision = excluded.revision
  where t.revision < excluded.revision`;

const SET_SERVICE_CLIENT = `
  insert into auth_service_clients as c (client_id, tenant_id, scopes, deleted, revision) values ($1, $2, $3, $4, $5)
  on conflict (client_id) do update set scopes = excluded.scopes, deleted = excluded.deleted, revision = excluded.revision
  where c.revision < excluded.revision`;

const SET_FEATURES = `
  insert into auth_features as f (kind, subject, tenant_id, features, revision) values ($1, $2, $3, $4, $5)
  on conflict (kind, subject) do update set features = excluded.features, revision = excluded.revision
  where f.revision < excluded.revision`;

/** @param forget what was remembered of callers on this node, once something they are judged by has changed */
export function createStandings({ pool, forget }: { pool: SqlPool; forget(): void }): Standings {
  async function change(statement: string, values: unknown[]): Promise<void> {
    await pool.query(statement, values);
    forget();
  }
  return {
    setUser(userId, standing, revision) {
      const { tenantId, role, active, tier, dailyRequests } = standing ?? GONE;
      return change(standing ? SET_USER : FORGET_USER, [userId, tenantId, role, active, tier, dailyRequests ?? null, dailyRequests !== undefined, revision]);
    },
    setTenant: (tenantId, { active, isDefault, revision }) => change(SET_TENANT, [tenantId, active, isDefault, revision]),
    async suspendedTenants() {
      const { rows } = await pool.query<{ tenant_id: string }>('select tenant_id from auth_tenants where not active');
      return rows.map(({ tenant_id }) => tenant_id);
    },
    setServiceClient: (clientId, { tenantId, scopes, deleted, revision }) =>
      change(SET_SERVICE_CLIENT, [clientId, tenantId, scopes, deleted, revision]),
    setFeatures: ({ kind, id, tenantId }, { features, revision }) => change(SET_FEATURES, [kind, id, tenantId, features, revision]),
  };
}
