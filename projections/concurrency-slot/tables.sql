create table concurrency_slots (
  run_id text primary key,
  -- of the user
  tenant_id text not null,
  user_id text not null,
  expires_at timestamptz not null,
  position bigint not null
);
