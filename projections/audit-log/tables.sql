create table audit_entries (
  id text primary key,
  position bigint not null,
  tenant_id text not null,
  at timestamptz not null,
  act text not null,
  actor_kind text not null,
  actor_id text not null,
  subjects text[] not null,
  -- The first of them, which nearly always is the only one.
  subject text,
  -- succeeded or refused
  result text not null,
  -- Of a refused act: rule and code of the refusal.
  reason text,
  code text,
  -- One of the many that work writes by itself.
  routine boolean not null,
  stream text not null,
  revision bigint not null,
  correlation_id text not null,
  causation_id text not null,
  request_id text,
  -- Network address of whoever did it, sealed: opened when somebody asks, so that it is gone when its key is.
  address jsonb,
  summary jsonb not null
);
create index audit_entries_by_position on audit_entries (position);
create index audit_entries_by_tenant on audit_entries (tenant_id, position);
create index audit_entries_by_time on audit_entries (tenant_id, at);
create index audit_entries_by_act on audit_entries (tenant_id, act, position);
create index audit_entries_by_actor on audit_entries (tenant_id, actor_id, position);
create index audit_entries_by_subject on audit_entries (tenant_id, subject, position);
create index audit_entries_by_correlation on audit_entries (tenant_id, correlation_id, position);
create index audit_entries_refused on audit_entries (tenant_id, position) where result = 'refused';
create index audit_entries_of_note on audit_entries (tenant_id, position) where not routine;

-- Entries by all that they are about beside the first. Not an index on the array: row-level security lets only plain
-- comparisons come before it, and `@>` is none.
create table audit_subjects (
  tenant_id text not null,
  subject text not null,
  entry_id text not null,
  position bigint not null,
  primary key (tenant_id, subject, entry_id)
);
