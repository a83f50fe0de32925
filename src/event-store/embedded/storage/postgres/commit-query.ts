import { TOMBSTONE, type StoredEvent } from '../../log/event';

/**
 * One statement, so one round trip and one transaction: locks the owner's row against a newer owner, checks the epoch,
 * inserts new streams and all events. It inserts nothing when the epoch is not ours any more.
 */
const COMMIT = `
with mine as materialized (select from event_store.owner where epoch = $1 for share),
new_streams as (
  insert into event_store.streams (id, name)
  select s.id, s.name from mine, unnest($2::bigint[], $3::text[]) as s(id, name)
)
insert into event_store.events (position, stream_id, revision, event_id, type, is_json, data, metadata, created)
select $4::bigint + e.ordinal, e.stream_id, e.revision, e.event_id, e.type, e.is_json,
  substr($5::bytea, e.data_at, e.data_length), substr($5::bytea, e.data_at + e.data_length, e.metadata_length), e.created
from mine, unnest($6::bigint[], $7::bigint[], $8::uuid[], $9::text[], $10::boolean[], $11::int[], $12::int[], $13::int[], $14::bigint[])
  with ordinality as e(stream_id, revision, event_id, type, is_json, data_at, data_length, metadata_length, created, ordinal)`;

export interface NewStream {
  id: number;
  name: string;
}

/**
 * The query that commits `events`, which have dense positions.
 * Arrays travel as literals and all bytes in one binary parameter: about half the work of letting the driver do it.
 */
export function commitQuery(
  epoch: string,
  newStreams: readonly NewStream[],
  events: readonly StoredEvent[],
  streamId: (name: string) => number,
): { name: string; text: string; values: unknown[] } {
  const at: number[] = [];
  const bytes: Buffer[] = [];
  let next = 1;
  for (const { data, metadata } of events) {
    at.push(next);
    bytes.push(data, metadata);
    next += data.length + metadata.length;
  }
  const list = (value: (event: StoredEvent) => string | number): string => `{${events.map(value).join()}}`;
  return {
    name: 'commit',
    text: COMMIT,
    values: [
      epoch,
      `{${newStreams.map(({ id }) => id).join()}}`,
      `{${newStreams.map(({ name }) => quoted(name)).join()}}`,
      events[0]!.position - 1,
      Buffer.concat(bytes, next - 1),
      list(({ stream }) => streamId(stream)),
      list(({ revision }) => revisionText(revision)),
      list(({ id }) => id),
      list(({ type }) => quoted(type)),
      list(({ isJson }) => (isJson ? 't' : 'f')),
      `{${at.join()}}`,
      list(({ data }) => data.length),
      list(({ metadata }) => metadata.length),
      list(({ created }) => created),
    ],
  };
}

/** A text as an element of a Postgres array literal. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A revision as Postgres wants it; the double that stands for 2^63-1 would overflow a bigint. */
export function revisionText(revision: number): string {
  return revision >= TOMBSTONE ? '9223372036854775807' : String(revision);
}
