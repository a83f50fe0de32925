import type { Client, QueryArrayConfig } from 'pg';
import { isMetastream, TOMBSTONE, type StoredEvent } from '../../log/event';
import { StorageLost, type Direction, type Head, type KnownEvent, type StreamRevision } from '../port';
import { revisionText } from './commit-query';
import { connect, isConnectionFailure } from './connection';

/** Connections that serve reads, one query at a time each; further queries wait for the first that is free. */
const READERS = 3;

/** Names of streams kept in memory, so that pages of the log need no join. */
const MAX_NAMES = 50_000;

/** Bytes of events from which a page is cut short. */
const PAGE_BYTES = 4 * 1024 * 1024;

const COLUMNS = 'stream_id, position, revision, event_id, type, is_json, data, metadata, created';

/** Cuts a range of events where the bytes before one already fill a page. */
const page = (where: string, key: string, order: 'asc' | 'desc'): string => `
select ${COLUMNS} from (
  select *, sum(octet_length(data) + octet_length(metadata))
    over (order by ${key} ${order} rows between unbounded preceding and 1 preceding) as before
  from event_store.events where ${where}
) e
where before is null or before < ${PAGE_BYTES} order by ${key} ${order}`;

const OF_STREAM = 'stream_id = (select id from event_store.streams where name = $1) and revision between $2 and $3';
const OF_ALL = 'position between $1 and $2';
const PAGES = {
  stream: { forwards: page(OF_STREAM, 'revision', 'asc'), backwards: page(OF_STREAM, 'revision', 'desc') },
  all: { forwards: page(OF_ALL, 'position', 'asc'), backwards: page(OF_ALL, 'position', 'desc') },
};

const HEADS = `
select s.name, e.revision, case when s.name like '$$%' then e.data end
from unnest($1::text[]) as wanted(name)
join event_store.streams s on s.name = wanted.name
cross join lateral (select revision, data from event_store.events where stream_id = s.id order by revision desc limit 1) e`;

const FIND_EVENTS = `
select s.name, e.event_id, e.revision, e.position
from unnest($1::text[], $2::uuid[]) as wanted(name, event_id)
join event_store.streams s on s.name = wanted.name
cross join lateral (select * from event_store.events where event_id = wanted.event_id offset 0) e
where e.stream_id = s.id
order by e.position`;

const READ_EVENTS = `
select ${COLUMNS}
from unnest($1::text[], $2::bigint[]) as wanted(name, place)
join event_store.streams s on s.name = wanted.name
join event_store.events e on e.stream_id = s.id and e.revision = wanted.place`;

const STREAM_NAMES = 'select id, name from event_store.streams where id = any($1::bigint[])';

const STREAM_IDS = `
select s.name, s.id from unnest($1::text[]) as wanted(name) join event_store.streams s on s.name = wanted.name`;

/** Rows come as the texts that Postgres sent; the functions below know what each of them is. */
type Row = (string | null)[];
const asText = { getTypeParser: () => (text: string) => text };

interface Slot {
  client?: Promise<Client>;
}

export interface Reader {
  heads(streams: readonly string[]): Promise<Map<string, Head>>;
  findEvents(ids: readonly { stream: string; id: string }[]): Promise<KnownEvent[]>;
  readEvents(places: readonly StreamRevision[]): Promise<StoredEvent[]>;
  readStream(stream: string, from: number, to: number, direction: Direction): Promise<StoredEvent[]>;
  readAll(from: number, to: number, direction: Direction): Promise<StoredEvent[]>;
  /** Numbers of those of the streams that exist. */
  streamIds(streams: readonly string[]): Promise<Map<string, number>>;
  close(): Promise<void>;
}

