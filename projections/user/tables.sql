create table users (
  id text primary key,
  tenant_id text not null,
  email text,
  display_name text not null,
  role text not null,
  state text not null,
  organization text,
  -- the same for ordering, empty for none
  organization_order text not null,
  note text,
  picture text,
  tier text not null,
  -- null is unlimited; daily_limited false means the server's default
  daily_limit integer,
  daily_limited boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index users_by_position on users (position);
create index users_by_creation on users (tenant_id, created_at, id);
create index users_by_name on users (tenant_id, display_name, id);
create index users_by_organization on users (tenant_id, organization_order, id);
