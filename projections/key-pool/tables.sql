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
  -- False once it was deactivated; an expired key is active and past expires_at.
  active boolean not null,
  active_leases integer not null,
  expires_at timestamptz,
  -- It rests until then; may lie in the past.
  cooling_until timestamptz,
  cool_down_reason text,
  specified boolean not null,
  updated_at timestamptz not null,
  position bigint not null
);
create index provider_keys_by_pool on provider_keys (provider);

-- Requests for a lease, with what they got; the ones that were given up are gone.
create table leases (
  id text primary key,
  -- Of the holder.
  tenant_id text not null,
  provider text not null,
  holder text not null,
  ttl_ms integer not null,
  -- waiting, active, released, error, expired or revoked
  state text not null,
  requested_at timestamptz not null,
  -- Null, like the key and the token, while it waits.
  granted_at timestamptz,
  key_id text,
  token bigint,
  ended_at timestamptz,
  position bigint not null
);
create index leases_held on leases (provider, token) where state = 'active';
create index leases_by_grant on leases (key_id, granted_at);
create index leases_by_tenant on leases (provider, tenant_id, granted_at);

-- Further calls on leases, beyond the one of each grant.
create table permits (
  -- Of the holder.
  tenant_id text not null,
  provider text not null,
  -- Of the pool's stream.
  revision bigint not null,
  key_id text not null,
  taken_at timestamptz not null,
  units integer not null,
  position bigint not null,
  primary key (provider, revision)
);
create index permits_by_key on permits (key_id, taken_at);

-- What is older than a rate window counts no more. Judged by the times of events, so that a rebuild comes to the same rows.
create function prune_permits() returns trigger language plpgsql set search_path from current as $$
begin
  delete from permits p using (select key_id, max(taken_at) as newest from taken group by key_id) n
  where p.key_id = n.key_id and p.taken_at <= n.newest - interval '60 seconds';
  return null;
end $$;
create trigger prune after insert on permits referencing new table as taken for each statement execute function prune_permits();

-- Tickets that wait.
create table wait_tickets (
  id text primary key,
  tenant_id text not null,
  provider text not null,
  holder text not null,
  -- The one key that will do; empty: any.
  key_id text not null,
  -- Order of arrival in the pool.
  place bigint not null,
  enqueued_at timestamptz not null,
  deadline timestamptz not null,
  position bigint not null
);
create index wait_tickets_by_place on wait_tickets (provider, place);
create index wait_tickets_by_holder on wait_tickets (holder);
