create table tenants (
  id text primary key,
  tenant_id text not null,
  slug text not null,
  name text not null,
  state text not null,
  page_title text,
  browser_title text,
  logo_digest text,
  features text[],
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index tenants_by_position on tenants (position);
create index tenants_by_creation on tenants (created_at, id);
create index tenants_by_name on tenants (name, id);
create index tenants_by_slug on tenants (slug, id);
