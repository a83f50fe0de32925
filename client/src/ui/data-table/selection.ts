import { useMemo, useState } from 'react';
import type { LiveList } from '../../live/live-list';
import { useIds } from '../../live/use-live-list';

/** Rows chosen for an act on several. */
export interface Selected {
  ids: ReadonlySet<string>;
  /** The row that was touched last: a range starts there. */
  anchor: string | undefined;
}

const nothingSelected: Selected = { ids: new Set(), anchor: undefined };

/** Takes a row in, or out. */
function toggled({ ids }: Selected, id: string): Selected {
  const next = new Set(ids);
  if (!next.delete(id)) {
    next.add(id);
  }
  return { ids: next, anchor: id };
}

/** Takes in everything from the row touched last to this one, in the order of the list; what was chosen stays. */
function extended({ ids, anchor }: Selected, id: string, order: readonly string[]): Selected {
  const to = order.indexOf(id);
  const at = anchor === undefined ? -1 : order.indexOf(anchor);
  // A row that is gone starts no range.
  const from = at < 0 ? to : at;
  const range = to < 0 ? [] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...ids, ...range]), anchor: id };
}

export interface Selection {
  /** The chosen rows that are still there. */
  ids: ReadonlySet<string>;
  toggle(id: string): void;
  extendTo(id: string): void;
  /** Replaces the selection. */
  set(ids: Iterable<string>): void;
  clear(): void;
}

/** Which rows of a list are chosen. Another list starts with none. */
export function useSelection<Row>(list: LiveList<Row>): Selection {
  const order = useIds(list);
  const [held, setHeld] = useState({ list, selected: nothingSelected });
  return useMemo(() => {
    const { ids, anchor } = held.list === list ? held.selected : nothingSelected;
    const selected = { ids: ids.size === 0 ? ids : new Set(order.filter((id) => ids.has(id))), anchor };
    const keep = (next: Selected): void => setHeld({ list, selected: next });
    return {
      ids: selected.ids,
      toggle: (id) => keep(toggled(selected, id)),
      extendTo: (id) => keep(extended(selected, id, order)),
      set: (ids) => keep({ ids: new Set(ids), anchor: undefined }),
      clear: () => keep(nothingSelected),
    };
  }, [list, order, held]);
}

/** The chosen rows that are still there, in the order of the list. */
export const rowsOf = <Row>({ store }: LiveList<Row>, { ids }: Pick<Selection, 'ids'>): readonly Row[] =>
  store.ids().filter((id) => ids.has(id)).map((id) => store.get(id)).filter((row) => row !== undefined);
