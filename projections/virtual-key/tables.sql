create table virtual_keys (
  id text primary key,
  tenant_id text not null,
  key_alias text not null,
  owner_id text not null,
  last_four text not null,
  models text[] not null,
  max_budget text,
  budget_duration text,
  rpm_limit integer,
  tpm_limit integer,
  max_parallel_requests integer,
  expires_at timestamptz,
  state text not null,
  failure text,
  simulated boolean not null,
  token_hash text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index virtual_keys_by_position on virtual_keys (position);
create index virtual_keys_by_creation on virtual_keys (tenant_id, created_at, id);
create index virtual_keys_by_alias on virtual_keys (tenant_id, key_alias, id);
create index virtual_keys_by_owner on virtual_keys (tenant_id, owner_id, created_at, id);
