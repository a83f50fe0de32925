create table audit_entries (
  id text primary key,
  position bigint not null,
  tenant_id text not null,
  at timestamptz not null,
  act text not null,
  actor_kind text not null,
  actor_id text not null,
  subjects text[] not null,
  stream text not null,
  revision bigint not null,
  correlation_id text not null,
  causation_id text not null,
  summary jsonb not null
);
create index audit_entries_by_position on audit_entries (position);
create index audit_entries_by_tenant on audit_entries (tenant_id, position);
create index audit_entries_by_act on audit_entries (tenant_id, act, position);
create index audit_entries_by_actor on audit_entries (tenant_id, actor_id, position);
create index audit_entries_by_correlation on audit_entries (tenant_id, correlation_id, position);
create index audit_entries_by_subject on audit_entries using gin (subjects);
