import { sizeOf, TOMBSTONE, type StoredEvent } from './event';
import { createWindow, type Window } from './window';

export interface TailLimits {
  maxEvents: number;
  /** Of data, metadata and types. */
  maxBytes: number;
}

/**
 * The newest committed events, so that live cursors need not ask the storage. Answers `undefined` for what it does not
 * hold completely.
 */
export interface Tail {
  /** Forgets everything; the next event pushed is `head + 1`. */
  reset(head: number): void;
  push(events: readonly StoredEvent[]): void;
  readAll(from: number, to: number): StoredEvent[] | undefined;
  readStream(stream: string, from: number, to: number): StoredEvent[] | undefined;
}

export function createTail({ maxEvents, maxBytes }: TailLimits): Tail {
  const events = createWindow<StoredEvent>();
  const byStream = new Map<string, Window<StoredEvent>>();
  let first = 1;
  let bytes = 0;

  const add = (event: StoredEvent): void => {
    events.push(event);
    bytes += sizeOf(event);
    let ofStream = byStream.get(event.stream);
    if (!ofStream) byStream.set(event.stream, (ofStream = createWindow()));
    ofStream.push(event);
  };
  const dropOldest = (): void => {
    const oldest = events.shift()!;
    first = oldest.position + 1;
    bytes -= sizeOf(oldest);
    const ofStream = byStream.get(oldest.stream)!;
    ofStream.shift();
    if (ofStream.length === 0) byStream.delete(oldest.stream);
  };

  return {
    reset: (head) => {
      events.clear();
      byStream.clear();
      first = head + 1;
      bytes = 0;
    },
    push: (more) => {
      for (const event of more) add(event);
      while (events.length > 0 && (events.length > maxEvents || bytes > maxBytes)) dropOldest();
    },
    readAll: (from, to) => (from < first ? undefined : events.slice(from - first, to - first + 1)),
    readStream: (stream, from, to) => {
      const ofStream = byStream.get(stream);
      const oldest = ofStream?.at(0)?.revision;
      if (!ofStream || oldest === undefined || from < oldest) return undefined;
      if (from === TOMBSTONE) return ofStream.slice(ofStream.length - 1, ofStream.length).filter(({ revision }) => revision === TOMBSTONE);
      return ofStream.slice(from - oldest, to - oldest + 1).filter(({ revision }) => revision <= to);
    },
  };
}
