import type { StreamState } from './stream-state';

/** States of the streams that nobody works on right now, the longest unused first to go. */
export interface StateCache {
  /** Takes the state out, so that one mailbox alone holds and changes it. */
  take(name: string): StreamState | undefined;
  keep(name: string, stream: StreamState): void;
}

/**
 * @param maxWeight a stream weighs one, plus one for each command it remembers
 */
export function createStateCache(maxWeight: number): StateCache {
  const streams = new Map<string, StreamState>();
  let weight = 0;

  function take(name: string): StreamState | undefined {
    const stream = streams.get(name);
    if (stream) {
      streams.delete(name);
      weight -= weigh(stream);
    }
    return stream;
  }

  return {
    take,
    keep(name, stream) {
      take(name);
      streams.set(name, stream);
      weight += weigh(stream);
      for (const oldest of streams.keys()) {
        if (weight <= maxWeight) break;
        take(oldest);
      }
    },
  };
}

function weigh(stream: StreamState): number {
  return 1 + stream.commands.size;
}
