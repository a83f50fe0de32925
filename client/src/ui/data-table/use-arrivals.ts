import { useCallback, useEffect, useRef, useState } from 'react';
import { useT } from '../../i18n/use-t';
import type { LiveList } from '../../live/live-list';
import { announce } from '../announcer';

const flowEveryMs = 250;
const announceEveryMs = 5_000;

/**
 * New rows flow in at most four times a second while the reader is at the top and idle, and wait otherwise.
 * @returns how many wait for the reader, and how to show them
 */
export function useArrivals<Row>({ store }: LiveList<Row>, busy: () => boolean): { waiting: number; show: () => void } {
  const t = useT();
  const [waiting, setWaiting] = useState(0);
  const isBusy = useRef(busy);
  isBusy.current = busy;

  useEffect(() => {
    let announced = 0;
    let announcedAt = 0;
    const timer = setInterval(() => {
      const arrived = store.waiting();
      if (arrived > 0 && !isBusy.current()) {
        store.showWaiting();
      }
      const held = store.waiting();
      setWaiting(held);
      if (held > announced && performance.now() - announcedAt > announceEveryMs) {
        announcedAt = performance.now();
        announce(t('table.newRows', { count: held }));
      }
      announced = held;
    }, flowEveryMs);
    return () => clearInterval(timer);
  }, [store, t.language]);

  const show = useCallback(() => {
    store.showWaiting();
    setWaiting(0);
  }, [store]);
  return { waiting, show };
}
