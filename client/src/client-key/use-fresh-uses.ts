import { useEffect } from 'react';
import { useClient } from 'urql';
import type { LiveList, ListSource } from '../live/live-list';
import type { ClientKeyRow } from './list';

/** The server counts uses in memory and writes them down every five seconds. */
const everyMs = 5_000;

/** Uses and expiry are no events, so no feed tells of them: while keys are on screen they are asked for again. */
export function useFreshUses(list: LiveList<ClientKeyRow>, source: ListSource<ClientKeyRow>): void {
  const client = useClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && list.store.ids().length > 0) {
        void source.page(client, { first: source.pageSize, after: undefined })
          .then((page) => 'rows' in page && page.rows.forEach(list.store.push));
      }
    }, everyMs);
    return () => clearInterval(timer);
  }, [client, list, source]);
}
