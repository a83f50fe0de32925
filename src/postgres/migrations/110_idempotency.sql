-- What mutations with an idempotency key answered. Holds no secret: answers are kept without their secret fields, and
-- the payload only as a keyed fingerprint.
create table idempotency_record (
  tenant_id text not null,
  principal text not null,
  operation text not null,
  key text not null,
  payload_fingerprint text not null,
  -- Whoever took the record last; only that one may end it.
  claim uuid not null,
  lease_until timestamptz not null,
  -- Null while in flight.
  answer jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, principal, operation, key)
);

create index idempotency_record_expires_at on idempotency_record (expires_at);
