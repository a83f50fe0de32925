/** The live lane's store: a list of ids over a map of entities, told of changes once per animation frame. */

export interface Entity {
  readonly id: string;
}

export interface StoreOptions<Row> {
  /** Grows with every change of one entity; an item that is not newer than the one held is dropped. */
  version(row: Row): bigint;
  /** Whether a row that just came into being belongs at the top of this list. */
  admits(row: Row): boolean;
  /** Runs the flush once, soon; one animation frame in a browser. */
  schedule(flush: () => void): void;
  /**
   * `newest-first`: new rows wait to be shown at the top, further pages go to the end. `oldest-first` (a conversation):
   * new rows go to the end at once, further pages to the top.
   */
  order?: 'newest-first' | 'oldest-first';
  /** Sorts the rows shown of an `oldest-first` list, for rows that come out of order. */
  compare?(a: Row, b: Row): number;
  /** Most ids shown; the oldest go. */
  limit?: number;
}

export interface EntityStore<Row> {
  get(id: string): Row | undefined;
  ids(): readonly string[];
  /** New rows that wait until `showWaiting`, so that nothing moves under the reader. */
  waiting(): number;
  /** True once the limit dropped rows at the end; paging on from there would leave a hole. */
  cut(): boolean;
  /**
   * A snapshot: replaces the list, keeps what is already newer. What was derived from elsewhere may differ at the same
   * version; then the snapshot is right.
   */
  reset(rows: readonly Row[]): void;
  /** Rows of a further page. */
  addPage(rows: readonly Row[]): void;
  /** A row by itself, for a permalink or asked for anew; like a snapshot it may differ at the same version. */
  keep(row: Row): void;
  /** A live item, or the object a mutation answered. */
  push(row: Row): void;
  showWaiting(): void;
  subscribe(listener: () => void): () => void;
  subscribeRow(id: string, listener: () => void): () => void;
}

export function createEntityStore<Row extends Entity>(options: StoreOptions<Row>): EntityStore<Row> {
  const { version, admits, schedule, order = 'newest-first', compare, limit = 10_000 } = options;
  const entities = new Map<string, Row>();
  const pending = new Map<string, Row>();
  const listeners = new Set<() => void>();
  const rowListeners = new Map<string, Set<() => void>>();
  let ids: readonly string[] = [];
  let shown = new Set<string>();
  let arrivals = new Set<string>();
  let cut = false;
  let scheduled = false;

  const tell = () => listeners.forEach((listener) => listener());
  const tellRow = (id: string) => rowListeners.get(id)?.forEach((listener) => listener());

  /** @returns whether the row was newer than what is held */
  function take(row: Row): boolean {
    const held = entities.get(row.id);
    if (held && version(row) <= version(held)) {
      return false;
    }
    entities.set(row.id, row);
    return true;
  }

  /** @returns whether the row says something else than the one held, at the same version */
  function amend(row: Row): boolean {
    const held = entities.get(row.id);
    if (!held || version(row) !== version(held) || JSON.stringify(row) === JSON.stringify(held)) {
      return false;
    }
    entities.set(row.id, row);
    return true;
  }

  function sorted(next: readonly string[]): readonly string[] {
    if (!compare) {
      return next;
    }
    const rows = next.map((id) => entities.get(id)).filter((row) => row !== undefined);
    return rows.sort(compare).map(({ id }) => id);
  }

  function show(next: readonly string[]): void {
    if (next.length > limit) {
      cut = true;
      next.slice(limit).forEach((id) => entities.delete(id));
    }
    ids = next.slice(0, limit);
    shown = new Set(ids);
  }

  function mergeArrivals(): void {
    const next = order === 'oldest-first' ? [...ids, ...arrivals] : [...[...arrivals].reverse(), ...ids];
    arrivals = new Set();
    show(sorted(next));
  }

  function flush(): void {
    scheduled = false;
    let listChanged = false;
    for (const row of pending.values()) {
      const known = entities.has(row.id);
      if (!known && !admits(row)) {
        continue;
      }
      if (take(row)) {
        if (!known) {
          arrivals.add(row.id);
          listChanged = true;
        }
        tellRow(row.id);
      }
    }
    pending.clear();
    if (arrivals.size > limit) {
      const oldest = [...arrivals].slice(0, arrivals.size - limit);
      oldest.forEach((id) => (arrivals.delete(id), entities.delete(id)));
    }
    if (order === 'oldest-first' && arrivals.size > 0) {
      mergeArrivals();
    }
    if (listChanged) {
      tell();
    }
  }

  return {
    get: (id) => entities.get(id),
    ids: () => ids,
    waiting: () => arrivals.size,
    cut: () => cut,
    reset(rows) {
      const stays = new Set(rows.map(({ id }) => id));
      [...entities.keys()].filter((id) => !stays.has(id)).forEach((id) => entities.delete(id));
      arrivals = new Set();
      cut = false;
      rows.forEach((row) => (take(row) || amend(row)) && tellRow(row.id));
      show(sorted([...stays]));
      tell();
    },
    addPage(rows) {
      rows.forEach((row) => take(row) && tellRow(row.id));
      const added = rows.map(({ id }) => id).filter((id) => !shown.has(id) && !arrivals.has(id));
      show(sorted(order === 'oldest-first' ? [...added, ...ids] : [...ids, ...added]));
      tell();
    },
    keep(row) {
      if (take(row) || amend(row)) {
        tellRow(row.id);
      }
    },
    push(row) {
      const waiting = pending.get(row.id);
      if (!waiting || version(row) > version(waiting)) {
        pending.set(row.id, row);
      }
      if (!scheduled) {
        scheduled = true;
        schedule(flush);
      }
    },
    showWaiting() {
      if (arrivals.size > 0) {
        mergeArrivals();
        tell();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeRow(id, listener) {
      const set = rowListeners.get(id) ?? new Set();
      rowListeners.set(id, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && rowListeners.get(id) === set) {
          rowListeners.delete(id);
        }
      };
    },
  };
}

/** One flush per animation frame; a hidden tab gets no frames, so there once a second. */
export function onNextFrame(flush: () => void): void {
  if (document.hidden) {
    setTimeout(flush, 1_000);
  } else {
    requestAnimationFrame(flush);
  }
}
