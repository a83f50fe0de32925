/** One item of a change feed; the first has no node and only says from where on the feed is complete. */
export interface Change<Row> {
  cursor: string;
  position: string;
  node: Row | null;
}

export interface SeamEffects<Row> {
  /** Fetches the snapshot as of `position` or later, then calls `loaded`. */
  load(position: string): void;
  snapshot(rows: readonly Row[]): void;
  push(row: Row): void;
}

export interface Seam<Row> {
  receive(change: Change<Row>): void;
  loaded(rows: readonly Row[]): void;
  /** The feed cannot be resumed: the next "subscribed" item asks for a new snapshot. */
  restart(): void;
}

/**
 * Joins a snapshot and a change feed without gap: subscribe first and buffer, fetch the snapshot only once the feed said
 * from where it is complete, apply the snapshot, then what was buffered. Duplicates and older items are the store's
 * business (it compares versions). A buffer that overflows is thrown away and the snapshot fetched again.
 */
export function createSeam<Row>(effects: SeamEffects<Row>, bufferLimit = 10_000): Seam<Row> {
  let phase: 'subscribing' | 'loading' | 'live' = 'subscribing';
  let buffer: Row[] = [];
  let overflowedAt: string | undefined;

  return {
    receive({ node, position }) {
      if (node === null) {
        if (phase === 'subscribing') {
          phase = 'loading';
          effects.load(position);
        }
      } else if (phase === 'live') {
        effects.push(node);
      } else if (buffer.push(node) > bufferLimit) {
        buffer = [];
        overflowedAt = position;
      }
    },
    loaded(rows) {
      if (phase !== 'loading') {
        return;
      }
      if (overflowedAt !== undefined) {
        const position = overflowedAt;
        overflowedAt = undefined;
        effects.load(position);
        return;
      }
      phase = 'live';
      effects.snapshot(rows);
      buffer.forEach((row) => effects.push(row));
      buffer = [];
    },
    restart() {
      phase = 'subscribing';
      buffer = [];
      overflowedAt = undefined;
    },
  };
}
