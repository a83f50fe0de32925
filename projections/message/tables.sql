create table messages (
  id text primary key,
  tenant_id text not null,
  session_id text not null,
  owner_id text not null,
  -- place in the session: a question stands before its answer
  ordinal bigint not null,
  role text not null,
  state text not null,
  text text,
  run_id text,
  failure text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index messages_by_position on messages (position);
create index messages_by_session on messages (session_id, ordinal);
