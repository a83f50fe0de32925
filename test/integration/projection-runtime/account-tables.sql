create table account (
  tenant_id text not null,
  account_id text primary key,
  owner_name text,
  balance bigint not null default 0,
  tags text[] not null default '{}',
  details jsonb not null default '{}',
  limits jsonb,
  opened_at timestamptz,
  closed boolean not null default false,
  ratio numeric(20, 6),
  position bigint not null
);
create index account_position on account (position);

create table movement (
  tenant_id text not null,
  movement_id text primary key,
  account_id text not null,
  amount integer not null,
  position bigint not null
);
create index movement_position on movement (position);
