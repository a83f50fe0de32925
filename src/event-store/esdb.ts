import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  AccessDeniedError, BACKWARDS, END, EventStoreDBClient, FORWARDS, MaxAppendSizeExceededError, RequiredMetadataPropertyMissingError, START,
  StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError, excludeSystemEvents, isCommandError, jsonEvent, streamNameFilter,
  type EventData, type Filter, type JSONRecordedEvent, type Position, type ResolvedEvent, type StreamingRead,
} from '@eventstore/db-client';
import { serialise } from './append-rules';
import { systemClock, type Clock } from './clock';
import { createGate } from './gate';
import { mendClient } from './mend-client';
import {
  AppendRefused, StreamDeleted, WrongExpectedRevision,
  type AllFilter, type AppendResult, type EventStore, type ExpectedRevision, type NewEvent, type ReadAllOptions, type ReadStreamOptions,
  type RecordedEvent, type SubscribeOptions, type SubscriptionItem,
} from './port';
import { pull, Silence } from './pull';
import { quickenProposals } from './quick-proposals';
import { resuming } from './resuming';
import { untilDefinite, within } from './until-definite';

/** Where the store is: a connection string (`esdb://...`), the Unix socket of the embedded one, or a client at hand. */
export type EventStoreAddress = { url: string } | { socketPath: string } | { client: EventStoreDBClient };

export type EventStoreOptions = EventStoreAddress & {
  clock?: Clock;
  /** A subscription that brings nothing for so many milliseconds is opened again. Default 30 s. */
  silenceMs?: number;
  /** Told every trouble that was mended here: broken reads, silent subscriptions. For the log. */
  report?: (trouble: unknown) => void;
};

/** Stream whose only event gives the log its id. */
const IDENTITY_STREAM = 'keyledger-store';
const DEFAULT_DEADLINE_MS = 10_000;
/** How long a read may bring nothing before it fails for good, in milliseconds. */
const READ_PATIENCE_MS = 10_000;
/** Appends on the way at a time; more gain nothing and only grow the client's queue. */
const APPENDS_IN_FLIGHT = 64;
/** After this an append that was never answered no longer counts as on the way; far longer than a dead connection lives. */
const FORGOTTEN_MS = 60_000;
const HEAD_PAGE = 16;

type Subscription = AsyncGenerator<SubscriptionItem>;

/**
 * The event store behind the official client: the embedded one or a cluster, only the address differs. The one file that
 * knows the client. Open one a process: the library keeps the appends of all its clients in one table, and a lost
 * connection of one client rejects the appends of the others.
 */
