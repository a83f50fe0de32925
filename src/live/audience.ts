import type { LiveRow } from './port';

/** Everybody who follows one view and has seen all there is so far. */
export interface Audience {
  /** Takes a seat for one subscriber; `leave` it at the end. */
  join(wants: (row: LiveRow) => boolean, signal: AbortSignal): Seat;
  /**
   * Tells of new rows, which reach up to `head`. Who wants none of them sleeps on, which costs next to nothing.
   * @returns when all who want them have been set going
   */
  tell(rows: readonly LiveRow[], head: bigint): Promise<void>;
  /** Sets everybody going. */
  wakeAll(): Promise<void>;
}

export interface Seat {
  /**
   * Waits until there are rows that it wants, until everybody is woken, or until its signal aborts.
   * @param from up to where it has seen everything
   * @returns up to where there was nothing for it meanwhile
   */
  wait(from: bigint): Promise<bigint>;
  leave(): void;
}

/** So many are set going in one turn of the event loop, so that a crowd does not hold up requests and other views. */
const AT_ONCE = 50;

interface Sleeper {
  wants(row: LiveRow): boolean;
  passed: bigint;
  wake(): void;
}

export function createAudience(): Audience {
  const sleeping = new Set<Sleeper>();

  async function wakeInTurns(sleepers: readonly Sleeper[]): Promise<void> {
    for (const [index, sleeper] of sleepers.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      sleeper.wake();
    }
  }

  return {
    join(wants, signal) {
      const sleeper: Sleeper = { wants, passed: -1n, wake: () => {} };
      const abort = (): void => {
        sleeping.delete(sleeper);
        sleeper.wake();
      };
      signal.addEventListener('abort', abort, { once: true });
      return {
        wait(from) {
          if (signal.aborted) return Promise.resolve(from);
          sleeper.passed = from;
          sleeping.add(sleeper);
          return new Promise((resolve) => {
            sleeper.wake = () => resolve(sleeper.passed);
          });
        },
        leave() {
          sleeping.delete(sleeper);
          signal.removeEventListener('abort', abort);
        },
      };
    },
    tell(rows, head) {
      const concerned: Sleeper[] = [];
      for (const sleeper of sleeping) {
        if (concerns(rows, sleeper)) {
          sleeping.delete(sleeper);
          concerned.push(sleeper);
        } else {
          sleeper.passed = head;
        }
      }
      return wakeInTurns(concerned);
    },
    wakeAll() {
      const all = [...sleeping];
      sleeping.clear();
      return wakeInTurns(all);
    },
  };
}

/** One whose judgement fails is woken too: it fails by itself then, and hurts nobody else. */
function concerns(rows: readonly LiveRow[], { wants }: Sleeper): boolean {
  try {
    return rows.some(wants);
  } catch {
    return true;
  }
}
