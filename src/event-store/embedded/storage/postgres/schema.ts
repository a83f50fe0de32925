import type { Client } from 'pg';

/** Everything the store keeps, in a schema of its own. */
export const SCHEMA = `
create schema if not exists event_store;

create table if not exists event_store.owner (
  single boolean primary key default true check (single),
  epoch bigint not null
);
insert into event_store.owner (epoch) values (0) on conflict do nothing;

create table if not exists event_store.streams (
  id bigint primary key,
  name text not null,
  exclude using hash (name with =)
);

create table if not exists event_store.events (
  position bigint primary key,
  stream_id bigint not null,
  revision bigint not null,
  event_id uuid not null,
  type text not null,
  is_json boolean not null,
  data bytea not null,
  metadata bytea not null,
  created bigint not null
);
create unique index if not exists events_by_stream on event_store.events (stream_id, revision);
create index if not exists events_by_id on event_store.events (event_id);

comment on table event_store.owner is 'Each new writer counts epoch up; inserts check it, so an older writer cannot write any more.';
comment on table event_store.streams is 'Names are kept once; a hash index takes names of any length.';
comment on column event_store.events.position is 'Given by the one writer, dense, from 1: commit order is position order.';
comment on column event_store.events.revision is 'From 0 without holes; 2^63-1 is the tombstone.';
comment on column event_store.events.created is 'Milliseconds since the Unix epoch.';
`;

/** Settings without which an acknowledged event could be lost, and the values that keep it. */
const DURABLE: Record<string, readonly string[]> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'local', 'remote_write', 'remote_apply'],
};

/** @throws Error naming each setting that would let acknowledged events be lost */
export async function verifyDurability(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)', [Object.keys(DURABLE)]);
  const unsafe = rows.filter(({ name, setting }) => !DURABLE[name]!.includes(setting)).map(({ name, setting }) => `${name} is ${setting}`);
  if (unsafe.length > 0) {
    throw new Error(`Postgres may lose acknowledged events: ${unsafe.join(', ')}. Turn them on; the event store does not start without.`);
  }
}
