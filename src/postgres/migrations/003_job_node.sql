-- Which workers each living process runs, so that others can free the jobs of a process that died.
create table job_node (
  node_id text primary key,
  worker_ids text[] not null default '{}',
  seen_at timestamptz not null default now()
);
