import { NO_EVENTS, TOMBSTONE, type Expected, type ProposedEvent } from './event';
import { isSoftDeleted, type StreamMetadata } from './stream-metadata';

/** What the rules need to know of a stream: its newest state, decisions of the same batch included. */
export interface StreamState {
  last: number;
  metadata: StreamMetadata;
  /** Revision of its newest metadata event, `NO_EVENTS` when there is none. */
  metadataLast: number;
}

/** Where an id is already written in the stream. */
export interface Written {
  revision: number;
  position: number;
}

/** Answers where an id is in the stream, in order of position; empty for an unknown one. */
export type FindWritten = (id: string) => readonly Written[];

export type Decision =
  /** Write the events after `after`; first bring a soft-deleted stream back. */
  | { kind: 'write'; after: number; revive: boolean }
  /** The very same append is already there and ends at this event. */
  | { kind: 'repeated'; revision: number; position: number }
  /** Nothing was proposed. */
  | { kind: 'nothing'; last: number }
  | { kind: 'wrong-version'; current: number }
  | { kind: 'deleted' };

/**
 * Decides one append to a stream by EventStoreDB's rules: expected revision, soft delete, and idempotence by event id
 * within the stream. An empty append is judged like any other and then writes nothing.
 */
export function decideAppend(
  state: StreamState,
  expected: Expected,
  events: readonly Pick<ProposedEvent, 'id'>[],
  find: FindWritten,
): Decision {
  if (state.last === TOMBSTONE) return { kind: 'deleted' };
  const revive = isSoftDeleted(state.metadata);
  const wrong: Decision = { kind: 'wrong-version', current: state.last };
  const write: Decision = events.length === 0 ? { kind: 'nothing', last: state.last } : { kind: 'write', after: state.last, revive };

  if (expected === 'stream_exists') {
    if (revive) return { kind: 'deleted' };
    if (state.last === NO_EVENTS && state.metadataLast === NO_EVENTS) return wrong;
  }
  if (expected === 'any' || expected === 'stream_exists') return repeatedAnywhere(events, find, wrong) ?? write;

  const at = expected === 'no_stream' ? NO_EVENTS : expected;
  if (at === state.last) return write;
  if (at > state.last || events.length === 0) return wrong;
  const repeated = repeatedFrom(at + 1, events, find);
  if (repeated !== 'first-unknown') return repeated ?? wrong;
  return expected === 'no_stream' && revive ? write : wrong;
}

/** Whether `decideAppend` may ask where ids are written, given the committed state. Lets the caller fetch them set-wise. */
export function needsWritten(last: number, expected: Expected, events: readonly unknown[]): boolean {
  if (events.length === 0 || last === NO_EVENTS || last === TOMBSTONE) return false;
  return typeof expected === 'number' ? expected < last : true;
}

/** With no exact revision a known first id makes the append a repetition; then all must be known. */
function repeatedAnywhere(events: readonly Pick<ProposedEvent, 'id'>[], find: FindWritten, wrong: Decision): Decision | undefined {
  const [first, ...rest] = events;
  let end = first && find(first.id).at(-1);
  if (!end) return undefined;
  for (const { id } of rest) {
    end = find(id).at(-1);
    if (!end) return wrong;
  }
  return { kind: 'repeated', revision: end.revision, position: end.position };
}

/** With an exact revision the ids must stand right behind it, in order. */
function repeatedFrom(
  first: number,
  events: readonly Pick<ProposedEvent, 'id'>[],
  find: FindWritten,
): Decision | undefined | 'first-unknown' {
  let end: Written | undefined;
  for (const [index, { id }] of events.entries()) {
    end = find(id).find(({ revision }) => revision === first + index);
    if (!end) return index === 0 ? 'first-unknown' : undefined;
  }
  return end && { kind: 'repeated', revision: end.revision, position: end.position };
}
