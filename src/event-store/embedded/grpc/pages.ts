import type { StoredEvent } from '../log/event';
import type { Direction } from '../storage/port';

/** Events that one page asks the log for. */
export const PAGE_EVENTS = 1_000;

interface Range {
  /** First and last place to read, in the order of reading; nothing when the first is past the last. */
  first: number;
  last: number;
  direction: Direction;
  /** Events a page; default `PAGE_EVENTS`. */
  size?: number;
}

/**
 * Reads a range page by page. The next page is fetched while the caller still works on the current one, so at most
 * two are in memory.
 * @param read events between two places (lower first), in the order of reading, perhaps fewer than asked for
 * @param placeOf the place of an event in the range
 */
export async function* pages(
  { first, last, direction, size = PAGE_EVENTS }: Range,
  read: (lowest: number, highest: number) => Promise<StoredEvent[]>,
  placeOf: (event: StoredEvent) => number,
): AsyncGenerator<StoredEvent[], void, void> {
  const fetch = (at: number): Promise<StoredEvent[]> | undefined => {
    if (direction === 'forwards') return at > last ? undefined : read(at, Math.min(at + size - 1, last));
    return at < last ? undefined : read(Math.max(at - size + 1, last), at);
  };
  let upcoming = fetch(first);
  while (upcoming) {
    const page = await upcoming;
    const end = page.at(-1);
    if (!end) return;
    upcoming = fetch(placeOf(end) + (direction === 'forwards' ? 1 : -1));
    // When the reader leaves early nobody awaits the page that is on its way.
    upcoming?.catch(() => {});
    yield page;
  }
}
