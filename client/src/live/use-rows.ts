import { useMemo, useSyncExternalStore } from 'react';
import type { LiveList } from './live-list';
import { useIds } from './use-live-list';

/** The rows that stand behind ids, as something to subscribe to: the same array until one of them changes. */
function rowsOf<Row>(store: LiveList<Row>['store'], ids: readonly string[]) {
  let rows: readonly Row[] = [];
  return {
    subscribe(listener: () => void) {
      const leave = ids.map((id) => store.subscribeRow(id, listener));
      return () => leave.forEach((forget) => forget());
    },
    get() {
      const next = ids.map(store.get).filter((row) => row !== undefined);
      if (next.length !== rows.length || next.some((row, place) => row !== rows[place])) {
        rows = next;
      }
      return rows;
    },
  };
}

/** All rows of a short list, told again when any of them changes. */
export function useRows<Row>(list: LiveList<Row>): readonly Row[] {
  const { store } = list;
  const ids = useIds(list);
  const rows = useMemo(() => rowsOf(store, ids), [store, ids]);
  return useSyncExternalStore(rows.subscribe, rows.get);
}
