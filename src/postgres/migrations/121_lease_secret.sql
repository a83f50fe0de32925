-- Whether the holder was told the secret of the leased key, which happens once. Leases from before were told with their grant.
alter table lease_beat add column secret_sent boolean not null default false;
update lease_beat set secret_sent = true;
