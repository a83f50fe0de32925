import type { StoredEvent } from '../log/event';

export type Direction = 'forwards' | 'backwards';

/** Newest committed state of one stream. */
export interface Head {
  /** Revision of the last event, `NO_EVENTS`, or `TOMBSTONE`. */
  last: number;
  /** For a metadata stream: the data of its last event. */
  metadataJson?: Buffer;
}

export interface StreamRevision {
  stream: string;
  revision: number;
}

/** Where an event id is already written in a stream. */
export interface KnownEvent extends StreamRevision {
  id: string;
  position: number;
}

/**
 * Where the log's events are kept. It decides nothing: revisions and positions come with the events. Reads may run
 * beside a commit and see only what is committed; they throw `StorageLost` when the storage cannot be reached.
 */
export interface Storage {
  /**
   * Becomes the one writer and answers the newest position (0 for an empty log). Called again after `StorageLost`.
   * @param onLost the connection broke while nothing was being committed
   * @throws StorageTaken another process writes to this data
   * @throws Error it cannot be reached, or is not fit to keep events; after `StorageLost`: try again
   */
  open(onLost: () => void): Promise<{ head: number }>;

  /**
   * Makes all events durable, or none.
   * @throws NotCommitted nothing was written and nothing will be
   * @throws StorageLost the connection broke: the events may be there or not, until `open` has answered
   * @throws StorageTaken another process became the writer; nothing was written
   */
  commit(events: readonly StoredEvent[]): Promise<void>;

  /** Heads of those of the streams that have events. */
  heads(streams: readonly string[]): Promise<Map<string, Head>>;

  /** All events of the given ids in the given streams, in order of position. */
  findEvents(ids: readonly { stream: string; id: string }[]): Promise<KnownEvent[]>;

  /** The events at exactly these places, in any order; those that do not exist are left out. */
  readEvents(places: readonly StreamRevision[]): Promise<StoredEvent[]>;

  /**
   * Events of one stream with `from <= revision <= to`, in the order of reading. Where they are many bytes only the
   * first of them: an answer shorter than the range ends where the next page starts. Empty only when there are none.
   */
  readStream(stream: string, from: number, to: number, direction: Direction): Promise<StoredEvent[]>;

  /** Events with `from <= position <= to`, in the order of reading and as bounded as `readStream`. */
  readAll(from: number, to: number, direction: Direction): Promise<StoredEvent[]>;

  /** Gives up the writer's place. */
  close(): Promise<void>;
}

/** The storage refused the events, and they are not there: a full disk, for example. */
export class NotCommitted extends Error {
  constructor(cause: unknown) {
    super(`The events were not written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'NotCommitted';
  }
}

/** The storage cannot be reached. What was being committed has an unknown outcome. */
export class StorageLost extends Error {
  constructor(cause: unknown) {
    super(`The event store's storage cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StorageLost';
  }
}

/** Another process owns the data. There is no going on: two writers would tear the log. */
export class StorageTaken extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'StorageTaken';
  }
}
