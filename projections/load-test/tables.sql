create table load_tests (
  id text primary key,
  tenant_id text not null,
  state text not null,
  -- providers, bursts, minHoldMs, maxHoldMs
  plan jsonb not null,
  -- results: one a burst
  outcome jsonb not null,
  failure text,
  requested_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  revision bigint not null,
  position bigint not null
);
create index load_tests_by_position on load_tests (position);
create index load_tests_by_creation on load_tests (tenant_id, created_at, id);
