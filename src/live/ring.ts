import type { Place } from './cursor';
import type { PlacedRow } from './rows';

/**
 * The newest changes of one view, shared by all its subscribers. Entries are numbered without end, so a subscriber is
 * only the number of its next entry; the ring holds every row that changed behind `floor`, up to `head`.
 */
export interface Ring {
  head(): bigint;
  /** Forgets all entries and goes on behind `position`. */
  reset(position: bigint): void;
  /** Rows in order, all of them behind the head, and the position up to which there are no others. */
  push(rows: readonly PlacedRow[], head: bigint): void;
  /** Number of the first entry behind a place; undefined when the ring does not reach back so far. */
  after(place: Place): number | undefined;
  /** The entry; undefined when it has fallen off or is yet to come. */
  at(number: number): PlacedRow | undefined;
  /** Whether a number is one that has fallen off. */
  fallen(number: number): boolean;
  /** Whether a later entry has a newer state of the same row: who is behind needs only that. */
  superseded(number: number): boolean;
}

export function createRing(capacity: number): Ring {
  let entries: PlacedRow[] = [];
  let base = 0;
  let floor = -1n;
  let head = -1n;
  /** Of each row, the number of its newest entry. */
  const newest = new Map<string, number>();

  function trim(): void {
    let dropped = entries.length - capacity;
    floor = entries[dropped - 1]!.place.position;
    // Rows of one event go together: the floor must not run through them.
    while (dropped < entries.length && entries[dropped]!.place.position === floor) dropped++;
    for (let index = 0; index < dropped; index++) {
      const { key } = entries[index]!.place;
      if (newest.get(key) === base + index) newest.delete(key);
    }
    entries = entries.slice(dropped);
    base += dropped;
  }

  return {
    head: () => head,
    reset(position) {
      // One more than there were: so the number behind the last entry has fallen off too.
      base += entries.length + 1;
      entries = [];
      newest.clear();
      floor = head = position;
    },
    push(rows, position) {
      for (const row of rows) newest.set(row.place.key, base + entries.push(row) - 1);
      head = position;
      // In steps, so that a full ring is not copied for each commit.
      if (entries.length > capacity * 1.25) trim();
    },
    after(place) {
      if (place.position < floor || (place.position === floor && place.key !== null)) return undefined;
      let [low, high] = [0, entries.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (isBehind(entries[middle]!.place, place)) high = middle;
        else low = middle + 1;
      }
      return base + low;
    },
    at: (number) => entries[number - base],
    fallen: (number) => number < base,
    superseded: (number) => newest.get(entries[number - base]!.place.key) !== number,
  };
}

function isBehind(place: Place & { key: string }, other: Place): boolean {
  if (place.position !== other.position) return place.position > other.position;
  // As Postgres orders keys by the "C" collation: by their bytes.
  return other.key !== null && Buffer.compare(Buffer.from(place.key), Buffer.from(other.key)) > 0;
}
