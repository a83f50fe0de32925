import { pause, type Clock } from '../event-store/clock';
import {
  AppendRefused, StreamDeleted, WrongExpectedRevision, type AppendResult, type EventStore, type RecordedEvent,
} from '../event-store/port';
import type { AnyAggregate } from './aggregate';
import { createAhead } from './ahead';
import { UnusableStream, catchUp } from './catch-up';
import { decideBatch, endOf, type Batch } from './decide-batch';
import { internalFault, outcomeUnknown, refusedByStore } from './failures';
import type { CommandLimits } from './limits';
import type { CommandMetrics } from './metrics';
import { isCommand, isLoad, isOpen, settle, type Pending, type PendingCommand } from './pending';
import type { CommandPlace } from './recent-commands';
import { byTenancy, refusalOfStranger } from './tenancy';
import { confirm, decodeOwn, emptyStream, rollBack, type StreamState } from './stream-state';

export interface WorkerParts {
  /** Of the stream. */
  name: string;
  aggregate: AnyAggregate;
  /** What the cache had of the stream. */
  known: StreamState | undefined;
  store: EventStore;
  clock: Clock;
  limits: CommandLimits;
  metrics: CommandMetrics;
}

export interface StreamWorker {
  /** Brings everything taken to an answer, but for what did not fit into the append: that is handed back. */
  serve(taken: readonly Pending[]): Promise<readonly PendingCommand[]>;
  /** Told what waits while it serves others: while their append is on its way, it decides what it can. */
  lookAhead(waiting: readonly Pending[]): void;
  /** How many of those that wait should be taken next. */
  take(waiting: readonly Pending[]): number;
  /** What it knows of the stream, for the cache; undefined when that cannot be trusted. */
  state(): StreamState | undefined;
}

