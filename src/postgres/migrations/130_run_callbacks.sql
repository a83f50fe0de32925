-- What vendors said of an attempt of a run without being asked: only the id under which they know the work. It is what a
-- submission is found again by when its answer was lost. The newest word is kept, and for a day.
create table run_callback (
  run_id text not null,
  attempt integer not null,
  tenant_id text not null,
  job_id text not null,
  received_at timestamptz not null default now(),
  primary key (run_id, attempt)
);

create index run_callback_received_at on run_callback (received_at);
