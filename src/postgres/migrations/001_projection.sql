-- One row for each build of a view (a version, or the same version built anew) and for each reactor. `position` is that
-- of the last event behind the rows, -1 before the first; it only moves in the transaction that writes the rows.
create table projection_checkpoint (
  name text not null,
  version integer not null,
  build integer not null,
  kind text not null check (kind in ('view', 'reactor')),
  -- building: not yet seen by queries; live: what queries see; retired: replaced, kept until dropped
  role text not null check (role in ('building', 'live', 'retired')),
  store text not null,
  position bigint not null default -1,
  epoch bigint not null default 0,
  owner text,
  lease_until timestamptz,
  state text not null default 'running' check (state in ('running', 'retrying', 'stopped')),
  error text,
  error_position bigint,
  error_event_type text,
  live_tables text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (name, version, build)
) with (fillfactor = 50);

create unique index projection_checkpoint_live on projection_checkpoint (name) where role = 'live';

-- What an operator asks of the owner of a projection, and how it ended.
create table projection_request (
  id bigint generated always as identity primary key,
  name text not null,
  command text not null check (command in ('rebuild', 'retry', 'skip', 'drop')),
  requested_at timestamptz not null default now(),
  done_at timestamptz,
  accepted boolean,
  outcome text
);

create index projection_request_open on projection_request (id) where done_at is null;

-- Every event that an operator told a projection to leave out.
create table projection_skip (
  name text not null,
  version integer not null,
  build integer not null,
  position bigint not null,
  event_type text not null,
  error text not null,
  request_id bigint not null references projection_request (id),
  skipped_at timestamptz not null default now(),
  primary key (name, version, build, position)
);

create schema views;
