-- Up Migration

create table auth_passwords (
  user_id text primary key,
  -- argon2id in its self-describing form, peppered with a key derived from the master key
  hash text not null,
  updated_at timestamptz not null
);

-- What sessions are judged by: the newest role and state that the user's commands led to.
create table auth_standing (
  user_id text primary key,
  tenant_id text not null,
  role text not null check (role in ('owner', 'admin', 'auditor', 'user')),
  active boolean not null
);

create index auth_standing_owner on auth_standing (role) where role = 'owner';

create table auth_sessions (
  -- SHA-256 of the token; the token itself is only in the cookie
  token_digest bytea primary key,
  session_id uuid not null unique,
  user_id text not null,
  tenant_id text not null,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);

create index auth_sessions_user on auth_sessions (user_id);
create index auth_sessions_expiry on auth_sessions (expires_at);

-- One row: the set-up token now in force. The token is derived from `seed` with a key derived from the master key, so it
-- can be shown again by any node, and not by a reader of this table.
create table auth_setup (
  singleton boolean primary key default true check (singleton),
  seed bytea not null,
  issued_at timestamptz not null,
  consumed_at timestamptz
);

-- Networks from which an account signed in before; guesses from elsewhere cannot lock these out.
create table auth_known_networks (
  account_digest text not null,
  network_digest text not null,
  seen_at timestamptz not null,
  primary key (account_digest, network_digest)
);

-- Counters of rate-limiter-flexible; the columns are the library's.
create table auth_sign_in_points (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

create index auth_sign_in_points_expiry on auth_sign_in_points (expire);

-- Down Migration

drop table auth_sign_in_points, auth_known_networks, auth_setup, auth_sessions, auth_standing, auth_passwords;
