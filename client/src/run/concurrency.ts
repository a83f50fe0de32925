import { useMemo, useSyncExternalStore } from 'react';
import type { Client } from '@urql/core';
import { useClient } from 'urql';
import { ask } from '../graphql/client';
import { observable } from '../lib/observable';
import { useLive } from '../live/context';
import type { Live } from '../live/socket';
import { ConcurrencyDocument, RunChangedDocument, type ConcurrencyQuery } from './gql/documents';

export type Concurrency = ConcurrencyQuery['concurrency'];

/** A burst of changes is one question. */
const pauseMs = 500;

/** How many runs may go on at once and how many do: asked anew when a run changes, as long as there is a subscriber. */
export function createConcurrency(client: Client, live: Live) {
  const state = observable<Concurrency | undefined>(undefined);
  let latest = 0;

  async function refresh(): Promise<void> {
    latest += 1;
    const asked = latest;
    const { data } = await ask(client, ConcurrencyDocument, {});
    if (data && asked === latest) {
      state.set(data.concurrency);
    }
  }

  return {
    get: state.get,
    /** Takes what an act of one's own answered: newer than the answer to any question still under way. */
    take(concurrency: Concurrency) {
      latest += 1;
      state.set(concurrency);
    },
    subscribe(listener: () => void) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const forget = state.subscribe(listener);
      void refresh();
      const leave = live.subscribe(RunChangedDocument, {}, {
        next() {
          timer ??= setTimeout(() => {
            timer = undefined;
            void refresh();
          }, pauseMs);
        },
        cursor: ({ runChanged: { cursor } }) => cursor,
      });
      return () => {
        forget();
        leave();
        clearTimeout(timer);
      };
    },
  };
}

/** The same for as long as it is on screen. */
export function useConcurrency() {
  const client = useClient();
  const live = useLive();
  const source = useMemo(() => createConcurrency(client, live), [client, live]);
  return { concurrency: useSyncExternalStore(source.subscribe, source.get), take: source.take };
}
