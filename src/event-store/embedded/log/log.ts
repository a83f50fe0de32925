import type { Direction, Storage, StorageTaken, StreamRevision } from '../storage/port';
import { createChanges, type Watch } from './changes';
import { isMetastream, NO_EVENTS, TOMBSTONE, type StoredEvent } from './event';
import { createHeads, metadataOf, type CachedHead } from './heads';
import { streamsOf, type Write, type WriteOutcome } from './plan-write';
import { isSoftDeleted, type StreamMetadata } from './stream-metadata';
import { createTail } from './tail';
import { createWriter } from './writer';

/** A stream as a reader finds it. */
export interface StreamView {
  /** `deleted`: tombstoned, it or the stream it describes. `missing`: never written, or soft-deleted. */
  state: 'there' | 'missing' | 'deleted';
  /** Revision of its last event, hidden or not; `NO_EVENTS` for none. */
  last: number;
  metadata: StreamMetadata;
}

/** The log of events: decisions, memory and storage behind one face. All reads see committed events only. */
export interface Log {
  /** Answers exactly once, and never rejects. @param deadline milliseconds since the epoch */
  write(write: Write, deadline: number): Promise<WriteOutcome>;
  /** Resolves when writers may go on; undefined when they need not wait. */
  room(): Promise<void> | undefined;
  /** Newest committed position, 0 for none. */
  head(): number;
  view(stream: string): Promise<StreamView>;
  views(streams: readonly string[]): Promise<ReadonlyMap<string, StreamView>>;
  /** A page of the events with `from <= position <= to`, none past the head; see `Storage.readAll`. */
  readAll(from: number, to: number, direction: Direction): Promise<StoredEvent[]>;
  /** A page of the events with `from <= revision <= to`, hidden ones included; see `Storage.readStream`. */
  readStream(stream: string, from: number, to: number, direction: Direction): Promise<StoredEvent[]>;
  readEvents(places: readonly StreamRevision[]): Promise<StoredEvent[]>;
  watch(stream: string | undefined): Watch;
  /** Refuses new writes, answers those that wait, and wakes all readers. */
  drain(): Promise<void>;
  /** Lets the storage go. */
  close(): Promise<void>;
}

export interface LogOptions {
  storage: Storage;
  /** A write or the connection to the storage failed; for the operator's log. */
  onFailure(error: unknown): void;
  /** Another process became the writer of this data; every further write is refused. */
  onFatal(error: StorageTaken): void;
}

const MIB = 1024 * 1024;
const WRITER_LIMITS = { batchBytes: 4 * MIB, batchEvents: 2_000, queueBytes: 32 * MIB };
const TAIL_LIMITS = { maxEvents: 20_000, maxBytes: 16 * MIB };
const MAX_CACHED_HEADS = 20_000;

/** Opens the storage as its one writer. @throws StorageTaken, StorageLost */
export async function openLog({ storage, onFailure, onFatal }: LogOptions): Promise<Log> {
  const heads = createHeads(storage, MAX_CACHED_HEADS);
  const tail = createTail(TAIL_LIMITS);
  const changes = createChanges();
  let committedHead = 0;

  const writer = createWriter({
    storage,
    heads,
    limits: WRITER_LIMITS,
    head: () => committedHead,
    onCommitted: (events, newHeads) => {
      heads.committed(newHeads);
      tail.push(events);
      committedHead = events.at(-1)!.position;
      setImmediate(() => changes.announce(newHeads.keys()));
    },
    onReopened: (head) => {
      heads.reset();
      tail.reset(head);
      committedHead = head;
      changes.announceAll();
    },
    onFailure,
    onFatal,
  });
  ({ head: committedHead } = await storage.open(() => writer.storageLost()));
  tail.reset(committedHead);

  return {
    write: (write, deadline) => writer.write(write, deadline),
    room: () => writer.room(),
    head: () => committedHead,
    view: async (stream) => viewOf(stream, await heads.get(streamsOf({ stream }))),
    views: async (streams) => {
      const found = await heads.get([...new Set(streams.flatMap((stream) => streamsOf({ stream })))]);
      return new Map(streams.map((stream) => [stream, viewOf(stream, found)]));
    },
    readAll: async (from, to, direction) => {
      const until = Math.min(to, committedHead);
      if (from > until) return [];
      return ordered(tail.readAll(from, until), direction) ?? storage.readAll(from, until, direction);
    },
    readStream: async (stream, from, to, direction) => {
      if (from > to) return [];
      return ordered(tail.readStream(stream, from, to), direction) ?? storage.readStream(stream, from, to, direction);
    },
    readEvents: async (places) => (places.length === 0 ? [] : storage.readEvents(places)),
    watch: (stream) => changes.watch(stream),
    drain: async () => {
      await writer.close();
      changes.announceAll();
    },
    close: () => storage.close(),
  };
}

function viewOf(stream: string, heads: ReadonlyMap<string, CachedHead>): StreamView {
  const [own, other] = streamsOf({ stream }).map((name) => heads.get(name)!) as [CachedHead, CachedHead];
  const metadata = metadataOf(stream, other);
  const deleted = own.last === TOMBSTONE || (isMetastream(stream) && other.last === TOMBSTONE);
  const missing = own.last === NO_EVENTS || isSoftDeleted(metadata);
  return { state: deleted ? 'deleted' : missing ? 'missing' : 'there', last: own.last, metadata };
}

function ordered(ascending: StoredEvent[] | undefined, direction: Direction): StoredEvent[] | undefined {
  return direction === 'forwards' ? ascending : ascending?.reverse();
}
