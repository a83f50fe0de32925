-- A sign of life of every process that runs jobs, by the name its jobs are locked under: others free the jobs of the dead.
create table job_node (
  node_id text primary key,
  seen_at timestamptz not null default now()
);
