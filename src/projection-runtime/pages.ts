import type { EventStore, RecordedEvent } from '../event-store/port';
import { BEFORE_ALL } from './checkpoints';

export interface Page {
  events: readonly RecordedEvent[];
  /** Everything up to here was seen, whether or not it is among `events`. */
  upTo: bigint;
  /** The log ended here when the page was read. */
  last: boolean;
}

/** Pages of the log for projections that are behind. Several that come the same way read each page once. */
export interface Pages {
  after(position: bigint): Promise<Page>;
}

export function createPages(store: Pick<EventStore, 'readAll' | 'head'>, size = 1_000, kept = 8): Pages {
  const pages = new Map<bigint, Promise<Page>>();

  function fetch(position: bigint): Promise<Page> {
    const known = pages.get(position);
    if (known) return known;
    const reading = read(position);
    pages.set(position, reading);
    const forget = (): void => {
      if (pages.get(position) === reading) pages.delete(position);
    };
    // A page at the end of the log grows, and a failed one says nothing.
    reading.then((page) => page.last && forget(), forget);
    for (const oldest of pages.keys()) {
      if (pages.size <= kept) break;
      pages.delete(oldest);
    }
    return reading;
  }

  async function read(position: bigint): Promise<Page> {
    // Asked first: whatever is not in the page by then is not coming before it.
    const head = (await store.head()) ?? BEFORE_ALL;
    const events: RecordedEvent[] = [];
    const after = position === BEFORE_ALL ? undefined : position;
    for await (const event of store.readAll({ after, maxCount: size })) events.push(event);
    const end = events[events.length - 1]?.position ?? position;
    const last = events.length < size;
    return { events, upTo: last && head > end ? head : end, last };
  }

  return {
    async after(position) {
      const page = await fetch(position);
      // The next page is read while this one is being written; its failure shows when it is asked for.
      if (!page.last) fetch(page.upTo).catch(() => {});
      return page;
    },
  };
}
