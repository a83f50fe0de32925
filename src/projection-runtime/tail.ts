import type { RecordedEvent } from '../event-store/port';

/** The newest part of the log, shared by all projections of this process; each of them is only a position in it. */
export interface Tail {
  /** Everything behind `floor` up to `head` that the subscription delivered is held. */
  floor(): bigint;
  head(): bigint;
  /** Begins at a position, forgetting what was held. */
  begin(position: bigint): void;
  push(event: RecordedEvent): void;
  /** Everything up to `position` was seen. */
  advance(position: bigint): void;
  /** Events behind `position` that `accepts` wants, and how far that looked; undefined when the tail begins later. */
  after(position: bigint, accepts: (type: string) => boolean, max: number): Stretch | undefined;
  /** Resolves when there is something behind `position`, after `timeoutMs`, or when `signal` aborts. */
  beyond(position: bigint, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export interface Stretch {
  events: RecordedEvent[];
  /** Position up to which everything was looked at. */
  upTo: bigint;
}

/** @param capacity least number of events held once so many have come; at most twice as many are */
export function createTail(capacity = 4_096): Tail {
  let events: RecordedEvent[] = [];
  let floor = -1n;
  let head = -1n;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of [...waiting]) each();
  };

  return {
    floor: () => floor,
    head: () => head,
    begin(position) {
      events = [];
      floor = head = position;
      wake();
    },
    push(event) {
      if (event.position <= head) return;
      if (events.length >= capacity * 2) {
        const dropped = events.splice(0, events.length - capacity);
        floor = dropped[dropped.length - 1]!.position;
      }
      events.push(event);
      head = event.position;
      wake();
    },
    advance(position) {
      if (position <= head) return;
      head = position;
      wake();
    },
    after(position, accepts, max) {
      if (position < floor) return undefined;
      const accepted: RecordedEvent[] = [];
      for (let index = firstAfter(events, position); index < events.length; index++) {
        const event = events[index]!;
        if (!accepts(event.type)) continue;
        accepted.push(event);
        if (accepted.length === max) return { events: accepted, upTo: event.position };
      }
      return { events: accepted, upTo: head > position ? head : position };
    },
    beyond(position, timeoutMs, signal) {
      if (head > position || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
  };
}

function firstAfter(events: readonly RecordedEvent[], position: bigint): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
