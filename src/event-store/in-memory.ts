import { randomUUID } from 'node:crypto';
import { appendSize, serialise, type SerialisedEvent } from './append-rules';
import { systemClock, type Clock } from './clock';
import {
  AppendRefused, WrongExpectedRevision,
  type AllFilter, type AppendResult, type EventStore, type ExpectedRevision, type NewEvent, type ReadAllOptions, type ReadStreamOptions,
  type RecordedEvent, type SubscribeOptions, type SubscriptionItem,
} from './port';

export interface InMemoryEventStoreOptions {
  /** Id of this log; default: a random UUID. */
  identity?: string;
  clock?: Pick<Clock, 'now'>;
}

/** The default of EventStoreDB. */
const MAX_APPEND_BYTES = 1024 * 1024;
/** A subscription says how far it has come at least once in so many events that do not match its filter. */
const CHECKPOINT_EVERY = 32;

/** Text, as a real store keeps it: nobody can change a recorded event through a reference. */
interface Stored extends SerialisedEvent {
  stream: string;
  revision: number;
  position: bigint;
  recordedAt: number;
}

/** An event store in this process's memory, with the full contract of the port. For unit tests and simulation. */
export function createInMemoryEventStore({ identity = randomUUID(), clock = systemClock }: InMemoryEventStoreOptions = {}): EventStore {
  const log: Stored[] = [];
  const streams = new Map<string, Stored[]>();
  const waiting = new Set<() => void>();
  const closing = new AbortController();

  function append(name: string, expected: ExpectedRevision, events: readonly NewEvent[]): AppendResult {
    if (closing.signal.aborted) throw new Error('The event store is closed');
    const proposed = serialise(name, events);
    const stream = streams.get(name) ?? [];
    const next = expected === 'no_stream' ? 0 : Number(expected) + 1;
    if (next !== stream.length) {
      const last = alreadyWritten(stream, next, proposed);
      if (last) return resultOf(last);
      throw new WrongExpectedRevision(name, expected, stream.length === 0 ? 'no_stream' : BigInt(stream.length - 1));
    }
    const size = appendSize(proposed);
    if (size > MAX_APPEND_BYTES) throw new AppendRefused(name, 'too-large', `${size} bytes, at most ${MAX_APPEND_BYTES}`);
    for (const event of proposed) {
      const position = (log.at(-1)?.position ?? 0n) + BigInt(event.data.length + event.metadata.length);
      const stored = { ...event, stream: name, revision: stream.length, position, recordedAt: clock.now() };
      stream.push(stored);
      log.push(stored);
    }
    streams.set(name, stream);
    for (const wake of waiting) wake();
    return resultOf(stream.at(-1)!);
  }

  async function* readStream(name: string, { from, direction = 'forwards', maxCount = Infinity }: ReadStreamOptions = {}) {
    const stream = streams.get(name) ?? [];
    if (direction === 'forwards') {
      const end = Math.min(stream.length, Number(from ?? 0n) + maxCount);
      for (let revision = Number(from ?? 0n); revision < end; revision++) yield recorded(stream[revision]!);
    } else {
      const start = from === undefined ? stream.length - 1 : Math.min(Number(from), stream.length - 1);
      for (let revision = start; revision >= 0 && revision > start - maxCount; revision--) yield recorded(stream[revision]!);
    }
  }

  async function* readAll({ after, filter, maxCount = Infinity }: ReadAllOptions = {}) {
    let count = 0;
    for (let index = firstAfter(log, after); index < log.length && count < maxCount; index++) {
      if (!matches(log[index]!, filter)) continue;
      yield recorded(log[index]!);
      count++;
    }
  }

  async function* subscribeToAll({ after, filter, signal }: SubscribeOptions = {}): AsyncGenerator<SubscriptionItem> {
    const ended = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    let index = firstAfter(log, after);
    while (!ended.aborted) {
      let passed = 0;
      while (index < log.length && !ended.aborted) {
        const stored = log[index++]!;
        if (matches(stored, filter)) {
          passed = 0;
          yield { kind: 'event', event: recorded(stored) };
        } else if (++passed % CHECKPOINT_EVERY === 0 || index === log.length) {
          yield { kind: 'checkpoint', position: stored.position };
        }
      }
      if (ended.aborted) return;
      yield { kind: 'caughtUp' };
      if (index === log.length) await committed(waiting, ended);
    }
  }

  return {
    identity: async () => identity,
    append: async (stream, expected, events) => append(stream, expected, events),
    readStream,
    readAll,
    head: async () => log.at(-1)?.position,
    subscribeToAll,
    close: async () => closing.abort(),
  };
}

/** The last of the proposed events when exactly they stand at `next` already, in order: the append was sent before. */
function alreadyWritten(stream: readonly Stored[], next: number, proposed: readonly SerialisedEvent[]): Stored | undefined {
  return proposed.every(({ id }, index) => stream[next + index]?.id === id) ? stream[next + proposed.length - 1] : undefined;
}

function resultOf(last: Stored): AppendResult {
  return { revision: BigInt(last.revision), position: last.position };
}

function recorded({ id, stream, revision, position, type, data, metadata, recordedAt }: Stored): RecordedEvent {
  return {
    id, stream, revision: BigInt(revision), position, type,
    data: JSON.parse(data), metadata: JSON.parse(metadata), recordedAt: new Date(recordedAt),
  };
}

function matches({ stream, type }: Stored, filter: AllFilter | undefined): boolean {
  const prefixes = filter?.streamPrefixes ?? [];
  if (type.startsWith('$') || stream.startsWith('$')) return false;
  return prefixes.length === 0 || prefixes.some((prefix) => stream.startsWith(prefix));
}

/** Index of the first event behind `after`; the log is sorted by position. */
function firstAfter(log: readonly Stored[], after: bigint | undefined): number {
  if (after === undefined) return 0;
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log[middle]!.position <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Resolves at the next append, or when the subscription ends. */
function committed(waiting: Set<() => void>, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ended.aborted) return resolve();
    const wake = () => {
      waiting.delete(wake);
      ended.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    ended.addEventListener('abort', wake, { once: true });
  });
}
