create table entitlements (
  id text primary key,
  tenant_id text not null,
  subject_kind text not null,
  subject text not null,
  models text[],
  services text[],
  features text[],
  position bigint not null
);
create index entitlements_by_position on entitlements (position);
create index entitlements_by_kind on entitlements (tenant_id, subject_kind, subject);
