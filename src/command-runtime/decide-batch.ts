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
  /** Of the stream before the batch. */
  readonly base: bigint;
  events: NewEvent[];
  decided: Decided[];
  /** Commands that wrote events, and which. */
  written: Map<string, { first: bigint; last: bigint; events: readonly NewEvent[] }>;
  /** Digest of the last event. */
  lastDigest: string | null;
  /** The state after the batch, where `evolve` does not work in place. */
  after: unknown;
  bytes: number;
  /** Commands that threw, of which nothing is in the batch. */
  failed: { pending: PendingCommand; error: unknown }[];
  /** Commands that did not fit any more. */
  left: readonly PendingCommand[];
}

/** How a batch is decided. */
export interface Terms {
  /** Of the stream. */
  name: string;
  /** When, milliseconds since the epoch: goes into the events' metadata. */
  at: number;
  /** Size of the append from which on further commands are left for the next one. */
  maxBytes: number;
}

/** A batch to decide on the working state of the stream. @param upon what the working state holds beside the confirmed one */
export function emptyBatch(stream: StreamState, upon?: Batch): Batch {
  const [base, lastDigest] = upon ? [endOf(upon), upon.lastDigest] : [stream.revision, stream.lastDigest];
  return { base, events: [], decided: [], written: new Map(), lastDigest, after: stream.working, bytes: 0, failed: [], left: [] };
}

/** Revision of the stream after a batch. */
export const endOf = ({ base, events }: Batch): bigint => base + BigInt(events.length);

/**
 * Decides commands one after another on the working state of the stream, which moves along and holds nothing else beside
 * the confirmed one. Nothing is answered here.
 */
export function decideBatch(stream: StreamState, commands: readonly PendingCommand[], terms: Terms): Batch {
  const failed: Batch['failed'] = [];
  for (;;) {
    const batch = emptyBatch(stream);
    const going = commands.filter((pending) => !failed.some((failure) => failure.pending === pending));
    const failure = extendBatch(batch, stream, going, terms);
    if (!failure) return { ...batch, failed };
    failed.push(failure);
    rollBack(stream);
  }
}

/**
 * Decides further commands of a batch, up to the first that throws: a fold that broke off may have spoilt the working state.
 * @returns that command; the batch is then spoilt as well
 */
export function extendBatch(
  batch: Batch, stream: StreamState, commands: readonly PendingCommand[], { name, at, maxBytes }: Terms,
): { pending: PendingCommand; error: unknown } | undefined {
  const { aggregate } = stream;
  const time = new Date(at).toISOString();
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
      const revision = endOf(batch);
      if ('refusal' in decision) {
        batch.decided.push({ pending, result: decision, revision, uponAppend: batch.events.length > 0 });
        continue;
      }
      const proposed = propose(aggregate, decision.events, { name, revision, prev: batch.lastDigest, context, at: time });
      if (batch.events.length > 0 && batch.bytes + proposed.bytes > maxBytes) {
        batch.left = commands.slice(index);
        return undefined;
      }
      stream.working = foldOwned(aggregate, stream.working, proposed.events);
      const after = revision + BigInt(proposed.events.length);
      const result = { answer: answer(stream.working, proposed.events.map(plain)) };
      batch.bytes += proposed.bytes;
      batch.events.push(...proposed.events);
      batch.lastDigest = proposed.lastDigest;
      batch.after = stream.working;
      batch.decided.push({ pending, result, revision: after, uponAppend: batch.events.length > 0 });
      if (proposed.events.length > 0) batch.written.set(context.commandId, { first: revision + 1n, last: after, events: proposed.events });
    } catch (error) {
      return { pending, error };
    }
  }
  return undefined;
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
