import type { PlainEvent } from '../../schema/define-events';
import type { Refusal } from '../../schema/errors/catalogue';
import { identifyEvent } from '../event-store/digest';
import type { EventMetadata, NewEvent } from '../event-store/port';
import type { AnyAggregate, Decision } from './aggregate';
import type { PendingCommand } from './pending';
import type { CommandContext } from './port';
import { foldOwned, rollBack, type StreamState } from './stream-state';

/** What a command came to, on the condition that the batch gets written. */
export interface Decided {
  pending: PendingCommand;
  result: { answer: unknown } | { refusal: Refusal };
  /** Of the stream right after the command. */
  revision: bigint;
  /** Whether the state it was judged on, or it itself, holds events of this batch. */
  uponAppend: boolean;
}

/** A run of commands decided one on the other, and all their events: one append. */
export interface Batch {
  events: NewEvent[];
  decided: Decided[];
  /** Commands that wrote events, and which. */
  written: Map<string, { first: bigint; last: bigint; events: readonly NewEvent[] }>;
  /** Digest of the last event. */
  lastDigest: string | null;
  /** Commands that threw, of which nothing is in the batch. */
  failed: { pending: PendingCommand; error: unknown }[];
  /** Commands that did not fit any more. */
  left: PendingCommand[];
}

/**
 * Decides commands one after another on the working state of the stream, which moves along. Nothing is answered here.
 * @param at when, milliseconds since the epoch: goes into the events' metadata
 * @param maxBytes size of the append from which on further commands are left for the next one
 */
export function decideBatch(name: string, stream: StreamState, commands: readonly PendingCommand[], at: number, maxBytes: number): Batch {
  const failed: Batch['failed'] = [];
  for (;;) {
    const going = commands.filter((pending) => !failed.some((failure) => failure.pending === pending));
    const attempt = tryBatch(name, stream, going, new Date(at).toISOString(), maxBytes);
    if ('events' in attempt) return { ...attempt, failed };
    failed.push(attempt);
    rollBack(stream);
  }
}

type Attempt = Omit<Batch, 'failed'> | { pending: PendingCommand; error: unknown };

/** One pass over the commands, which ends at the first that throws: a fold that broke off may have spoilt the state. */
function tryBatch(name: string, stream: StreamState, commands: readonly PendingCommand[], at: string, maxBytes: number): Attempt {
  const { aggregate } = stream;
  const batch: Omit<Batch, 'failed'> = { events: [], decided: [], written: new Map(), lastDigest: stream.lastDigest, left: [] };
  let bytes = 0;
  for (const [index, pending] of commands.entries()) {
    const { command, context, answer } = pending;
    try {
      const before = batch.written.get(context.commandId);
      if (before) {
        const result = { answer: answer(stream.working, before.events.map(plain)) };
        batch.decided.push({ pending, result, revision: before.last, uponAppend: true });
        continue;
      }
      const decision: Decision<PlainEvent> = aggregate.decide(stream.working, command);
      const revision = stream.revision + BigInt(batch.events.length);
      if ('refusal' in decision) {
        batch.decided.push({ pending, result: decision, revision, uponAppend: batch.events.length > 0 });
        continue;
      }
      const proposed = propose(aggregate, decision.events, { name, revision, prev: batch.lastDigest, context, at });
      if (batch.events.length > 0 && bytes + proposed.bytes > maxBytes) {
        batch.left = commands.slice(index);
        return batch;
      }
      stream.working = foldOwned(aggregate, stream.working, proposed.events);
      const after = revision + BigInt(proposed.events.length);
      const result = { answer: answer(stream.working, proposed.events.map(plain)) };
      bytes += proposed.bytes;
      batch.events.push(...proposed.events);
      batch.lastDigest = proposed.lastDigest;
      batch.decided.push({ pending, result, revision: after, uponAppend: batch.events.length > 0 });
      if (proposed.events.length > 0) batch.written.set(context.commandId, { first: revision + 1n, last: after, events: proposed.events });
    } catch (error) {
      return { pending, error };
    }
  }
  return batch;
}

interface Place {
  name: string;
  /** Of the event before. */
  revision: bigint;
  prev: string | null;
  context: CommandContext;
  at: string;
}

/** Decided events as they go to the store: checked, with metadata, ids and the chain of digests. */
function propose(aggregate: AnyAggregate, decided: readonly PlainEvent[], { name, revision, prev, context, at }: Place) {
  const events: NewEvent[] = [];
  let lastDigest = prev;
  let bytes = 0;
  for (const { type, data } of decided) {
    const { version, data: checked } = check(aggregate, type, data);
    const metadata = metadataOf(context, version, at, lastDigest);
    const place = { stream: name, revision: revision + BigInt(events.length) + 1n };
    const identified = identifyEvent({ ...place, type, data: checked, metadata });
    events.push({ id: identified.id, type, data: checked, metadata });
    lastDigest = identified.digest;
    bytes += identified.bytes;
  }
  return { events, lastDigest, bytes };
}

/** Throws when a decider decided an event that its own schema does not allow: it must not reach the log. */
function check(aggregate: AnyAggregate, type: string, data: unknown): { version: number; data: Record<string, unknown> } {
  const definition = Object.hasOwn(aggregate.events, type) ? aggregate.events[type] : undefined;
  if (!definition) throw new Error(`${aggregate.category} decided ${type}, which is not among its events`);
  const parsed = definition.schema.safeParse(data);
  if (!parsed.success) throw new Error(`${aggregate.category} decided a malformed ${type}`, { cause: parsed.error });
  return { version: definition.version, data: parsed.data as Record<string, unknown> };
}

function metadataOf(context: CommandContext, v: number, at: string, prev: string | null): EventMetadata {
  return {
    $correlationId: context.correlationId,
    $causationId: context.causationId,
    commandId: context.commandId,
    actor: { kind: context.actor.kind, id: context.actor.id },
    tenant: context.tenant,
    ...(context.requestId !== undefined && { requestId: context.requestId }),
    ...(context.address && { address: context.address }),
    v, at, prev,
  };
}

function plain({ type, data }: NewEvent): PlainEvent {
  return { type, data };
}
