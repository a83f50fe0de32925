create table client_keys (
  id text primary key,
  tenant_id text not null,
  owner_kind text not null,
  owner_id text not null,
  name text not null,
  scopes text[] not null,
  last_four text not null,
  expires_at timestamptz not null,
  revoked boolean not null,
  created_at timestamptz not null,
  position bigint not null
);
create index client_keys_by_position on client_keys (position);
create index client_keys_by_creation on client_keys (tenant_id, created_at, id);
create index client_keys_by_name on client_keys (tenant_id, name, id);
create index client_keys_by_end on client_keys (tenant_id, expires_at, id);
create index client_keys_by_owner on client_keys (tenant_id, owner_id, created_at, id);
