-- Up Migration

-- One row: a value that only the right master key reproduces. It holds nothing secret.
create table vault_check (
  singleton boolean primary key default true check (singleton),
  check_value bytea not null
);

create table vault_tenant_keys (
  tenant_id text primary key,
  -- nonce, ciphertext and tag of the tenant's key under the master key
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

create table vault_subject_keys (
  tenant_id text not null,
  subject text not null,
  key_id uuid not null,
  -- under the tenant's key; null once the subject was erased, so that no second key can ever take its place
  wrapped bytea,
  created_at timestamptz not null default now(),
  primary key (tenant_id, subject)
);

-- The erasure journal decides what is erased. It is backed up apart from the keys: restored keys of an erased subject
-- stay unusable, and a key that is merely lost is never taken for an erasure.
create table vault_erasures (
  tenant_id text not null,
  subject text not null,
  erased_at timestamptz not null default now(),
  primary key (tenant_id, subject)
);

create table vault_secrets (
  tenant_id text not null,
  ref text not null,
  field text not null,
  version bigint not null,
  sealed bytea not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, ref, field)
);

create sequence vault_secret_versions;

-- Down Migration

drop sequence vault_secret_versions;
drop table vault_secrets, vault_erasures, vault_subject_keys, vault_tenant_keys, vault_check;
