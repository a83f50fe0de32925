import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useLive } from './context';
import type { Entity } from './entity-store';
import { createLiveList, type ListSource, type ListState, type LiveList } from './live-list';

/**
 * A live list for as long as it is on screen.
 * @param key names what `source` asks for; another key makes another list
 */
export function useLiveList<Row extends Entity>(key: string, source: ListSource<Row>): { list: LiveList<Row>; state: ListState } {
  const client = useClient();
  const live = useLive();
  // The source is rebuilt on every render, the key says when it means something else.
  const list = useMemo(() => createLiveList(source, client, live), [key, client, live]);
  const state = useSyncExternalStore(list.subscribe, list.state);
  return { list, state };
}

export const useIds = <Row>({ store }: LiveList<Row>): readonly string[] => useSyncExternalStore(store.subscribe, store.ids);

export const useWaiting = <Row>({ store }: LiveList<Row>): number => useSyncExternalStore(store.subscribe, store.waiting);

export function useRow<Row>({ store }: LiveList<Row>, id: string): Row | undefined {
  const subscribe = useMemo(() => (listener: () => void) => store.subscribeRow(id, listener), [store, id]);
  return useSyncExternalStore(subscribe, () => store.get(id));
}