/** Most appends in a row that are ready when the one before is written: then another node gets its chance to be first. */
const AHEAD_IN_A_ROW = 8;
/** For so long after another node was first nothing is decided ahead, so that both race on equal terms. */
const RIVAL_MS = 1_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/** Decides and appends for one stream: one batch at a time, one append at a time. */
export function createStreamWorker({ name, aggregate, known, store, clock, limits, metrics }: WorkerParts): StreamWorker {
  let stream = known;
  /** What is being appended. */
  let flight: Batch | undefined;
  let aheadInARow = 0;
  let rivalUntil = 0;
  const ahead = createAhead(limits.batchCommands);

  async function serve(taken: readonly Pending[]): Promise<readonly PendingCommand[]> {
    try {
      return await serveAll(taken);
    } catch (error) {
      lose();
      rejectAll(taken, error instanceof StreamDeleted ? refusedByStore(error) : internalFault(error));
      return [];
    }
  }

  async function serveAll(taken: readonly Pending[]): Promise<readonly PendingCommand[]> {
    /** Whether the stream was read after these were taken: only then a "no" or "nothing to do" is sure to be so. */
    let newest = false;
    let mustRead = taken.some(isLoad);
    if (!stream && taken.every(beginsStream)) stream = emptyStream(aggregate, limits.rememberedCommands);
    let wait = FIRST_PAUSE_MS;
    const ready = stream && ahead.take(stream, taken);
    aheadInARow = ready ? aheadInARow + 1 : 0;
    if (stream && ready) {
      if (await append(stream, ready)) return [];
      mustRead = true;
    }
    for (let open = taken.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
      try {
        if (mustRead || !stream) {
          mustRead = true;
          stream ??= emptyStream(aggregate, limits.rememberedCommands);
          await catchUp(store, name, stream);
          newest = true;
          mustRead = false;
        }
        answerLoads(stream, open);
        refuseStrangers(stream, open);
        await answerRepeats(stream, open);
      } catch (error) {
        if (error instanceof UnusableStream || error instanceof StreamDeleted) throw error;
        for (const pending of open) pending.trouble = error;
        await pause(clock, wait);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
        continue;
      }
      const { own, foreign } = byTenancy(stream, open.filter(isOpen).filter(isCommand));
      const batch = decideBatch(stream, own, terms());
      for (const { pending, error } of batch.failed) settle(pending, () => pending.reject(internalFault(error)));
      if (batch.events.length === 0 && !newest) {
        mustRead = true;
      } else if (batch.events.length === 0) {
        answerBatch(batch, stream.position, stream.position);
      } else if (await append(stream, batch)) {
        return [...batch.left, ...foreign];
      } else {
        mustRead = true;
      }
    }
    return [];
  }

  /** What is known of the stream cannot be trusted. */
  function lose(): void {
    stream = undefined;
    ahead.forget();
  }

  function beginsStream(pending: Pending): boolean {
    return isCommand(pending) && (aggregate.begins?.(pending.command) ?? false);
  }

  /** @returns true when the batch is written and answered; false when what is still open must be decided again */
  async function append(on: StreamState, batch: Batch): Promise<boolean> {
    const writers = batch.decided.map(({ pending }) => pending).filter(({ context }) => batch.written.has(context.commandId));
    for (const pending of writers) if (isOpen(pending)) pending.stage = 'appending';
    const since = clock.now();
    const expected = on.revision === -1n ? 'no_stream' : on.revision;
    let result: AppendResult;
    flight = batch;
    try {
      result = await store.append(name, expected, batch.events, Math.max(...writers.map(({ deadline }) => deadline)));
    } catch (error) {
      flight = undefined;
      await failed(on, writers, error);
      return false;
    }
    flight = undefined;
    answerBatch(batch, on.position, result.position);
    metrics.appended({ commands: writers.length, events: batch.events.length, milliseconds: clock.now() - since });
    if (result.revision === endOf(batch)) confirm(on, batch, result);
    else lose();
    return true;
  }

  async function failed(on: StreamState, writers: readonly PendingCommand[], error: unknown): Promise<void> {
    ahead.forget();
    rollBack(on);
    if (error instanceof WrongExpectedRevision) return lost(on, writers, error);
    if (error instanceof AppendRefused) return rejectAll(writers, refusedByStore(error));
    lose();
    metrics.unknown();
    rejectAll(writers, outcomeUnknown(error));
  }

  /** Another append came first: nothing of ours is written. */
  async function lost(on: StreamState, writers: readonly PendingCommand[], conflict: WrongExpectedRevision): Promise<void> {
    metrics.conflicted();
    rivalUntil = clock.now() + RIVAL_MS;
    for (const pending of writers) {
      if (isOpen(pending)) pending.stage = 'waiting';
      pending.trouble = conflict;
    }
    const actual = conflict.actual === 'no_stream' ? -1n : conflict.actual;
    if (actual > on.revision) return;
    lose();
    await pause(clock, FIRST_PAUSE_MS);
  }

  /** Commands whose events are in the log already: the original place, and an answer from the original events. */
  async function answerRepeats(on: StreamState, open: readonly Pending[]): Promise<void> {
    for (const pending of open.filter(isOpen).filter(isCommand)) {
      const place = on.commands.find(pending.context.commandId);
      if (!place) continue;
      const recorded = await readCommand(place);
      settle(pending, () => {
        const events = recorded.map((event) => decodeOwn(aggregate, event));
        pending.resolve({ accepted: true, answer: pending.answer(on.confirmed, events), position: place.position, revision: place.last });
      });
    }
  }

  async function readCommand({ first, last }: CommandPlace): Promise<RecordedEvent[]> {
    const recorded = [];
    for await (const event of store.readStream(name, { from: first, maxCount: Number(last - first) + 1 })) recorded.push(event);
    return recorded;
  }

  const terms = () => ({ name, at: clock.now(), maxBytes: limits.batchBytes });

  return {
    serve,
    lookAhead(waiting) {
      const isFair = aheadInARow < AHEAD_IN_A_ROW && clock.now() >= rivalUntil;
      if (stream && flight && isFair) ahead.begin(stream, flight, waiting, terms());
    },
    take(waiting) {
      if (stream) ahead.complete(stream, waiting, terms());
      return ahead.countOf(waiting) || Math.min(waiting.length, limits.batchCommands);
    },
    state() {
      if (stream) ahead.take(stream, []);
      return stream;
    },
  };
}

function answerLoads({ aggregate, confirmed, revision, position }: StreamState, open: readonly Pending[]): void {
  for (const pending of open.filter(isLoad)) {
    const state = aggregate.copy ? aggregate.copy(confirmed) : confirmed;
    settle(pending, () => pending.resolve({ state, revision, position }));
  }
}

/** To whoever belongs to another tenant than the stream, the stream is not there: neither its events nor its place. */
function refuseStrangers(stream: StreamState, open: readonly Pending[]): void {
  if (stream.tenant === undefined) return;
  for (const pending of byTenancy(stream, open.filter(isOpen).filter(isCommand)).foreign) {
    settle(pending, () => pending.resolve({
      accepted: false, refusal: refusalOfStranger(stream.aggregate, pending.command), position: 0n, revision: -1n,
    }));
  }
}

/**
 * @param before position of the stream without the batch
 * @param after position of the stream with it
 */
function answerBatch({ decided }: Batch, before: bigint, after: bigint): void {
  for (const { pending, result, revision, uponAppend } of decided) {
    const place = { position: uponAppend ? after : before, revision };
    if ('refusal' in result) settle(pending, () => pending.resolve({ accepted: false, ...result, ...place }));
    else settle(pending, () => pending.resolve({ accepted: true, ...result, ...place }));
  }
}

function rejectAll(open: readonly Pending[], failure: Error): void {
  for (const pending of open) settle(pending, () => pending.reject(failure));
}
