import type { EventStore, RecordedEvent } from '../event-store/port';
import { absorb, absorbed, type StreamState } from './stream-state';

/** The stream's events cannot be folded: an event this build does not know, or a fold that throws. */
export class UnusableStream extends Error {
  constructor(name: string, cause: unknown) {
    super(`The stream ${name} cannot be folded: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'UnusableStream';
  }
}

/**
 * Reads what was appended to the stream since, and folds it.
 * @returns whether there was anything
 * @throws UnusableStream (the state is then spoilt), StreamDeleted, or whatever a failed read throws (what was read stays)
 */
export async function catchUp(store: EventStore, name: string, stream: StreamState): Promise<boolean> {
  let last: RecordedEvent | undefined;
  try {
    for await (const event of store.readStream(name, { from: stream.revision + 1n })) {
      try {
        absorb(stream, event);
      } catch (error) {
        throw new UnusableStream(name, error);
      }
      last = event;
    }
  } catch (error) {
    if (last && !(error instanceof UnusableStream)) absorbed(stream, last);
    throw error;
  }
  if (last) absorbed(stream, last);
  return last !== undefined;
}
