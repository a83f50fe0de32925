import type { EventStore, RecordedEvent } from '../event-store/port';
import { BEFORE_ALL } from './checkpoints';
import { createWakeUp } from './wake-up';

export interface Page {
  events: readonly RecordedEvent[];
  /** Everything up to here was seen, whether or not it is among `events`. */
  upTo: bigint;
  /** The log ended here when the page was read. */
  last: boolean;
}

/** One that reads the log from behind, page by page. */
export interface PageReader {
  after(position: bigint, signal: AbortSignal): Promise<Page>;
  /** It reads no more for now, so nobody waits for it. */
  leave(): void;
}

export interface PageOptions {
  size?: number;
  /** Pages held at a time. */
  kept?: number;
  /** Milliseconds for which a reader waits for a slower one, before that one must read for itself. */
  patienceMs?: number;
}

/**
 * Pages of the log for projections that are behind. Readers that go the same way read each page once: the first waits
 * a while for the last, when it is as many pages ahead as are held.
 */
export function createPages(store: Pick<EventStore, 'readAll' | 'head'>, options: PageOptions = {}): { reader(): PageReader } {
  const { size = 500, kept = 6, patienceMs = 2_000 } = options;
  const pages = new Map<bigint, Promise<Page>>();
  const readers = new Set<{ at: bigint | undefined }>();
  const moved = createWakeUp();
  let open: { at: bigint; events: AsyncIterator<RecordedEvent> } | undefined;

  function fetch(position: bigint): Promise<Page> {
    const known = pages.get(position);
    if (known) return known;
    const reading = read(position);
    pages.set(position, reading);
    const forget = (): void => {
      if (pages.get(position) === reading) pages.delete(position);
    };
    // An empty page leads nowhere and a failed one says nothing: whoever asks again shall read again.
    reading.then((page) => page.events.length === 0 && forget(), forget);
    return reading;
  }

  /** One read of the log goes on from page to page, for as long as they are asked for in order. */
  async function read(position: bigint): Promise<Page> {
    const source = open?.at === position ? open.events : readFrom(position);
    if (open?.at === position) open = undefined;
    const events: RecordedEvent[] = [];
    let ended = false;
    while (events.length < size && !ended) {
      const { done, value } = await source.next();
      if (done) ended = true;
      else events.push(value);
    }
    const end = events[events.length - 1]?.position ?? position;
    if (ended) return { events, upTo: await seenUpTo(end), last: true };
    close();
    if (readers.size > 0) open = { at: end, events: source };
    else void source.return?.();
    return { events, upTo: end, last: false };
  }

  function readFrom(position: bigint, maxCount?: number): AsyncIterator<RecordedEvent> {
    return store.readAll({ after: position === BEFORE_ALL ? undefined : position, maxCount })[Symbol.asyncIterator]();
  }

  /** The head of the log when nothing that a projection sees lies between `end` and it. */
  async function seenUpTo(end: bigint): Promise<bigint> {
    const head = (await store.head()) ?? BEFORE_ALL;
    if (head <= end) return end;
    const { done } = await readFrom(end, 1).next();
    return done ? head : end;
  }

  function close(): void {
    void open?.events.return?.();
    open = undefined;
  }

  /** Makes room for one more page, as soon as nobody needs the oldest, or patience is at its end. */
  async function makeRoom(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (pages.size >= kept && !signal.aborted) {
      const [oldest] = pages.keys();
      const needed = [...readers].some(({ at }) => at === oldest);
      const left = deadline - Date.now();
      if (needed && left > 0) await moved.wait(signal, left);
      else pages.delete(oldest!);
    }
  }

  return {
    reader() {
      const place: { at: bigint | undefined } = { at: undefined };
      readers.add(place);
      return {
        async after(position, signal) {
          place.at = position;
          moved.wake();
          if (!pages.has(position)) await makeRoom(signal);
          const page = await fetch(position);
          // The next page is read while this one is being written; its failure shows when it is asked for.
          if (!page.last && pages.size < kept) fetch(page.upTo).catch(() => {});
          return page;
        },
        leave() {
          place.at = undefined;
          readers.delete(place);
          if (readers.size === 0) close();
          moved.wake();
        },
      };
    },
  };
}
