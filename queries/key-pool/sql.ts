import type { CoolDownReason, KeyPool, Lease, LeaseState, ProviderKey } from '../../schema/key-pool/types';

/** A row of `views.key_pools`: a pool as one tenant sees it. */
export interface KeyPoolRow {
  id: string;
  tenant_id: string;
  provider: string;
  active_leases: number;
  waiting: number;
  grants_total: string;
  updated_at: Date;
  revision: string;
  position: string;
}

/** A row of `views.provider_keys`. */
export interface ProviderKeyRow {
  id: string;
  provider: string;
  name: string;
  last_four: string;
  concurrency_limit: number;
  rpm_limit: number | null;
  priority: number;
  tenant_scope: string;
  active: boolean;
  active_leases: number;
  expires_at: Date | null;
  /** May lie in the past. */
  cooling_until: Date | null;
  cool_down_reason: string | null;
  specified: boolean;
  updated_at: Date;
}

export interface LeaseRow {
  id: string;
  provider: string;
  key_id: string;
  holder: string;
  token: string;
  ttl_ms: number;
  state: string;
  granted_at: Date;
  expires_at: Date;
  seen_at: Date;
  position: string;
}

export interface WaitTicketRow {
  id: string;
  provider: string;
  tenant_id: string;
  holder: string;
  /** The one key that will do; empty: any. */
  key_id: string;
  enqueued_at: Date;
  deadline: Date;
  /** Order of arrival in the pool. */
  seq: string;
  /** From 1, over the whole pool. */
  place: number;
}

/** Leases with their end: by the newest heartbeat while they are held. Continue with `and`. */
export const LEASES = `
  select l.id, l.provider, l.key_id, l.holder, l.token, l.ttl_ms, l.state, l.granted_at, l.position,
    coalesce(l.ended_at, coalesce(b.seen_at, l.granted_at) + l.ttl_ms * interval '1 millisecond') as expires_at,
    coalesce(b.seen_at, l.granted_at) as seen_at
  from views.leases l left join lease_beat b on b.lease_id = l.id
  where l.state <> 'waiting'`;

/**
 * Everybody who waits in the pools of `$1`, with their place, which is counted once for all of a pool.
 * Continue with `where`.
 */
export const WAIT_TICKETS = `
  select t.* from (
    select id, provider, tenant_id, holder, key_id, enqueued_at, deadline, place as seq,
      row_number() over (partition by provider order by place)::int as place
    from views.wait_tickets where provider = any($1)
  ) t`;

/** Permits of the key `k.id` that count at `now`, an SQL expression: every grant is one, and leases took more. */
export const permitsAt = (now: string): string => `
  select granted_at as taken_at, 1 as units from views.leases where key_id = k.id and granted_at > ${now}::timestamptz - interval '60 seconds'
  union all
  select taken_at, units from views.permits where key_id = k.id and taken_at > ${now}::timestamptz - interval '60 seconds'`;

export const toKeyPool = (row: KeyPoolRow): KeyPool => ({
  id: row.id,
  provider: row.provider,
  activeLeases: row.active_leases,
  waiting: row.waiting,
  grantsTotal: Number(row.grants_total),
  updatedAt: new Date(row.updated_at),
  revision: String(row.revision),
});

export function toProviderKey(row: ProviderKeyRow, now: Date): ProviderKey {
  const rests = row.cooling_until !== null && new Date(row.cooling_until) > now;
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    lastFour: row.last_four,
    concurrencyLimit: row.concurrency_limit,
    rpmLimit: row.rpm_limit,
    priority: row.priority,
    tenantScope: row.tenant_scope,
    active: row.active,
    activeLeases: row.active_leases,
    expiresAt: row.expires_at && new Date(row.expires_at),
    coolingDownUntil: rests ? new Date(row.cooling_until!) : null,
    coolDownReason: rests ? (row.cool_down_reason as CoolDownReason) : null,
    specified: row.specified,
    updatedAt: new Date(row.updated_at),
  };
}

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  keyId: row.key_id,
  provider: row.provider,
  holder: row.holder,
  fencingToken: String(row.token),
  ttlSeconds: Math.round(row.ttl_ms / 1_000),
  grantedAt: new Date(row.granted_at),
  expiresAt: new Date(row.expires_at),
  state: row.state as LeaseState,
  lastHeartbeatAt: new Date(row.seen_at),
  position: BigInt(row.position),
});
