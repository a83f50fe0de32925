create table service_clients (
  id text primary key,
  tenant_id text not null,
  name text not null,
  scopes text[] not null,
  deleted boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index service_clients_by_position on service_clients (position);
create index service_clients_by_creation on service_clients (tenant_id, created_at, id);
create index service_clients_by_name on service_clients (tenant_id, name, id);
