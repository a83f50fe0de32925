create table runs (
  id text primary key,
  tenant_id text not null,
  kind text not null,
  state text not null,
  model text not null,
  provider text not null,
  simulated boolean not null,
  requested_by text not null,
  session_id text,
  message_id text,
  attempt integer not null,
  prompt_tokens integer,
  completion_tokens integer,
  cost text,
  duration_ms integer,
  output_ref text,
  failure text,
  failure_code text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index runs_by_position on runs (position);
create index runs_by_creation on runs (tenant_id, created_at, id);
create index runs_by_update on runs (tenant_id, updated_at, id);
create index runs_by_requester on runs (tenant_id, requested_by, created_at, id);
