import { setTimeout as sleep } from 'node:timers/promises';

/** A part that runs as a process of its own. */
export interface Part {
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface Supervised<P extends Part> {
  /** The part as it runs now; another object after each restart. */
  current(): P;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const HEALTHY_AFTER_MS = 10_000;

/** Starts a part and starts it again, with growing pauses, whenever it ends without being asked to. */
export async function supervise<P extends Part>(name: string, start: () => Promise<P>, warn: (message: string) => void): Promise<Supervised<P>> {
  let part = await start();
  const stopping = new AbortController();
  const watching = watch();

  async function watch(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    let since = Date.now();
    while (!stopping.signal.aborted) {
      await part.exited;
      if (stopping.signal.aborted) return;
      if (Date.now() - since > HEALTHY_AFTER_MS) pause = FIRST_PAUSE_MS;
      warn(`${name} (process ${part.pid}) ended; starting it again`);
      part = await restart();
      since = Date.now();
    }

    async function restart(): Promise<P> {
      for (;;) {
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        if (stopping.signal.aborted) return part;
        try {
          return await start();
        } catch (error) {
          warn(`${name} did not start: ${(error as Error).message}`);
        }
      }
    }
  }

  return {
    current: () => part,
    stop: async () => {
      stopping.abort();
      await part.stop();
      await watching;
    },
  };
}
