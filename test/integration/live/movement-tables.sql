create table movement (
  tenant_id text not null,
  movement_id text primary key,
  account_id text not null,
  amount integer not null,
  position bigint not null
);
create index movement_position on movement (position);
