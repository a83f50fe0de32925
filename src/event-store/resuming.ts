import { pause, type Clock } from './clock';

export interface Resuming {
  clock: Clock;
  /** Gives up when nothing came for so long; Infinity: never. */
  patienceMs: number;
  /** An error that another try would only meet again. */
  isFinal(error: unknown): boolean;
  /** Told every error that is not thrown. */
  report(error: unknown): void;
  /** Ends it quietly. */
  signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Yields what `open` yields, and opens it again after an error, more slowly each time in vain.
 * `open` must go on behind the last item it gave out.
 */
export async function* resuming<T>(open: () => AsyncIterable<T>, options: Resuming): AsyncGenerator<T> {
  const { clock, patienceMs, isFinal, report, signal } = options;
  let wait = FIRST_PAUSE_MS;
  let lastItem = clock.now();
  while (!signal?.aborted) {
    try {
      for await (const item of open()) {
        if (signal?.aborted) return;
        yield item;
        lastItem = clock.now();
        wait = FIRST_PAUSE_MS;
      }
      return;
    } catch (error) {
      if (signal?.aborted) return;
      if (isFinal(error) || clock.now() - lastItem >= patienceMs) throw error;
      report(error);
    }
    await pause(clock, wait, signal);
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}
