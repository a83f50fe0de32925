import { isMetastream, type StoredEvent } from '../log/event';
import type { Direction, Head, KnownEvent, Storage } from './port';

/** Keeps events in this process only: what the durable storage is measured against, and for tests that need no database. */
export function createInMemoryStorage(): Storage {
  const all: StoredEvent[] = [];
  const byStream = new Map<string, StoredEvent[]>();
  const byId = new Map<string, StoredEvent[]>();

  const add = <Key>(index: Map<Key, StoredEvent[]>, key: Key, event: StoredEvent): void => {
    const events = index.get(key);
    if (events) events.push(event);
    else index.set(key, [event]);
  };
  /** Revisions are dense but for a tombstone at the end, so a range is a slice. */
  const between = (stream: string, from: number, to: number): StoredEvent[] => {
    const events = byStream.get(stream) ?? [];
    const start = Math.min(from, Math.max(0, events.length - 1));
    return events.slice(start, to + 1).filter(({ revision }) => revision >= from && revision <= to);
  };

  return {
    open: async () => ({ head: all.length }),
    commit: async (events) => {
      for (const event of events) {
        all.push(event);
        add(byStream, event.stream, event);
        add(byId, event.id, event);
      }
    },
    heads: async (streams) => {
      const heads = new Map<string, Head>();
      for (const stream of streams) {
        const last = byStream.get(stream)?.at(-1);
        if (last) heads.set(stream, { last: last.revision, metadataJson: isMetastream(stream) ? last.data : undefined });
      }
      return heads;
    },
    findEvents: async (ids) => {
      const found: KnownEvent[] = ids.flatMap(({ stream, id }) => (byId.get(id) ?? []).filter((event) => event.stream === stream));
      return found.sort((a, b) => a.position - b.position);
    },
    readEvents: async (places) => places.flatMap(({ stream, revision }) => between(stream, revision, revision)),
    readStream: async (stream, from, to, direction) => ordered(between(stream, from, to), direction),
    readAll: async (from, to, direction) => ordered(all.slice(Math.max(0, from - 1), to), direction),
    close: async () => {},
  };
}

function ordered(ascending: StoredEvent[], direction: Direction): StoredEvent[] {
  return direction === 'forwards' ? ascending : ascending.reverse();
}
