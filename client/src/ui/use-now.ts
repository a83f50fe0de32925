import { useSyncExternalStore } from 'react';

/** One clock per pace for all who tell relative times. */
function createClock(everyMs: number) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    get: () => now,
    subscribe(listener: () => void) {
      listeners.add(listener);
      now = Date.now();
      timer ??= setInterval(() => {
        now = Date.now();
        listeners.forEach((tell) => tell());
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
  };
}

const slow = createClock(15_000);
const fast = createClock(1_000);

/** Milliseconds since the epoch, renewed every 15 s. */
export const useNow = (): number => useSyncExternalStore(slow.subscribe, slow.get);

/** The same, every second, for countdowns. */
export const useSeconds = (): number => useSyncExternalStore(fast.subscribe, fast.get);
