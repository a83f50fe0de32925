import { useMemo, useSyncExternalStore } from 'react';
import type { LiveList } from '../live/live-list';

/** A busy row is drawn no more often. */
const everyMs = 250;

/** Tells at most every so often that something changed: the first time at once, and in the end always. */
export function calmly(subscribe: (listener: () => void) => () => void): (listener: () => void) => () => void {
  return (listener) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let toldAt = Number.NEGATIVE_INFINITY;
    const tell = (): void => {
      timer = undefined;
      toldAt = performance.now();
      listener();
    };
    const leave = subscribe(() => {
      timer ??= setTimeout(tell, Math.max(0, toldAt + everyMs - performance.now()));
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  };
}

/** A row of a live list that may change many times a second, as it stood a quarter of a second ago at most. */
export function useCalmRow<Row>({ store }: LiveList<Row>, id: string): Row | undefined {
  const subscribe = useMemo(() => calmly((listener) => store.subscribeRow(id, listener)), [store, id]);
  return useSyncExternalStore(subscribe, () => store.get(id));
}
