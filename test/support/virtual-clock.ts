import type { Clock } from '../../src/event-store/clock';

export interface VirtualClock extends Clock {
  /** Lets time pass: runs what falls due, in order, and lets everything that follows from it settle. */
  advance(ms: number): Promise<void>;
  /** Lets time pass until the condition holds. Throws when nothing is left that could bring it about. */
  runUntil(condition: () => boolean): Promise<void>;
}

interface Timer {
  at: number;
  rank: number;
  task: () => void;
}

/**
 * Time that only passes when told to.
 * @param rank order among timers that fall due in the same millisecond; default: in the order they were set
 */
export function createVirtualClock(start = Date.UTC(2026, 0, 1), rank: () => number = () => 0): VirtualClock {
  let now = start;
  const timers = new Set<Timer>();

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.rank < first.rank)) first = timer;
    }
    return first;
  }

  async function fire(timer: Timer): Promise<void> {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.task();
    await settled();
  }

  return {
    now: () => now,
    after(ms, task) {
      const timer = { at: now + Math.max(0, ms), rank: rank(), task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await settled();
      for (let timer = next(); timer && timer.at <= end; timer = next()) await fire(timer);
      now = end;
    },
    async runUntil(condition) {
      await settled();
      while (!condition()) {
        const timer = next();
        if (!timer) throw new Error('Nothing is left to wait for');
        await fire(timer);
      }
    },
  };
}

/** Every promise that can go on without time or I/O has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
