import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/event-store/port';
import { createTail } from '../../../src/projection-runtime/tail';

const event = (position: number, type = 'Known'): RecordedEvent => ({ position: BigInt(position), type }) as RecordedEvent;
const known = (type: string): boolean => type === 'Known';

describe('the tail of the log', () => {
  it('gives every reader every event once, or says that it does not reach back', () => {
    fc.assert(fc.property(fc.array(fc.record({ push: fc.nat({ max: 10 }), read: fc.nat({ max: 7 }) }), { maxLength: 60 }), (steps) => {
      const tail = createTail(8);
      tail.begin(0n);
      let [next, position] = [1, 0n];
      for (const { push, read } of steps) {
        for (let n = 0; n < push; n++) tail.push(event(next++));
        const stretch = tail.after(position, known, read + 1);
        if (!stretch) {
          expect(position < tail.floor()).toBe(true);
          position = tail.head();
          continue;
        }
        const expected = Array.from({ length: Math.min(read + 1, next - 1 - Number(position)) }, (_, n) => position + BigInt(n + 1));
        expect(stretch.events.map((each) => each.position)).toEqual(expected);
        position = stretch.upTo;
      }
    }));
  });

  it('holds a bounded number of events, whoever reads or not', () => {
    const tail = createTail(8);
    tail.begin(0n);
    for (let n = 1; n <= 1_000; n++) tail.push(event(n));
    expect(tail.after(tail.floor(), known, Infinity)!.events.length).toBeLessThanOrEqual(16);
    expect(tail.after(tail.floor() - 1n, known, 1)).toBeUndefined();
  });

  it('passes over events that the reader does not know, and positions without events', () => {
    const tail = createTail();
    tail.begin(0n);
    tail.push(event(1, 'Unknown'));
    tail.advance(5n);
    expect(tail.after(0n, known, 10)).toEqual({ events: [], upTo: 5n });
    tail.push(event(3));
    expect(tail.after(0n, known, 10)).toEqual({ events: [], upTo: 5n });
  });

  it('wakes those who wait when something comes, when the time is over, and on abort', async () => {
    const tail = createTail();
    const abort = new AbortController();
    const woken: string[] = [];
    const waits = [
      tail.beyond(0n, 60_000, new AbortController().signal).then(() => woken.push('event')),
      tail.beyond(5n, 60_000, abort.signal).then(() => woken.push('abort')),
      tail.beyond(5n, 5, new AbortController().signal).then(() => woken.push('time')),
    ];
    tail.push(event(1));
    await waits[0];
    abort.abort();
    await Promise.all(waits);
    expect(woken.toSorted()).toEqual(['abort', 'event', 'time']);
  });
});