/** Reads committed events over a few connections, made on first use and again after they broke. */
export function createReader(url: string): Reader {
  const slots: Slot[] = Array.from({ length: READERS }, () => ({}));
  const free = [...slots];
  const waiting: ((slot: Slot) => void)[] = [];
  let closed = false;

  const take = async (): Promise<Slot> => free.pop() ?? new Promise((resolve) => waiting.push(resolve));

  const giveBack = (slot: Slot): void => {
    const next = waiting.shift();
    if (next) next(slot);
    else free.push(slot);
  };

  const clientOf = async (slot: Slot): Promise<Client> => {
    if (closed) throw new Error('The store is closed');
    if (slot.client) return slot.client;
    const client = connect(url, 'reader', () => {
      if (slot.client === client) slot.client = undefined;
    });
    client.catch(() => {
      if (slot.client === client) slot.client = undefined;
    });
    return (slot.client = client);
  };

  const query = async (name: string, text: string, values: unknown[]): Promise<Row[]> => {
    const slot = await take();
    try {
      const client = await clientOf(slot);
      const config: QueryArrayConfig & { types: typeof asText } = { name, text, values, rowMode: 'array', types: asText };
      return (await client.query<Row>(config)).rows;
    } catch (error) {
      throw isConnectionFailure(error) ? new StorageLost(error) : error;
    } finally {
      giveBack(slot);
    }
  };

  const names = new Map<string, string>();

  /** Names by number of the streams that the rows are of. */
  const namesOf = async (rows: readonly Row[]): Promise<ReadonlyMap<string, string>> => {
    const wanted = new Set(rows.map(([id]) => id!));
    const known = new Map<string, string>();
    for (const id of wanted) {
      const name = names.get(id);
      if (name === undefined) continue;
      known.set(id, name);
      wanted.delete(id);
    }
    if (wanted.size === 0) return known;
    if (names.size + wanted.size > MAX_NAMES) names.clear();
    for (const [id, name] of await query('stream-names', STREAM_NAMES, [[...wanted]])) {
      names.set(id!, name!);
      known.set(id!, name!);
    }
    return known;
  };

  const toEvents = async (rows: readonly Row[]): Promise<StoredEvent[]> => {
    const known = await namesOf(rows);
    return rows.map((row) => toEvent(row, known.get(row[0]!)!));
  };

  return {
    heads: async (streams) => {
      const rows = await query('heads', HEADS, [streams]);
      return new Map(rows.map(([name, revision, data]) =>
        [name!, { last: toRevision(revision), metadataJson: isMetastream(name!) ? toBytes(data) : undefined }]));
    },
    findEvents: async (ids) => {
      const rows = await query('find-events', FIND_EVENTS, [ids.map(({ stream }) => stream), ids.map(({ id }) => id)]);
      return rows.map(([stream, id, revision, position]) =>
        ({ stream: stream!, id: id!, revision: toRevision(revision), position: Number(position) }));
    },
    readEvents: async (places) => {
      const values = [places.map(({ stream }) => stream), places.map(({ revision }) => revisionText(revision))];
      return toEvents(await query('read-events', READ_EVENTS, values));
    },
    readStream: async (stream, from, to, direction) => {
      const values = [stream, revisionText(from), revisionText(to)];
      return (await query(`stream-${direction}`, PAGES.stream[direction], values)).map((row) => toEvent(row, stream));
    },
    readAll: async (from, to, direction) => toEvents(await query(`all-${direction}`, PAGES.all[direction], [from, to])),
    streamIds: async (streams) => {
      const rows = await query('stream-ids', STREAM_IDS, [streams]);
      return new Map(rows.map(([name, id]) => [name!, Number(id)]));
    },
    close: async () => {
      closed = true;
      await Promise.all(slots.map(async ({ client }) => (await client?.catch(() => undefined))?.end()));
    },
  };
}

function toEvent([, position, revision, id, type, isJson, data, metadata, created]: Row, stream: string): StoredEvent {
  return {
    stream,
    position: Number(position),
    revision: toRevision(revision),
    id: id!,
    type: type!,
    isJson: isJson === 't',
    data: toBytes(data),
    metadata: toBytes(metadata),
    created: Number(created),
  };
}

/** Postgres sends bytes as `\x` and hexadecimal digits. */
function toBytes(hex: string | null | undefined): Buffer {
  return Buffer.from(hex!.slice(2), 'hex');
}

/** The text of 2^63-1 becomes the double that stands for it. */
function toRevision(text: string | null | undefined): number {
  const revision = Number(text);
  return revision >= TOMBSTONE ? TOMBSTONE : revision;
}
