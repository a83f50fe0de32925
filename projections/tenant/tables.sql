create table tenants (
  id text primary key,
  tenant_id text not null,
  name text not null,
  created_at timestamptz not null,
  position bigint not null
);
create index tenants_by_position on tenants (position);
