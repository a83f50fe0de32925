import { randomUUID } from 'node:crypto';
import { decideAppend, type Decision, type FindWritten } from './decide-append';
import {
  describedBy, isMetastream, metastreamOf, NO_EVENTS, TOMBSTONE, type Expected, type ProposedEvent, type StoredEvent,
} from './event';
import { metadataOf, type CachedHead } from './heads';
import { isSoftDeleted, METADATA_TYPE, parseStreamMetadata, SOFT_DELETE_JSON, withTruncateBefore } from './stream-metadata';

/** Something that changes one stream. */
export type Write = { stream: string; expected: Expected } & (
  | { kind: 'append'; events: readonly ProposedEvent[] }
  | { kind: 'soft-delete' }
  | { kind: 'tombstone' }
);

/** What became of a write. Exactly one answer is given for each. */
export type WriteOutcome =
  /** `revision` is `NO_EVENTS` and `position` undefined when nothing was proposed to a stream without events. */
  | { kind: 'written'; revision: number; position: number | undefined }
  | { kind: 'wrong-version'; current: number }
  | { kind: 'deleted' }
  /** It may have been written or not. */
  | { kind: 'timeout' }
  /** It was not written and will not be. */
  | { kind: 'unavailable'; detail: string };

/** The events of a batch while it is being decided; every decision sees the ones before it. */
export interface Draft {
  readonly events: StoredEvent[];
  readonly heads: ReadonlyMap<string, CachedHead>;
  head(stream: string): CachedHead;
  /** Where the draft itself writes an id into a stream. */
  find(stream: string, id: string): readonly StoredEvent[];
  /** @returns the event as it will be stored */
  add(stream: string, event: ProposedEvent, revision: number): StoredEvent;
}

/** Starts a batch on committed heads, which must hold every stream that its writes name and their metadata streams. */
export function createDraft(committed: ReadonlyMap<string, CachedHead>, head: number, now: number): Draft {
  const heads = new Map<string, CachedHead>();
  const events: StoredEvent[] = [];
  const byId = new Map<string, StoredEvent[]>();
  return {
    events,
    heads,
    head: (stream) => heads.get(stream) ?? committed.get(stream)!,
    find: (stream, id) => byId.get(id)?.filter((event) => event.stream === stream) ?? [],
    add: (stream, { id, type, isJson, data, metadata }, revision) => {
      const stored = { position: head + events.length + 1, stream, revision, id, type, isJson, data, metadata, created: now };
      events.push(stored);
      const sameId = byId.get(id);
      if (sameId) sameId.push(stored);
      else byId.set(id, [stored]);
      heads.set(stream, { last: revision, says: isMetastream(stream) ? parseStreamMetadata(data) : {} });
      return stored;
    },
  };
}

/** Names of the streams whose heads a write needs. */
export function streamsOf({ stream }: Pick<Write, 'stream'>): string[] {
  return [stream, isMetastream(stream) ? describedBy(stream) : metastreamOf(stream)];
}

/** Decides one write and adds its events to the draft. The outcome holds once the draft is committed. */
export function planWrite(draft: Draft, write: Write, find: FindWritten): WriteOutcome {
  if (isMetastream(write.stream) && draft.head(describedBy(write.stream)).last === TOMBSTONE) return { kind: 'deleted' };
  if (write.kind === 'append') return planAppend(draft, write.stream, write.expected, write.events, find);
  return planDelete(draft, write, find);
}

function planAppend(draft: Draft, stream: string, expected: Expected, events: readonly ProposedEvent[], find: FindWritten): WriteOutcome {
  const decision = decideAppend(stateOf(draft, stream), expected, events, find);
  if (decision.kind !== 'write') return withoutWriting(decision);
  const described = isMetastream(stream) ? describedBy(stream) : undefined;
  const reviveDescribed = described !== undefined && isSoftDeleted(stateOf(draft, described).metadata);
  if (decision.revive) truncate(draft, stream, stateOf(draft, stream).metadata.deletedSource, decision.after + 1);
  const written = events.map((event, index) => draft.add(stream, event, decision.after + 1 + index));
  const last = written.at(-1)!;
  if (reviveDescribed) truncate(draft, described, last.data, draft.head(described).last + 1);
  return { kind: 'written', revision: last.revision, position: last.position };
}

function planDelete(draft: Draft, { stream, expected, kind }: Write, find: FindWritten): WriteOutcome {
  const state = stateOf(draft, stream);
  const decision = decideAppend(state, expected, [{ id: randomUUID() }], find);
  if (decision.kind !== 'write') return withoutWriting(decision);
  if (kind === 'tombstone') {
    const { position } = draft.add(stream, systemEvent('$streamDeleted', false, Buffer.alloc(0)), TOMBSTONE);
    return { kind: 'written', revision: TOMBSTONE, position };
  }
  if (state.last === NO_EVENTS && state.metadataLast === NO_EVENTS) return { kind: 'wrong-version', current: NO_EVENTS };
  const { position } = draft.add(metastreamOf(stream), systemEvent(METADATA_TYPE, true, SOFT_DELETE_JSON), state.metadataLast + 1);
  return { kind: 'written', revision: state.last, position };
}

function stateOf(draft: Draft, stream: string): { last: number; metadata: CachedHead['says']; metadataLast: number } {
  const metastreamHead = isMetastream(stream) ? { last: NO_EVENTS, says: {} } : draft.head(metastreamOf(stream));
  return { last: draft.head(stream).last, metadata: metadataOf(stream, metastreamHead), metadataLast: metastreamHead.last };
}

/** Writes metadata that hides everything before `first` and shows everything from there on. */
function truncate(draft: Draft, stream: string, source: Buffer | undefined, first: number): void {
  const metastream = metastreamOf(stream);
  draft.add(metastream, systemEvent(METADATA_TYPE, true, withTruncateBefore(source, first)), draft.head(metastream).last + 1);
}

function systemEvent(type: string, isJson: boolean, data: Buffer): ProposedEvent {
  return { id: randomUUID(), type, isJson, data, metadata: Buffer.alloc(0) };
}

function withoutWriting(decision: Exclude<Decision, { kind: 'write' }>): WriteOutcome {
  switch (decision.kind) {
    case 'repeated': return { kind: 'written', revision: decision.revision, position: decision.position };
    case 'nothing': return { kind: 'written', revision: decision.last, position: undefined };
    default: return decision;
  }
}
