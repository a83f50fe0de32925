import type { Clock } from './clock';
import { createWatchdog } from './watchdog';

/** The part of a Node `Readable` that is used here; the client library types its own streams a little differently. */
export interface Source extends AsyncIterable<unknown> {
  destroy(error?: Error): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The reader waited for longer than it was told to. */
export class Silence extends Error {
  constructor(readonly ms: number) {
    super(`Nothing came for ${ms} ms`);
    this.name = 'Silence';
  }
}

export interface Pulling {
  clock: Clock;
  /** Fails when the reader has waited for the next item for so long. */
  silenceMs: number;
  /** Breaks the stream off; the reader then sees an error. */
  signal: AbortSignal;
  /** Tells the server that no more is wanted; called unless the stream came to its own end. */
  cancel(): Promise<void>;
}

/**
 * The items of a Node stream of the client library, one at a time: the next is fetched when the last was dealt with, and
 * no more than the stream's own read-ahead is held.
 */
export async function* pull<T>(source: Source, { clock, silenceMs, signal, cancel }: Pulling): AsyncGenerator<T> {
  const watchdog = createWatchdog(clock, silenceMs, () => source.destroy(new Silence(silenceMs)));
  const abort = () => source.destroy(new Error('Broken off'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  source.on('error', alreadyKnown);
  let ended = false;
  try {
    for await (const item of source) {
      watchdog.works();
      yield item as T;
      watchdog.waits();
    }
    ended = true;
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', abort);
    if (!ended) cancel().catch(alreadyKnown);
  }
}

/**
 * Errors reach the reader through the iteration. What the connection says after that concerns nobody, but without a
 * listener it would end the process.
 */
function alreadyKnown(): void {}
