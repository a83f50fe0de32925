import { useMemo, useSyncExternalStore } from 'react';
import type { Client } from '@urql/core';
import { useClient } from 'urql';
import { ask } from '../graphql/client';
import { ofError, type Problem } from '../graphql/problem';
import { observable } from '../lib/observable';
import { useLive } from '../live/context';
import type { Live } from '../live/socket';
import { RunChangedDocument, RunDetailDocument, RunProgressDocument, type RunDetailFieldsFragment } from './gql/documents';
import { isActive } from './states';
import { isWaiting, type Step } from './timeline';

export type RunDetail = RunDetailFieldsFragment;

export interface RunDetailState {
  run?: RunDetail;
  problem?: Problem;
  /** There is no such run for this reader. */
  missing: boolean;
  /** Where it stands in the queue; told live only. */
  waiting?: Step;
}

/** One run with everything known of it, followed as long as there is a subscriber. */
export function createRunDetail(id: string, client: Client, live: Live) {
  const state = observable<RunDetailState>({ missing: false });
  let subscribers = 0;
  let leave: (() => void) | undefined;
  let leaveProgress: (() => void) | undefined;
  let fetching = false;
  let again: { atLeast: string | undefined } | undefined;

  const known = (): bigint => BigInt(state.get().run?.revision ?? -1);
  const isNews = (revision: string): boolean => BigInt(revision) > known();

  function take(run: RunDetail): void {
    // What is derived, such as whether it can be stopped, may differ at the same revision.
    if (BigInt(run.revision) >= known()) {
      const { waiting } = state.get();
      state.set({ run, missing: false, problem: undefined, waiting: isActive(run) ? waiting : undefined });
    }
    // The stages end with the run; another attempt has others.
    if (subscribers > 0 && isActive(run)) {
      leaveProgress ??= followProgress();
    }
  }

  function followProgress(): () => void {
    return live.subscribe(RunProgressDocument, { runId: id }, {
      next({ runProgress: { step, run } }) {
        const isLate = BigInt(run.revision) < known();
        state.set({ ...state.get(), waiting: isWaiting(step) && !isLate ? step : undefined });
        if (isNews(run.revision)) {
          void refresh();
        }
      },
      cursor: ({ runProgress: { cursor } }) => cursor,
      complete() {
        leaveProgress?.();
        leaveProgress = undefined;
      },
    });
  }

  /** Changes that come while it asks are asked for once more afterwards. */
  async function refresh(atLeast?: string): Promise<void> {
    if (fetching) {
      again = { atLeast: atLeast ?? again?.atLeast };
      return;
    }
    fetching = true;
    const { data, error } = await ask(client, RunDetailDocument, { id }, atLeast);
    fetching = false;
    if (data?.node?.__typename === 'Run') {
      take(data.node);
    } else if (data) {
      state.set({ ...state.get(), missing: true });
    } else if (error) {
      state.set({ ...state.get(), problem: ofError(error) });
    }
    if (again && subscribers > 0) {
      const next = again;
      again = undefined;
      await refresh(next.atLeast);
    }
  }

  function follow(): () => void {
    void refresh();
    leaveProgress = followProgress();
    // What happens after its end, such as a diagnosis or another attempt.
    const leaveChanges = live.subscribe(RunChangedDocument, {}, {
      next({ runChanged: { node, position } }) {
        if (node?.id === id && isNews(node.revision)) {
          void refresh(position);
        }
      },
      cursor: ({ runChanged: { cursor } }) => cursor,
      resync: () => void refresh(),
    });
    return () => {
      leaveProgress?.();
      leaveProgress = undefined;
      leaveChanges();
    };
  }

  return {
    get: state.get,
    take,
    retry: () => void refresh(),
    subscribe(listener: () => void) {
      const forget = state.subscribe(listener);
      subscribers += 1;
      if (subscribers === 1) {
        leave = follow();
      }
      return () => {
        forget();
        subscribers -= 1;
        if (subscribers === 0) {
          leave?.();
        }
      };
    },
  };
}

/** The same for as long as it is on screen. */
export function useRunDetail(id: string) {
  const client = useClient();
  const live = useLive();
  const detail = useMemo(() => createRunDetail(id, client, live), [id, client, live]);
  return { ...useSyncExternalStore(detail.subscribe, detail.get), take: detail.take, retry: detail.retry };
}
