import { useMemo, useSyncExternalStore } from 'react';
import type { Client } from '@urql/core';
import { useClient } from 'urql';
import { ask } from '../graphql/client';
import { ofError } from '../graphql/problem';
import { observable } from '../lib/observable';
import { useLive } from '../live/context';
import type { ValueState } from '../live/live-value';
import type { Live } from '../live/socket';
import { ConcurrencyDocument, RunMovedDocument, type ConcurrencyFieldsFragment } from './gql/documents';

/** A burst of changes is one question. */
const pauseMs = 500;
/** A run gives its place back only after its end, without another change: once it is quiet there is one more question. */
const quietMs = 3_000;

/** How many runs may go on at once and how many do: asked anew when a run changes, as long as there is a subscriber. */
export function createConcurrency(client: Client, live: Live) {
  const state = observable<ValueState<ConcurrencyFieldsFragment>>({});
  let latest = 0;

  async function refresh(): Promise<void> {
    latest += 1;
    const asked = latest;
    const { data, error } = await ask(client, ConcurrencyDocument, {});
    if (asked === latest) {
      state.set(data ? { value: data.concurrency } : { ...state.get(), problem: error && ofError(error) });
    }
  }

  return {
    get: state.get,
    retry: () => void refresh(),
    /** Takes what an act of one's own answered: newer than the answer to any question still under way. */
    take(concurrency: ConcurrencyFieldsFragment) {
      latest += 1;
      state.set({ value: concurrency });
    },
    subscribe(listener: () => void) {
      let soon: ReturnType<typeof setTimeout> | undefined;
      let quiet: ReturnType<typeof setTimeout> | undefined;
      const forget = state.subscribe(listener);
      void refresh();
      const leave = live.subscribe(RunMovedDocument, {}, {
        next() {
          soon ??= setTimeout(() => {
            soon = undefined;
            void refresh();
          }, pauseMs);
          clearTimeout(quiet);
          quiet = setTimeout(() => void refresh(), quietMs);
        },
        cursor: ({ runChanged: { cursor } }) => cursor,
        resync: () => void refresh(),
      });
      return () => {
        forget();
        leave();
        clearTimeout(soon);
        clearTimeout(quiet);
      };
    },
  };
}

/** The same for as long as it is on screen. */
export function useConcurrency() {
  const client = useClient();
  const live = useLive();
  const { get, subscribe, retry, take } = useMemo(() => createConcurrency(client, live), [client, live]);
  return { ...useSyncExternalStore(subscribe, get), retry, take };
}
