import { setTimeout as sleep } from 'node:timers/promises';
import { StorageLost, StorageTaken, type KnownEvent, type Storage } from '../storage/port';
import { needsWritten, type FindWritten } from './decide-append';
import { sizeOf, type StoredEvent } from './event';
import type { CachedHead, Heads } from './heads';
import { createDraft, planWrite, streamsOf, type Draft, type Write, type WriteOutcome } from './plan-write';
import { createWindow } from './window';

export interface WriterLimits {
  /** Most that one commit carries, so that its latency stays flat. A larger single append goes alone. */
  batchBytes: number;
  batchEvents: number;
  /** Waiting bytes from which callers are asked to hold back, and twice which refuses them. */
  queueBytes: number;
}

export interface WriterOptions {
  storage: Storage;
  heads: Heads;
  limits: WriterLimits;
  /** Newest committed position. */
  head(): number;
  /** Takes over what was just committed, before anybody is answered. */
  onCommitted(events: readonly StoredEvent[], heads: ReadonlyMap<string, CachedHead>): void;
  /** The storage was opened again after an unknown outcome; everything kept in memory must be forgotten. */
  onReopened(head: number): void;
  /** A batch could not be written, or the storage could not be opened again; for the operator's log. */
  onFailure(error: unknown): void;
  /** Another process owns the data: this one must end. */
  onFatal(error: StorageTaken): void;
}

/** The one place where events are decided and committed: everything waiting goes into one commit, one commit at a time. */
export interface Writer {
  /**
   * Never rejects. Each write is answered exactly once: by its decision and commit, or at its deadline.
   * @param deadline milliseconds since the epoch
   */
  write(write: Write, deadline: number): Promise<WriteOutcome>;
  /** Resolves when the queue has room again; undefined when it has. */
  room(): Promise<void> | undefined;
  /** The storage's connection broke while nothing was being committed. */
  storageLost(): void;
  /** Refuses new writes and resolves when the waiting ones are answered. */
  close(): Promise<void>;
}

/** The connection broke during the commit: the events may be there or not. */
class OutcomeUnknown extends Error {
  constructor(cause: StorageLost) {
    super(cause.message, { cause });
  }
}

interface Waiting {
  write: Write;
  deadline: number;
  bytes: number;
  answered: boolean;
  answer(outcome: WriteOutcome): void;
}

/** About what an event and an append take in memory beside their bytes, so that many tiny ones are bounded too. */
const OVERHEAD_BYTES = 300;
/** How exact deadlines are, in milliseconds. */
const SWEEP_MS = 50;

