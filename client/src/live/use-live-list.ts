import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useLive } from './context';
import type { Entity } from './entity-store';
import { createLiveList, type ListSource, type ListState, type LiveList } from './live-list';

/**
 * A live list for as long as it is on screen.
 * @param source kept the same (memo) as long as it means the same list
 */
export function useLiveList<Row extends Entity>(source: ListSource<Row>): { list: LiveList<Row>; state: ListState } {
  const client = useClient();
  const live = useLive();
  const list = useMemo(() => createLiveList(source, client, live), [source, client, live]);
  const state = useSyncExternalStore(list.subscribe, list.state);
  return { list, state };
}

export const useIds = <Row>({ store }: LiveList<Row>): readonly string[] => useSyncExternalStore(store.subscribe, store.ids);

export function useRow<Row>({ store }: LiveList<Row>, id: string): Row | undefined {
  const subscribe = useMemo(() => (listener: () => void) => store.subscribeRow(id, listener), [store, id]);
  return useSyncExternalStore(subscribe, () => store.get(id));
}

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