export function createEventStore(options: EventStoreOptions): EventStore {
  const { clock = systemClock, silenceMs = 30_000, report = () => {} } = options;
  const gate = createGate(APPENDS_IN_FLIGHT);
  const closing = new AbortController();
  // One listener for each read under way.
  setMaxListeners(0, closing.signal);
  let client = connect(options, report);
  let identity: Promise<string> | undefined;

  async function append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], deadline?: number) {
    const texts = serialise(stream, events);
    const proposed = events.map(({ id, type, data }, index) => jsonEvent({ id, type, data, metadata: new TextEncoder().encode(texts[index]!.metadata) }));
    return appendUntilDefinite(stream, expected, proposed, deadline);
  }

  function appendUntilDefinite(stream: string, expected: ExpectedRevision, events: EventData[], until?: number): Promise<AppendResult> {
    const deadline = until ?? clock.now() + DEFAULT_DEADLINE_MS;
    if (closing.signal.aborted) throw new Error('The event store is closed');
    const attempt = () => appendOnce(stream, expected, events);
    return untilDefinite(stream, deadline, clock, (wanted) => gate.run(() => within(attempt, FORGOTTEN_MS, clock), wanted));
  }

  async function appendOnce(stream: string, expected: ExpectedRevision, events: EventData[]): Promise<AppendResult> {
    try {
      const { nextExpectedRevision: revision, position } = await client.appendToStream(stream, events, { expectedRevision: expected });
      return { revision, position: isKnown(position) ? position.commit : await positionOf(stream, revision) };
    } catch (error) {
      if (error instanceof Error && !isCommandError(error)) reconnect(error);
      throw definite(stream, expected, error);
    }
  }

  /**
   * The client asks once which calls the server knows, and keeps even the failure of that question: all its appends then
   * fail for ever. Only a new client gets out of that. What runs on the old one may finish.
   */
  function reconnect(error: unknown): void {
    report(error);
    client = connect(options, report);
  }

  /** An append that was written before may be acknowledged without its position. */
  async function positionOf(stream: string, revision: bigint): Promise<bigint> {
    for await (const event of readStream(stream, { from: revision, maxCount: 1 })) return event.position;
    throw new Error(`Revision ${revision} of ${stream} was acknowledged but cannot be read`);
  }

  async function* readStream(stream: string, { from, direction = 'forwards', maxCount = Infinity }: ReadStreamOptions = {}) {
    const step = direction === 'forwards' ? 1n : -1n;
    let next = from;
    let left = maxCount;
    const open = () => readStreamOnce(stream, direction, next, left);
    for await (const event of resuming(open, reading)) {
      next = event.revision + step;
      left--;
      yield event;
      if (left === 0 || next < 0n) return;
    }
  }

  async function* readStreamOnce(stream: string, direction: 'forwards' | 'backwards', from: bigint | undefined, maxCount: number) {
    const ahead = direction === 'forwards';
    const source = client.readStream(stream, {
      fromRevision: from ?? (ahead ? START : END),
      direction: ahead ? FORWARDS : BACKWARDS,
      ...(maxCount !== Infinity && { maxCount }),
    });
    try {
      for await (const { event } of pullRead<ResolvedEvent>(source)) if (event) yield recorded(event);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return;
      throw error instanceof StreamDeletedError ? new StreamDeleted(stream) : error;
    }
  }

  async function* readAll({ after, filter, maxCount = Infinity }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    let last = after;
    let left = maxCount;
    for await (const event of resuming(() => readAllOnce(() => last, left + 1), reading)) {
      last = event.position;
      if (!isVisible(event, filter)) continue;
      yield event;
      if (--left === 0) return;
    }
  }

  /** Everything behind `last`, in pages; a page starts with the last event of the one before. */
  async function* readAllOnce(last: () => bigint | undefined, pageSize: number): AsyncGenerator<RecordedEvent> {
    for (let full = true; full;) {
      const after = last();
      const source = client.readAll({ fromPosition: placeOf(after), ...(pageSize !== Infinity && { maxCount: pageSize }) });
      let count = 0;
      for await (const { event } of pullRead<ResolvedEvent>(source)) {
        count++;
        if (event && (after === undefined || positionIn(event) > after)) yield recorded(event);
      }
      full = count >= pageSize;
    }
  }

  async function head(): Promise<bigint | undefined> {
    let from: Position | typeof END = END;
    for (;;) {
      let count = 0;
      const source = client.readAll({ direction: BACKWARDS, fromPosition: from, maxCount: HEAD_PAGE });
      for await (const { event } of pullRead<ResolvedEvent>(source)) {
        if (!event) continue;
        if (isVisible(recorded(event))) return positionIn(event);
        from = event.position!;
        count++;
      }
      if (count < HEAD_PAGE) return undefined;
    }
  }

  async function* subscribeToAll({ after, filter, signal }: SubscribeOptions = {}): Subscription {
    const ended = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    let last = after;
    const open = () => subscribeOnce(last, filter, ended);
    // Nothing comes where nothing happens: a quiet log is no trouble, and whoever needs to know compares with `head`.
    const reportTrouble = (trouble: unknown): void => {
      if (!(trouble instanceof Silence)) report(trouble);
    };
    for await (const item of resuming(open, { clock, patienceMs: Infinity, isFinal: () => false, report: reportTrouble, signal: ended })) {
      const position = item.kind === 'event' ? item.event.position : item.kind === 'checkpoint' ? item.position : undefined;
      if (position !== undefined) {
        if (last !== undefined && position <= last) continue;
        last = position;
      }
      yield item;
    }
  }

  /** Checkpoints and "caught up" are pushed into the very stream of events, so that they keep their place among them. */
  async function* subscribeOnce(after: bigint | undefined, filter: AllFilter | undefined, ended: AbortSignal): Subscription {
    const source = client.subscribeToAll({
      fromPosition: placeOf(after),
      filter: serverFilter(filter, ({ commit }) => void source.push({ kind: 'checkpoint', position: commit })),
    });
    source.on('caughtUp', () => void source.push({ kind: 'caughtUp' }));
    const pulling = { clock, silenceMs, signal: ended, cancel: () => source.unsubscribe() };
    for await (const item of pull<ResolvedEvent | Exclude<SubscriptionItem, { kind: 'event' }>>(source, pulling)) {
      if ('kind' in item) yield item;
      else if (item.event) yield subscribed(recorded(item.event), filter);
    }
    throw new Error('The server ended the subscription');
  }

  const reading = {
    clock, report, patienceMs: READ_PATIENCE_MS,
    isFinal: (error: unknown) => closing.signal.aborted || error instanceof StreamDeleted || error instanceof AccessDeniedError,
  };

  function pullRead<T>(source: StreamingRead<T>): AsyncGenerator<T> {
    return pull<T>(source, { clock, silenceMs: READ_PATIENCE_MS, signal: closing.signal, cancel: () => source.cancel() });
  }

  /** Written by whoever comes first; everybody else finds it. */
  async function identify(): Promise<string> {
    const event = jsonEvent({ type: 'StoreIdentified', data: { storeId: randomUUID() } });
    try {
      await appendUntilDefinite(IDENTITY_STREAM, 'no_stream', [event]);
      return event.data.storeId;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
    for await (const { data } of readStream(IDENTITY_STREAM, { maxCount: 1 })) return String(data.storeId);
    throw new Error(`The stream ${IDENTITY_STREAM} cannot be read`);
  }

  return {
    identity() {
      identity ??= identify().catch((error: unknown) => {
        identity = undefined;
        throw error;
      });
      return identity;
    },
    append,
    readStream,
    readAll,
    head,
    subscribeToAll,
    async close() {
      closing.abort();
      await client.dispose();
    },
  };
}

