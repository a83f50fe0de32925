import type { Client } from '@urql/core';
import { ask } from '../graphql/client';
import type { Document } from '../graphql/document';
import { ofError, type Problem } from '../graphql/problem';
import { observable } from '../lib/observable';
import type { Live } from './socket';

export interface ValueState<Value> {
  value?: Value;
  problem?: Problem;
}

export interface LiveValue<Value> {
  get(): ValueState<Value>;
  /** Asked and followed as long as there is a subscriber. */
  subscribe(listener: () => void): () => void;
  retry(): void;
}

interface ValueSource<Query, Feed, Value> {
  query: Document<Query, Record<string, never>>;
  feed: Document<Feed, Record<string, never>>;
  ofQuery(data: Query): Value;
  ofFeed(data: Feed): Value;
}

/** One value that is asked for once and then followed; what the feed says wins over the answer. */
export function createLiveValue<Query, Feed, Value>(source: ValueSource<Query, Feed, Value>, client: Client, live: Live): LiveValue<Value> {
  const state = observable<ValueState<Value>>({});
  let fed = false;
  let subscribers = 0;
  let leave: (() => void) | undefined;

  async function fetch(): Promise<void> {
    const result = await ask(client, source.query, {});
    if (fed) {
      return;
    }
    if (result.data) {
      state.set({ value: source.ofQuery(result.data) });
    } else if (result.error) {
      state.set({ ...state.get(), problem: ofError(result.error) });
    }
  }

  return {
    get: state.get,
    retry: () => void fetch(),
    subscribe(listener) {
      const forget = state.subscribe(listener);
      subscribers += 1;
      if (subscribers === 1) {
        void fetch();
        leave = live.subscribe(source.feed, {}, {
          next(data) {
            fed = true;
            state.set({ value: source.ofFeed(data) });
          },
        });
      }
      return () => {
        forget();
        subscribers -= 1;
        if (subscribers === 0) {
          fed = false;
          leave?.();
        }
      };
    },
  };
}
