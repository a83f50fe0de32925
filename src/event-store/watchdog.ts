import type { Clock } from './clock';

export interface Watchdog {
  /** The reader waits for the next item. */
  waits(): void;
  /** The reader has an item and is busy with it: silence is its own doing. */
  works(): void;
  stop(): void;
}

/** Calls `bark` once when the reader has been waiting for longer than `ms`. */
export function createWatchdog(clock: Clock, ms: number, bark: () => void): Watchdog {
  let waitingSince: number | undefined = clock.now();
  let cancel = clock.after(ms, look);

  function look(): void {
    const silent = waitingSince === undefined ? 0 : clock.now() - waitingSince;
    if (silent >= ms) bark();
    else cancel = clock.after(ms - silent, look);
  }

  return {
    waits: () => {
      waitingSince = clock.now();
    },
    works: () => {
      waitingSince = undefined;
    },
    stop: () => cancel(),
  };
}
