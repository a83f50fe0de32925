import { useMemo, useSyncExternalStore } from 'react';
import { observable } from '../lib/observable';
import { useLive } from '../live/context';
import type { Live } from '../live/socket';
import { GenerationProgressDocument } from './gql/documents';
import type { GenerationRow } from './generations';
import { after, noProgress, type Progress } from './steps';

/** The stages of one run as they come, resumed behind the last one; `onRun` is told how the run stands. */
export function createProgress(live: Live, runId: string, onRun: (run: GenerationRow) => void) {
  const progress = observable<Progress>(noProgress);
  let leave: (() => void) | undefined;
  let subscribers = 0;

  return {
    get: progress.get,
    subscribe(listener: () => void) {
      const forget = progress.subscribe(listener);
      subscribers += 1;
      if (subscribers === 1) {
        leave = live.subscribe(GenerationProgressDocument, { runId }, {
          next({ runProgress: { step, run } }) {
            progress.set(after(progress.get(), step));
            onRun(run);
          },
          cursor: ({ runProgress }) => runProgress.cursor,
          resync: () => progress.set(noProgress),
        });
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

/** @param onRun kept the same as long as it means the same */
export function useProgress(runId: string, onRun: (run: GenerationRow) => void): Progress {
  const live = useLive();
  const progress = useMemo(() => createProgress(live, runId, onRun), [live, runId, onRun]);
  return useSyncExternalStore(progress.subscribe, progress.get);
}
