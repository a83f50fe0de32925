import type { Client } from '@urql/core';
import { observable } from '../lib/observable';
import { createLiveValue, type ValueState } from '../live/live-value';
import type { Live } from '../live/socket';
import { OverviewChangedDocument, OverviewDocument, type OverviewFieldsFragment } from './gql/documents';

export type Figure = Exclude<keyof OverviewFieldsFragment, 'projections' | 'log' | '__typename'>;

export type Traces = Partial<Record<Figure, readonly number[]>>;

export type TracedState = ValueState<OverviewFieldsFragment> & { traces: Traces };

const traced: readonly Figure[] = ['runsRunning', 'waiting', 'activeLeases', 'runsFailedLastHour'];
const pointEveryMs = 1_000;
const points = 60;

/** The overview, and how some of its figures went since it is on screen: the last minute, a point a second. */
export function createTracedOverview(client: Client, live: Live) {
  const overview = createLiveValue({
    query: OverviewDocument,
    feed: OverviewChangedDocument,
    ofQuery: (data) => data.overview,
    ofFeed: (data) => data.overviewChanged,
  }, client, live);
  const state = observable<TracedState>({ traces: {} });
  let leave: (() => void) | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let subscribers = 0;

  function trace(): void {
    const { value } = overview.get();
    if (value) {
      const { traces } = state.get();
      state.set({
        ...overview.get(),
        traces: Object.fromEntries(traced.map((figure) => [figure, [...(traces[figure] ?? []), value[figure]].slice(-points)])),
      });
    }
  }

  return {
    get: state.get,
    retry: overview.retry,
    subscribe(listener: () => void) {
      const forget = state.subscribe(listener);
      subscribers += 1;
      if (subscribers === 1) {
        leave = overview.subscribe(() => state.set({ ...overview.get(), traces: state.get().traces }));
        ticking = setInterval(trace, pointEveryMs);
      }
      return () => {
        forget();
        subscribers -= 1;
        if (subscribers === 0) {
          leave?.();
          clearInterval(ticking);
        }
      };
    },
  };
}
