-- Text blocks of running answers, in order, until the answer's own event supersedes them.
create table output_stream (
  output_id text primary key,
  fence bigint not null,
  last_seq integer not null,
  done boolean not null default false,
  updated_at timestamptz not null default now()
);

create index output_stream_updated_at on output_stream (updated_at);

create table output_block (
  output_id text not null references output_stream (output_id) on delete cascade,
  seq integer not null,
  text text not null,
  primary key (output_id, seq)
);
