create table chat_sessions (
  id text primary key,
  tenant_id text not null,
  owner_id text not null,
  title text not null,
  model text not null,
  message_count integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  position bigint not null
);
create index chat_sessions_by_position on chat_sessions (position);
create index chat_sessions_by_creation on chat_sessions (tenant_id, owner_id, created_at, id);
create index chat_sessions_by_update on chat_sessions (tenant_id, owner_id, updated_at, id);
