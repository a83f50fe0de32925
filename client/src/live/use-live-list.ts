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
