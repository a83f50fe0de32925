import { pause, type Clock } from '../../src/event-store/clock';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '../../src/event-store/port';
import { untilDefinite } from '../../src/event-store/until-definite';

/** What befalls one message on its way to the store, or the answer on its way back. */
export interface Weather {
  /** Milliseconds on the way. */
  delay(): number;
  isLost(): boolean;
}

/** One append as it is sent; it may arrive, may be written, and may be answered. */
export type Send = (expected: ExpectedRevision, events: readonly NewEvent[]) => Promise<AppendResult>;

/** How the adapter goes on when an answer does not come. */
export type Resend = (
  stream: string, expected: ExpectedRevision, events: readonly NewEvent[], deadline: number, send: Send,
) => Promise<AppendResult>;

/** As the real adapter does it: the very same append again, until the answer is definite. */
export function sameAgain(clock: Clock): Resend {
  return (stream, expected, events, deadline, send) => untilDefinite(stream, deadline, clock, () => send(expected, events));
}

/**
 * A store at the end of a bad line: requests and acknowledgements are late or lost, and what is late may still arrive
 * when nobody waits for it any more.
 */
export function faultyEventStore(store: EventStore, clock: Clock, weather: Weather, resend: Resend = sameAgain(clock)): EventStore {
  async function overTheLine<T>(task: () => Promise<T>): Promise<T> {
    const lostOnTheWay = weather.isLost();
    await pause(clock, weather.delay());
    if (lostOnTheWay) throw new Error('The request was lost');
    const result = await task();
    const answerLost = weather.isLost();
    await pause(clock, weather.delay());
    if (answerLost) throw new Error('The answer was lost');
    return result;
  }

  return {
    ...store,
    append: (stream, expected, events, deadline = clock.now() + 10_000) =>
      resend(stream, expected, events, deadline, (at, batch) => overTheLine(() => store.append(stream, at, batch))),
    async* readStream(stream, options) {
      const events = await overTheLine(async () => {
        const all = [];
        for await (const event of store.readStream(stream, options)) all.push(event);
        return all;
      });
      yield* events;
    },
  };
}
