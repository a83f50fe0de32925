-- A pool as one tenant sees it.
create table key_pools (
  id text primary key,
  tenant_id text not null,
  provider text not null,
  active_leases integer not null default 0,
  waiting integer not null default 0,
  grants_total bigint not null default 0,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index key_pools_by_position on key_pools (position);
create index key_pools_by_change on key_pools (tenant_id, updated_at, id);
create index key_pools_by_provider on key_pools (tenant_id, provider, id);

create table provider_keys (
  id text primary key,
  tenant_id text not null,
  provider text not null,
  name text not null,
  last_four text not null,
  concurrency_limit integer not null,
  rpm_limit integer,
  priority integer not null,
  tenant_scope text not null,
  active boolean not null,
  active_leases integer not null,
  position bigint not null
);
create index provider_keys_by_pool on provider_keys (provider);

create table leases (
  id text primary key,
  -- Of the holder.
  tenant_id text not null,
  provider text not null,
  key_id text not null,
  holder text not null,
  token bigint not null,
  ttl_ms integer not null,
  -- active, released, error, expired or revoked
  state text not null,
  granted_at timestamptz not null,
  ended_at timestamptz,
  position bigint not null
);
create index leases_held on leases (provider, token) where state = 'active';
create index leases_by_grant on leases (key_id, granted_at);

-- Tickets that wait.
create table wait_tickets (
  id text primary key,
  tenant_id text not null,
  provider text not null,
  holder text not null,
  -- Order of arrival in the pool.
  place bigint not null,
  enqueued_at timestamptz not null,
  deadline timestamptz not null,
  position bigint not null
);
create index wait_tickets_by_place on wait_tickets (provider, place);
