-- Up Migration

-- Only one tenant is the default one: its owners run the server.
create table auth_tenants (
  tenant_id text primary key,
  active boolean not null,
  is_default boolean not null,
  -- of the tenant's stream, so that no late writer brings back what was
  revision bigint not null
);

-- Features granted to a tenant, a tier (`<tenant>/<tier>`) or a user; null where nothing is granted any more. A tenant
-- without a row, or with null, has all of them: also those that are yet to come.
create table auth_features (
  kind text not null check (kind in ('tenant', 'tier', 'user')),
  subject text not null,
  tenant_id text not null,
  features text[],
  -- of the stream of what was granted
  revision bigint not null,
  primary key (kind, subject)
);

alter table auth_standing
  add column tier text not null default 'free',
  -- null is unlimited; daily_limited false means the server's default
  add column daily_requests integer,
  add column daily_limited boolean not null default false,
  -- of the user's stream
  add column revision bigint not null default 0;

-- What a session, key or token of a person is judged by. `features` is null where everything is on.
create view auth_people as
select
  s.user_id, s.tenant_id, s.role, s.active and coalesce(t.active, true) as active,
  s.role = 'owner' and coalesce(t.is_default, false) as operator,
  case when exists (select 1 from auth_features f where f.kind = 'tenant' and f.subject = s.tenant_id and f.features is not null) then (
    select coalesce(array_agg(distinct granted order by granted), '{}')
    from auth_features f, unnest(f.features) as granted
    where (f.kind = 'tenant' and f.subject = s.tenant_id)
      or (f.kind = 'tier' and f.subject = s.tenant_id || '/' || s.tier)
      or (f.kind = 'user' and f.subject = s.user_id)
  ) end as features
from auth_standing s
left join auth_tenants t on t.tenant_id = s.tenant_id;

delete from auth_sessions;
alter table auth_sessions
  add column method text not null,
  -- sealed with the user's key
  add column address jsonb,
  add column device jsonb;

-- While anybody has one, every sign-in does the work of checking one, so that it takes equally long for all.
create index auth_passwords_imported on auth_passwords (user_id) where hash like 'pbkdf2_sha256$%';

create table auth_service_clients (
  client_id text primary key,
  tenant_id text not null,
  scopes text[] not null,
  deleted boolean not null,
  -- of the client's stream, so that no late writer brings back what was
  revision bigint not null
);

-- What a key of a service client is judged by. `features` is null where everything is on.
create view auth_services as
select
  c.client_id, c.tenant_id, c.scopes, not c.deleted and coalesce(t.active, true) as active,
  (select f.features from auth_features f where f.kind = 'tenant' and f.subject = c.tenant_id) as features
from auth_service_clients c
left join auth_tenants t on t.tenant_id = c.tenant_id;

create table auth_client_keys (
  -- HMAC-SHA256 of the key, hex
  fingerprint text primary key,
  key_id text not null unique,
  tenant_id text not null,
  owner_kind text not null check (owner_kind in ('user', 'service')),
  owner_id text not null,
  scopes text[] not null,
  expires_at timestamptz not null,
  revoked boolean not null default false,
  use_count bigint not null default 0,
  last_used_at timestamptz
);

create index auth_client_keys_owner on auth_client_keys (owner_kind, owner_id);

create table auth_password_links (
  -- one link a user: a new one takes the place of the old one
  user_id text primary key,
  tenant_id text not null,
  link_id text not null,
  token_digest bytea not null unique,
  expires_at timestamptz not null
);

create table auth_identities (
  -- keyed digest of issuer and subject
  digest text primary key,
  -- null once it was unlinked
  user_id text,
  tenant_id text,
  provider text,
  linked_at timestamptz not null,
  -- of the identity's stream, so that no late writer brings back what was
  revision bigint not null,
  -- until when somebody is taking it from their ways in; a lease, so that one who dies over it keeps it
  leaving_until timestamptz
);

create index auth_identities_user on auth_identities (user_id);

-- What has to be remembered between leaving for an identity provider and coming back: ten minutes.
create table auth_oidc_flows (
  state_digest bytea primary key,
  -- digest of the cookie that binds the flow to the browser that began it
  browser_digest bytea not null,
  provider text not null,
  nonce text not null,
  code_verifier text not null,
  return_to text not null,
  -- the signed-in person who links an account; null for a sign-in
  link_user_id text,
  link_session_id text,
  expires_at timestamptz not null
);

-- Every sign-in that begins removes those that are over.
create index auth_oidc_flows_expiry on auth_oidc_flows (expires_at);

create table auth_revoked_tokens (
  digest text primary key,
  expires_at timestamptz not null
);

create table auth_usage (
  user_id text primary key,
  day date not null,
  day_count integer not null,
  total_count bigint not null
);

-- The pictures that logos of tenants are; the log says which one a tenant has.
create table tenant_logos (
  tenant_id text not null,
  digest text not null,
  content_type text not null,
  bytes bytea not null,
  -- of the tenant's stream: until when it is not known to be superseded
  revision bigint not null,
  primary key (tenant_id, digest)
);

-- Down Migration

drop view auth_services;
drop table tenant_logos, auth_usage, auth_revoked_tokens, auth_oidc_flows, auth_identities, auth_password_links, auth_client_keys, auth_service_clients;
alter table auth_sessions drop column device, drop column address, drop column method;
drop view auth_people;
alter table auth_standing drop column revision, drop column daily_limited, drop column daily_requests, drop column tier;
drop table auth_features, auth_tenants;
drop index auth_passwords_imported;
