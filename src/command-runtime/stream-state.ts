import { UndecodableEvent, decodeEvent, type PlainEvent } from '../../schema/define-events';
import { eventDigest } from '../event-store/digest';
import type { AppendResult, RecordedEvent } from '../event-store/port';
import type { AnyAggregate } from './aggregate';
import type { Batch } from './decide-batch';
import { createRecentCommands, type RecentCommands } from './recent-commands';

/**
 * What the runtime knows of one stream. `confirmed` is the state after `revision`, as the log has it. `working` is what
 * commands are decided on: it runs ahead of `confirmed` by the events that are being appended.
 */
export interface StreamState {
  readonly aggregate: AnyAggregate;
  /** Of the first event; undefined for an empty stream. */
  tenant: string | undefined;
  confirmed: unknown;
  working: unknown;
  /** Of the last event, -1n for an empty stream. */
  revision: bigint;
  /** Of the last event, 0n for an empty stream. */
  position: bigint;
  /** Digest of the last event, null for an empty stream. */
  lastDigest: string | null;
  /** The newest commands of the stream. */
  readonly commands: RecentCommands;
}

export function emptyStream(aggregate: AnyAggregate, rememberedCommands: number): StreamState {
  return {
    aggregate, tenant: undefined, confirmed: aggregate.initial(), working: aggregate.initial(),
    revision: -1n, position: 0n, lastDigest: null, commands: createRecentCommands(rememberedCommands),
  };
}

/**
 * Takes a recorded event of the stream, the next one, into the confirmed state. Call `absorbed` after the last one.
 * @throws UndecodableEvent for a type the aggregate does not know: a decider that skips events decides wrongly
 */
export function absorb(stream: StreamState, event: RecordedEvent): void {
  stream.confirmed = stream.aggregate.evolve(stream.confirmed, decodeOwn(stream.aggregate, event));
  stream.tenant ??= event.metadata.tenant;
  stream.revision = event.revision;
  stream.position = event.position;
  const { commandId } = event.metadata;
  if (commandId) {
    const first = stream.commands.find(commandId)?.first ?? event.revision;
    stream.commands.remember(commandId, { first, last: event.revision, position: event.position });
  }
}

/** Makes the state ready to decide on again, after `last` was absorbed. */
export function absorbed(stream: StreamState, last: RecordedEvent): void {
  stream.lastDigest = eventDigest(last);
  rollBack(stream);
}

/** The newest shape of a recorded event of this aggregate. @throws UndecodableEvent */
export function decodeOwn(aggregate: AnyAggregate, event: RecordedEvent): PlainEvent {
  const decoded = decodeEvent(aggregate.events, event);
  if (!decoded) throw new UndecodableEvent(event.type, event.metadata.v, `not an event of ${aggregate.category}`);
  return decoded;
}

/**
 * Takes events into the confirmed state that were decided on the working state and are now in the log. The working state
 * may be further ahead.
 */
export function confirm(stream: StreamState, batch: Batch, { revision, position }: AppendResult): void {
  const { aggregate } = stream;
  stream.confirmed = aggregate.copy ? foldOwned(aggregate, stream.confirmed, batch.events) : batch.after;
  stream.tenant ??= batch.events[0]?.metadata.tenant;
  stream.revision = revision;
  stream.position = position;
  stream.lastDigest = batch.lastDigest;
  for (const [commandId, { first, last }] of batch.written) stream.commands.remember(commandId, { first, last, position });
}

/** Folds events that others hold too: an aggregate that works in place may keep and change what it is given. */
export function foldOwned(aggregate: AnyAggregate, state: unknown, events: readonly PlainEvent[]): unknown {
  const own = (data: unknown) => (aggregate.copy ? clonePlain(data) : data);
  return events.reduce((before, { type, data }) => aggregate.evolve(before, { type, data: own(data) }), state);
}

/** Makes the working state equal to the confirmed one again. */
export function rollBack(stream: StreamState): void {
  stream.working = stream.aggregate.copy ? stream.aggregate.copy(stream.confirmed) : stream.confirmed;
}

/** A deep copy of plain data, as events hold it: many times faster than `structuredClone`. */
function clonePlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clonePlain);
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    if (typeof copy[key] === 'object') copy[key] = clonePlain(copy[key]);
  }
  return copy;
}
