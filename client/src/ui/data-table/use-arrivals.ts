import { useCallback, useEffect, useEffectEvent, useState } from 'react';
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
  const flow = useEffectEvent(() => {
    if (store.waiting() > 0 && !busy()) {
      store.showWaiting();
    }
    setWaiting(store.waiting());
    return store.waiting();
  });
  const tell = useEffectEvent((count: number) => announce(t('table.newRows', { count })));

  useEffect(() => {
    let announced = 0;
    let announcedAt = 0;
    const timer = setInterval(() => {
      const held = flow();
      if (held > announced && performance.now() - announcedAt > announceEveryMs) {
        announcedAt = performance.now();
        announced = held;
        tell(held);
      } else if (held === 0) {
        announced = 0;
      }
    }, flowEveryMs);
    return () => clearInterval(timer);
  }, []);

  const show = useCallback(() => {
    store.showWaiting();
    setWaiting(0);
  }, [store]);
  return { waiting, show };
}
