-- Which leases of provider keys are still in use, by this database's clock. The table decides who is alive, the log
-- who owns: a row is marked lapsed here first, then the lease expires in the log.
create table lease_beat (
  lease_id text primary key,
  provider text not null,
  token bigint not null,
  ttl_ms integer not null,
  seen_at timestamptz not null default now(),
  -- over: the lease has ended. Such rows stay a while, so that a node that does not know yet cannot bring them back.
  state text not null default 'live' check (state in ('live', 'lapsed', 'over'))
);

create index lease_beat_open on lease_beat (provider) where state <> 'over';
create index lease_beat_over on lease_beat (seen_at) where state = 'over';
