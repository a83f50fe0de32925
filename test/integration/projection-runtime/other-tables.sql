create table other_thing (tenant_id text not null, thing_id text primary key, position bigint not null);