function connect(address: EventStoreAddress, report: (trouble: unknown) => void): EventStoreDBClient {
  quickenProposals();
  if ('client' in address) return address.client;
  const client = 'url' in address
    ? EventStoreDBClient.connectionString(address.url)
    : new EventStoreDBClient({ endpoint: `unix:${address.socketPath}` }, { insecure: true });
  mendClient(client, report);
  return client;
}

/** The error of one append as the port names it; one that leaves the outcome open stays what it is. */
function definite(stream: string, expected: ExpectedRevision, error: unknown): unknown {
  if (error instanceof WrongExpectedVersionError) {
    const actual = error.actualVersion;
    return new WrongExpectedRevision(stream, expected, typeof actual === 'bigint' && actual >= 0n ? actual : 'no_stream');
  }
  if (error instanceof StreamDeletedError) return new AppendRefused(stream, 'stream-deleted', error.message);
  if (error instanceof MaxAppendSizeExceededError) return new AppendRefused(stream, 'too-large', `at most ${error.maxAppendSize} bytes`);
  if (error instanceof AccessDeniedError) return new AppendRefused(stream, 'access-denied', error.message);
  if (error instanceof RequiredMetadataPropertyMissingError) return new AppendRefused(stream, 'invalid', error.message);
  return error;
}

/** The protocol's "no position" is -1, which an unsigned field shows as a huge number. */
function isKnown(position: Position | undefined): position is Position {
  return position !== undefined && position.commit >= 0n && position.commit < 1n << 63n;
}

/** A modern node writes every event with equal commit and prepare positions. */
function placeOf(after: bigint | undefined): Position | typeof START {
  return after === undefined ? START : { commit: after, prepare: after };
}

function positionIn(event: { position?: Position }): bigint {
  if (!event.position) throw new Error('The event store tells no positions: it must be EventStoreDB 22.6 or newer');
  return event.position.commit;
}

/** Data and metadata as they were written; of a foreign event they may be anything. */
function recorded(event: NonNullable<ResolvedEvent['event']>): RecordedEvent {
  const { id, streamId: stream, revision, type, data, metadata, created } = event as JSONRecordedEvent;
  return {
    id, stream, revision, position: positionIn(event), type,
    data: data as RecordedEvent['data'], metadata: (metadata ?? {}) as unknown as RecordedEvent['metadata'], recordedAt: created,
  };
}

/** What the product wrote, and nobody else: system events, the identity and other programs' events stay hidden. */
function isVisible({ stream, type, metadata }: RecordedEvent, filter?: AllFilter): boolean {
  const prefixes = filter?.streamPrefixes ?? [];
  return typeof metadata.commandId === 'string' && !type.startsWith('$') && !stream.startsWith('$') && stream !== IDENTITY_STREAM
    && (prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix)));
}

function subscribed(event: RecordedEvent, filter: AllFilter | undefined): SubscriptionItem {
  return isVisible(event, filter) ? { kind: 'event', event } : { kind: 'checkpoint', position: event.position };
}

function serverFilter(filter: AllFilter | undefined, reached: (position: Position) => void): Filter {
  const checkpointReached = (_: unknown, position: Position) => reached(position);
  const prefixes = filter?.streamPrefixes ?? [];
  if (prefixes.length === 0) return excludeSystemEvents({ checkpointReached });
  return streamNameFilter({ prefixes: [...prefixes], checkpointReached });
}
