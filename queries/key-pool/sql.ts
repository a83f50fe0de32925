import type { KeyPool, Lease, ProviderKey } from '../../schema/key-pool/types';

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
}

export interface LeaseRow {
  id: string;
  provider: string;
  key_id: string;
  holder: string;
  token: string;
  ttl_ms: number;
  granted_at: Date;
  expires_at: Date;
}

export interface WaitTicketRow {
  id: string;
  provider: string;
  tenant_id: string;
  holder: string;
  enqueued_at: Date;
  /** From 1, over the whole pool. */
  place: number;
  /** Tenants of those who came before it. */
  earlier_tenants: string[];
}

/** Leases with their end: by the newest heartbeat while they are held. Continue with `where`. */
export const LEASES = `
  select l.id, l.provider, l.key_id, l.holder, l.token, l.ttl_ms, l.granted_at,
    coalesce(l.ended_at, coalesce(b.seen_at, l.granted_at) + l.ttl_ms * interval '1 millisecond') as expires_at
  from views.leases l left join lease_beat b on b.lease_id = l.id`;

/** Tickets with what came before them. Continue with `where`. */
export const WAIT_TICKETS = `
  select t.id, t.provider, t.tenant_id, t.holder, t.enqueued_at, e.earlier::int + 1 as place, e.tenants as earlier_tenants
  from views.wait_tickets t
  cross join lateral (
    select count(*) as earlier, coalesce(array_agg(distinct o.tenant_id), '{}') as tenants
    from views.wait_tickets o where o.provider = t.provider and o.place < t.place
  ) e`;

export const toKeyPool = (row: KeyPoolRow): KeyPool => ({
  id: row.id,
  provider: row.provider,
  activeLeases: row.active_leases,
  waiting: row.waiting,
  grantsTotal: Number(row.grants_total),
  updatedAt: new Date(row.updated_at),
  revision: String(row.revision),
});

export const toProviderKey = (row: ProviderKeyRow): ProviderKey => ({
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
});

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  keyId: row.key_id,
  provider: row.provider,
  holder: row.holder,
  fencingToken: String(row.token),
  ttlSeconds: Math.round(row.ttl_ms / 1_000),
  grantedAt: new Date(row.granted_at),
  expiresAt: new Date(row.expires_at),
});