export function createWriter({ storage, heads, limits, head, onCommitted, onReopened, onFailure, onFatal }: WriterOptions): Writer {
  const queue = createWindow<Waiting>();
  const unanswered = new Set<Waiting>();
  let queuedBytes = 0;
  let running: Promise<void> | undefined;
  let mustReopen = false;
  let closed = false;
  let roomFor: { promise: Promise<void>; resolve: () => void } | undefined;

  const sweep = setInterval(() => {
    const now = Date.now();
    for (const waiting of unanswered) if (waiting.deadline <= now) waiting.answer({ kind: 'timeout' });
    while (queue.at(0)?.answered) dequeue();
    makeRoom();
  }, SWEEP_MS);
  sweep.unref();

  const dequeue = (): void => {
    queuedBytes -= queue.shift()!.bytes;
  };

  const makeRoom = (): void => {
    if (!roomFor || queuedBytes > limits.queueBytes / 2) return;
    roomFor.resolve();
    roomFor = undefined;
  };

  const take = (): Waiting[] => {
    const batch: Waiting[] = [];
    let bytes = 0;
    let events = 0;
    for (let next = queue.at(0); next; next = queue.at(0)) {
      const count = next.write.kind === 'append' ? next.write.events.length : 1;
      if (batch.length > 0 && (bytes + next.bytes > limits.batchBytes || events + count > limits.batchEvents)) break;
      dequeue();
      if (next.answered) continue;
      bytes += next.bytes;
      events += count;
      batch.push(next);
    }
    makeRoom();
    return batch;
  };

  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    const names = new Set(batch.flatMap(({ write }) => streamsOf(write)));
    const committed = await heads.get([...names]);
    const known = await findKnown(storage, batch, committed);
    const draft = createDraft(committed, head(), Date.now());
    const outcomes = batch.map(({ write }) => planWrite(draft, write, finderFor(write.stream, known, draft)));
    if (draft.events.length > 0) await makeDurable(draft);
    batch.forEach((waiting, index) => waiting.answer(outcomes[index]!));
  };

  const makeDurable = async (draft: Draft): Promise<void> => {
    try {
      await storage.commit(draft.events);
    } catch (error) {
      if (!(error instanceof StorageLost)) throw error;
      mustReopen = true;
      throw new OutcomeUnknown(error);
    }
    onCommitted(draft.events, draft.heads);
  };

  const failed = (batch: readonly Waiting[], error: unknown): void => {
    onFailure(error);
    if (error instanceof StorageTaken) stop(error);
    const outcome: WriteOutcome = error instanceof OutcomeUnknown ? { kind: 'timeout' } : { kind: 'unavailable', detail: messageOf(error) };
    for (const waiting of batch) waiting.answer(outcome);
  };

  const stop = (error: StorageTaken): void => {
    closed = true;
    for (const waiting of unanswered) waiting.answer({ kind: 'unavailable', detail: error.message });
    onFatal(error);
  };

  const reopen = async (): Promise<void> => {
    for (let delay = 20; mustReopen && !closed; delay = Math.min(delay * 2, 1_000)) {
      try {
        mustReopen = false;
        onReopened((await storage.open(storageLost)).head);
      } catch (error) {
        mustReopen = true;
        if (error instanceof StorageTaken) return stop(error);
        onFailure(error);
        await sleep(delay);
      }
    }
  };

  const run = async (): Promise<void> => {
    while (mustReopen || queue.length > 0) {
      if (mustReopen) await reopen();
      if (closed && mustReopen) break;
      const batch = take();
      if (batch.length > 0) await commit(batch).catch((error: unknown) => failed(batch, error));
    }
    running = undefined;
  };

  /** Waits for the rest of what the network just delivered, so that a burst is one commit and not two. */
  const wake = (): void => {
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run);
  };

  function storageLost(): void {
    mustReopen = true;
    wake();
  }

  return {
    storageLost,
    write: (write, deadline) => {
      const bytes = bytesOf(write);
      if (closed) return Promise.resolve({ kind: 'unavailable', detail: 'The event store is shutting down.' });
      if (queuedBytes > 2 * limits.queueBytes) return Promise.resolve({ kind: 'unavailable', detail: 'Too many appends are waiting.' });
      return new Promise((resolve) => {
        const waiting: Waiting = {
          write,
          deadline,
          bytes,
          answered: false,
          answer: (outcome) => {
            if (waiting.answered) return;
            waiting.answered = true;
            unanswered.delete(waiting);
            resolve(outcome);
          },
        };
        unanswered.add(waiting);
        queue.push(waiting);
        queuedBytes += bytes;
        wake();
      });
    },
    room: () => {
      if (queuedBytes <= limits.queueBytes) return undefined;
      if (!roomFor) {
        let resolve!: () => void;
        roomFor = { promise: new Promise<void>((done) => (resolve = done)), resolve };
      }
      return roomFor.promise;
    },
    close: async () => {
      closed = true;
      await running;
      clearInterval(sweep);
      for (const waiting of unanswered) waiting.answer({ kind: 'unavailable', detail: 'The event store is shutting down.' });
    },
  };
}

/** Ids that are already written, by stream and id. */
type Known = ReadonlyMap<string, readonly KnownEvent[]>;

const NOTHING_KNOWN: Known = new Map();

/** Where ids of the batch are already written: first by the first id of each append, then all ids where that one was found. */
async function findKnown(storage: Storage, batch: readonly Waiting[], heads: ReadonlyMap<string, CachedHead>): Promise<Known> {
  const suspects = batch.flatMap(({ write }) =>
    write.kind === 'append' && needsWritten(heads.get(write.stream)!.last, write.expected, write.events) ? [write] : []);
  if (suspects.length === 0) return NOTHING_KNOWN;
  const firsts = byKey(await storage.findEvents(suspects.map(({ stream, events }) => ({ stream, id: events[0]!.id }))));
  const repeated = suspects.filter(({ stream, events }) => events.length > 1 && firsts.has(keyOf(stream, events[0]!.id)));
  if (repeated.length === 0) return firsts;
  const all = byKey(await storage.findEvents(repeated.flatMap(({ stream, events }) => events.map(({ id }) => ({ stream, id })))));
  return new Map([...firsts, ...all]);
}

function byKey(events: readonly KnownEvent[]): Known {
  const groups = new Map<string, KnownEvent[]>();
  for (const event of events) {
    const key = keyOf(event.stream, event.id);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return groups;
}

function keyOf(stream: string, id: string): string {
  return `${id}@${stream}`;
}

/** Looks an id up in the storage's answer and in what the batch itself is about to write. */
function finderFor(stream: string, known: Known, draft: Draft): FindWritten {
  return (id) => [...(known.get(keyOf(stream, id)) ?? []), ...draft.find(stream, id)];
}

function bytesOf(write: Write): number {
  const events = write.kind === 'append' ? write.events : [];
  return events.reduce((sum, event) => sum + sizeOf(event) + OVERHEAD_BYTES, OVERHEAD_BYTES);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
