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
  -- of a generation; null for other kinds
  operation text,
  pool text,
  scenario text,
  auto_poll boolean,
  -- whether its outcome is looked for again
  watched boolean not null,
  -- in one line, cut; all of it is in run_details
  prompt text,
  key_name text,
  job_id text,
  vendor_status text,
  http_status integer,
  failure_category text,
  usage_unit text,
  usage_amount numeric,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index runs_by_position on runs (position);
create index runs_by_creation on runs (tenant_id, created_at, id);
create index runs_by_update on runs (tenant_id, updated_at, id);
create index runs_by_requester on runs (tenant_id, requested_by, created_at, id);
-- Generations are few beside chats.
create index runs_by_operation on runs (tenant_id, created_at, id) where operation is not null;
create index runs_by_pool on runs (tenant_id, pool, created_at, id) where pool is not null;

-- What is long, and asked for one run at a time. Texts are JSON as it was sealed; null once erased.
create table run_details (
  run_id text primary key,
  tenant_id text not null,
  parameters text,
  endpoint text,
  request text,
  response text,
  -- of the attempt that a model diagnosed
  diagnosis text,
  diagnosis_model text,
  diagnosis_attempt integer,
  position bigint not null
);

-- Every stage of generations that is kept.
create table run_steps (
  run_id text not null,
  revision bigint not null,
  tenant_id text not null,
  stage text not null,
  -- null: that of the step before
  attempt integer,
  at timestamptz not null,
  -- key name, job, status, as far as the stage has them
  data jsonb not null,
  position bigint not null,
  primary key (run_id, revision)
);

create table run_outputs (
  id text primary key,
  tenant_id text not null,
  run_id text not null,
  ordinal integer not null,
  kind text not null,
  content_type text not null,
  bytes integer not null,
  width integer,
  height integer,
  duration_ms integer,
  -- places in the blob store; null when there is no copy, or no small picture
  blob text,
  thumbnail text,
  digest text,
  position bigint not null
);
create index run_outputs_by_run on run_outputs (run_id, ordinal);
