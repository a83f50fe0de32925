import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { NotCommitted, StorageLost, StorageTaken, type Storage } from './port';
import type { StoredEvent } from '../log/event';
import { commitQuery, type NewStream } from './postgres/commit-query';
import { connect, isConnectionFailure } from './postgres/connection';
import { createReader } from './postgres/reader';
import { SCHEMA, verifyDurability } from './postgres/schema';

export interface PostgresStorageOptions {
  /** Connection string of a database that is the store's alone. */
  url: string;
  /** Starts even where Postgres may lose acknowledged events. For tests only. */
  allowUnsafeDurability?: boolean;
  /** How long to wait for a writer that is just ending, in milliseconds. Default 3,000. */
  ownerPatienceMs?: number;
}

/** Advisory lock of the writer; the number is arbitrary, and the lock's name space is this database. */
const WRITER_LOCK = 7_305_172_113;
const SUPERSEDED = 'Another event store took over this data while the connection was gone.';
/** Streams whose numbers are kept in memory. */
const MAX_STREAM_IDS = 50_000;

/**
 * Keeps the log in Postgres. The writer holds a session's advisory lock, which keeps a second one from starting, and
 * an epoch that every commit checks, which stops a writer that lost the lock without noticing.
 */
export function createPostgresStorage({ url, allowUnsafeDurability = false, ownerPatienceMs = 3_000 }: PostgresStorageOptions): Storage {
  const reader = createReader(url);
  const streamIds = new Map<string, number>();
  let writer: Client | undefined;
  let epoch: string | undefined;
  let nextStreamId = 1;
  let committing = false;

  const open = async (onLost: () => void): Promise<{ head: number }> => {
    const previous = writer;
    writer = undefined;
    await previous?.end().catch(() => {});
    const client = await connect(url, 'writer', (ended) => {
      if (writer !== ended) return;
      writer = undefined;
      if (!committing) onLost();
    });
    try {
      if (!allowUnsafeDurability) await verifyDurability(client);
      await takeLock(client);
      await client.query(SCHEMA);
      epoch = await nextEpoch(client, epoch);
      const { rows: [newest] } = await client.query<{ head: string; stream: string }>(
        `select coalesce((select max(position) from event_store.events), 0) as head,
                coalesce((select max(id) from event_store.streams), 0) as stream`);
      streamIds.clear();
      nextStreamId = Number(newest!.stream) + 1;
      writer = client;
      return { head: Number(newest!.head) };
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  };

  const takeLock = async (client: Client): Promise<void> => {
    const deadline = Date.now() + ownerPatienceMs;
    for (;;) {
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [WRITER_LOCK]);
      if (rows[0]!.taken) return;
      if (epoch !== undefined) throw await whyNotAgain(client, epoch);
      if (Date.now() >= deadline) throw new StorageTaken(await describeOwner(client));
      await sleep(50);
    }
  };

  /** Numbers of the streams of a batch. A stream whose first event is in it is new; a tombstone may be either. */
  const numberStreams = async (events: readonly StoredEvent[]): Promise<NewStream[]> => {
    const firstRevisions = new Map<string, number>();
    for (const { stream, revision } of events) if (!firstRevisions.has(stream)) firstRevisions.set(stream, revision);
    const unknown = [...firstRevisions].filter(([stream, revision]) => revision !== 0 && !streamIds.has(stream)).map(([stream]) => stream);
    if (unknown.length > 0) for (const [stream, id] of await reader.streamIds(unknown)) streamIds.set(stream, id);
    const added = [...firstRevisions.keys()].filter((stream) => !streamIds.has(stream));
    return added.map((name) => ({ id: nextStreamId++, name }));
  };

  const forgetSome = (): void => {
    for (const stream of streamIds.keys()) {
      if (streamIds.size <= MAX_STREAM_IDS) return;
      streamIds.delete(stream);
    }
  };

  const commit = async (events: readonly StoredEvent[]): Promise<void> => {
    const client = writer;
    if (!client || epoch === undefined) throw new StorageLost('no connection');
    const added = await numberStreams(events);
    const addedIds = new Map(added.map(({ id, name }) => [name, id]));
    const query = commitQuery(epoch, added, events, (name) => addedIds.get(name) ?? streamIds.get(name)!);
    committing = true;
    let written: number | null;
    try {
      ({ rowCount: written } = await client.query(query));
    } catch (error) {
      throw leavesLogAsItWas(error) ? new NotCommitted(error) : new StorageLost(error);
    } finally {
      committing = false;
    }
    if (written === 0) throw new StorageTaken('Another event store took over this data; this one must not write any more.');
    for (const [name, id] of addedIds) streamIds.set(name, id);
    forgetSome();
  };

  return {
    ...reader,
    open,
    commit,
    close: async () => {
      const client = writer;
      writer = undefined;
      await client?.end().catch(() => {});
      await reader.close();
    },
  };
}

/** A constraint that failed means that memory and table disagree, so memory must be loaded again as after a lost connection. */
function leavesLogAsItWas(error: unknown): boolean {
  if (isConnectionFailure(error)) return false;
  return !(error as { code: string }).code.startsWith('23');
}

/** Counts the epoch up. The update waits for a commit of the old owner that is still on its way, because that holds the row. */
async function nextEpoch(client: Client, own: string | undefined): Promise<string> {
  const { rows } = own === undefined
    ? await client.query<{ epoch: string }>('update event_store.owner set epoch = epoch + 1 returning epoch')
    : await client.query<{ epoch: string }>('update event_store.owner set epoch = epoch + 1 where epoch = $1 returning epoch', [own]);
  if (!rows[0]) throw new StorageTaken(SUPERSEDED);
  return rows[0].epoch;
}

/** While the epoch is ours, the lock is held by our own broken session, which ends by itself: trying again makes sense. */
async function whyNotAgain(client: Client, own: string): Promise<Error> {
  const { rows } = await client.query<{ epoch: string }>('select epoch from event_store.owner');
  if (rows[0]?.epoch === own) return new StorageLost('the session of the broken connection still holds the lock');
  return new StorageTaken(SUPERSEDED);
}

async function describeOwner(client: Client): Promise<string> {
  const { rows } = await client.query<{ pid: number; since: Date }>(
    `select a.pid, a.backend_start as since from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
       and (l.classid::bigint << 32) + l.objid::bigint = $1`, [WRITER_LOCK]);
  const owner = rows[0] ? ` (database session ${rows[0].pid}, since ${rows[0].since.toISOString()})` : '';
  return `Another event store already writes to this data${owner}. Stop it first: two writers would tear the log.`;
}
