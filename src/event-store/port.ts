import type { Sealed } from '../vault/port';

/**
 * The event store as the rest of the product sees it. Two adapters keep this contract: `esdb.ts` (the official
 * client, against the embedded server or a cluster) and `in-memory.ts` (unit tests and simulation). One contract
 * suite, `test/conformance/event-store-port.ts`, runs over both.
 */

/** Revision that the stream must be at: the revision of its last event, or `'no_stream'`. There is no "any". */
export type ExpectedRevision = bigint | 'no_stream';

/** Who acted. `id` is opaque: never an e-mail address or a name. */
export interface Actor {
  kind: 'user' | 'service' | 'system' | 'anonymous';
  id: string;
}

/** Metadata of every event the product writes. The `$` names are EventStoreDB's own. */
export interface EventMetadata {
  $correlationId: string;
  $causationId: string;
  /** Deterministic id of the command that caused the event; the same for all events of one command. */
  commandId: string;
  actor: Actor;
  tenant: string;
  /** The request of the caller; absent for what jobs do. */
  requestId?: string;
  /** Network address of the caller, sealed with their key; only for acts on people and access. */
  address?: Sealed;
  /** Schema version of `data`. */
  v: number;
  /** When it was decided, ISO 8601 UTC with milliseconds. */
  at: string;
  /** Digest of the previous event of the stream (`digest.ts`), null for the first. */
  prev: string | null;
}

export interface NewEvent {
  /** UUID. Re-sending the same ids at the same expected revision has no second effect. */
  id: string;
  type: string;
  data: Record<string, unknown>;
  metadata: EventMetadata;
}

export interface RecordedEvent {
  id: string;
  stream: string;
  /** 0 for the first event of the stream, without holes. */
  revision: bigint;
  /** Place in the whole log; strictly increasing, not dense, meaningful only within one store identity. */
  position: bigint;
  type: string;
  data: Record<string, unknown>;
  metadata: EventMetadata;
  recordedAt: Date;
}

export interface AppendResult {
  /** Revision of the last event of the append. */
  revision: bigint;
  /** Position of the last event of the append: the consistency token. */
  position: bigint;
}

/** Which events of the log to see; both lists empty or absent means all but system (`$`) events. */
export interface AllFilter {
  streamPrefixes?: readonly string[];
}

export interface ReadStreamOptions {
  /** First revision to answer (inclusive). Default: the start, or the end when reading backwards. */
  from?: bigint;
  direction?: 'forwards' | 'backwards';
  maxCount?: number;
}

export interface ReadAllOptions {
  /** Events strictly after this position; undefined means from the start. */
  after?: bigint;
  filter?: AllFilter;
  maxCount?: number;
}

export interface SubscribeOptions {
  /** Events strictly after this position; undefined means from the start. */
  after?: bigint;
  filter?: AllFilter;
  /** Ends the subscription; the iterator then returns. */
  signal?: AbortSignal;
}

/** What a subscription delivers. `checkpoint`: everything up to `position` was seen, matching or not. */
export type SubscriptionItem =
  | { kind: 'event'; event: RecordedEvent }
  | { kind: 'checkpoint'; position: bigint }
  | { kind: 'caughtUp' };

export interface EventStore {
  /** Stable id of this log. Positions of one log mean nothing to another, so checkpoints keep it beside them. */
  identity(): Promise<string>;

  /**
   * Appends all events or none. Re-sends the very same append while its outcome is unknown, until `deadline`.
   * @param deadline milliseconds since the epoch; default 10 s from now
   * @throws WrongExpectedRevision the stream is elsewhere: re-read, decide again
   * @throws AppendRefused a definite no: stream deleted, too large, access denied
   * @throws OutcomeUnknown the deadline passed while the outcome was unknown: the events may or may not be there
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], deadline?: number): Promise<AppendResult>;

  /** Events of one stream; empty for a stream that does not exist. @throws StreamDeleted */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /** The log in order, forwards, ending at its head. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /** Position of the newest event, or undefined for an empty log. */
  head(): Promise<bigint | undefined>;

  /**
   * Catch-up subscription to the log. It never ends by itself: the adapter resubscribes from the last delivered item
   * after any error or silence, so a reader sees every event once and in order. Pull-based: a slow reader holds
   * nothing in memory but the client's own read-ahead.
   */
  subscribeToAll(options?: SubscribeOptions): AsyncIterable<SubscriptionItem>;

  close(): Promise<void>;
}

/** Another append came first. `actual` is the revision the stream is really at. */
export class WrongExpectedRevision extends Error {
  constructor(readonly stream: string, readonly expected: ExpectedRevision, readonly actual: ExpectedRevision) {
    super(`Stream ${stream} is at ${actual}, not at ${expected}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** The store definitely did not and will not write this append. */
export class AppendRefused extends Error {
  constructor(readonly stream: string, readonly reason: 'stream-deleted' | 'too-large' | 'access-denied' | 'invalid', detail: string) {
    super(`Append to ${stream} refused (${reason}): ${detail}`);
    this.name = 'AppendRefused';
  }
}

/** The deadline passed without a definite answer. */
export class OutcomeUnknown extends Error {
  constructor(readonly stream: string, cause: unknown) {
    super(`The outcome of an append to ${stream} is unknown`, { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** The stream was tombstoned and will never be readable again. */
export class StreamDeleted extends Error {
  constructor(readonly stream: string) {
    super(`Stream ${stream} was deleted`);
    this.name = 'StreamDeleted';
  }
}
