import { useEffect } from 'react';
import { useClient } from 'urql';
import type { LiveList, ListSource } from '../live/live-list';
import type { ClientKeyRow } from './list';

/** The server counts uses in memory and writes them down every five seconds. */
const everyMs = 5_000;

/**
 * Uses and expiry are no events, so no feed tells of them: while a key that works is on screen, the newest page of keys
 * is asked for again. A key that is over is counted no more.
 */
export function useFreshUses(list: LiveList<ClientKeyRow>, source: ListSource<ClientKeyRow>): void {
  const client = useClient();
  useEffect(() => {
    const timer = setInterval(() => {
      const { ids, get } = list.store;
      if (!document.hidden && ids().some((id) => get(id)?.state === 'ACTIVE')) {
        void source.page(client, { first: source.pageSize, after: undefined })
          .then((page) => 'rows' in page && page.rows.forEach(list.store.push));
      }
    }, everyMs);
    return () => clearInterval(timer);
  }, [client, list, source]);
}
