import { Readable } from 'node:stream';
import { pull } from '../../../src/event-store/pull';
import { resuming, type Resuming } from '../../../src/event-store/resuming';
import { collect } from '../../support/events';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock';

let clock: VirtualClock;
beforeEach(() => {
  clock = createVirtualClock(0);
});

describe('resuming', () => {
  const numbers = (from: number, to: number, failure?: Error) => (async function* () {
    for (let n = from; n <= to; n++) yield n;
    if (failure) throw failure;
  })();
  const lost = new Error('connection lost');
  let options: Resuming;
  beforeEach(() => {
    options = { clock, patienceMs: Infinity, isFinal: () => false, report: () => {} };
  });

  /** Reads all while time passes. */
  async function readAll<T>(items: AsyncIterable<T>): Promise<{ read: T[]; error?: unknown }> {
    const read: T[] = [];
    let result: { read: T[]; error?: unknown } | undefined;
    void (async () => {
      for await (const item of items) read.push(item);
    })().then(() => { result = { read }; }, (error: unknown) => { result = { read, error }; });
    await clock.runUntil(() => result !== undefined);
    return result!;
  }

  it('opens again behind the last item, reports what it mended, and ends with its source', async () => {
    const reported: unknown[] = [];
    let next = 1;
    const open = () => numbers(next, Math.min(next + 2, 8), next + 2 < 8 ? lost : undefined);
    const items = resuming(open, { ...options, report: (trouble) => reported.push(trouble) });
    const counted = (async function* () {
      for await (const n of items) {
        next = n + 1;
        yield n;
      }
    })();
    expect(await readAll(counted)).toEqual({ read: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(reported).toEqual([lost, lost]);
  });

  it('fails when nothing comes for longer than its patience, or the error is final', async () => {
    const never = resuming(() => numbers(1, 0, lost), { ...options, patienceMs: 5_000 });
    expect(await readAll(never)).toEqual({ read: [], error: lost });
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(clock.now()).toBeLessThan(8_000);
    const denied = new Error('denied');
    const final = resuming(() => numbers(1, 2, denied), { ...options, isFinal: (error) => error === denied });
    expect(await readAll(final)).toEqual({ read: [1, 2], error: denied });
  });

  it('ends quietly when told to, also while it waits to try again', async () => {
    const ending = new AbortController();
    const items = resuming(() => numbers(1, 1, lost), { ...options, signal: ending.signal });
    clock.after(10_000, () => ending.abort());
    const { read, error } = await readAll(items);
    expect(error).toBeUndefined();
    expect(read.length).toBeGreaterThan(3);
    expect(clock.now()).toBe(10_000);
  });
});

describe('pull', () => {
  const setting = (source: Readable) => {
    let cancelled = 0;
    const ending = new AbortController();
    const items = pull<number>(source, { clock, silenceMs: 1_000, signal: ending.signal, cancel: async () => void cancelled++ });
    return { items, ending, cancelled: () => cancelled };
  };
  const silent = () => new Readable({ objectMode: true, read() {} });

  it('reads a stream to its end, and does not cancel what has ended', async () => {
    const { items, cancelled } = setting(Readable.from([1, 2, 3]));
    expect(await collect(items)).toEqual([1, 2, 3]);
    expect(cancelled()).toBe(0);
  });

  it('cancels when the reader leaves', async () => {
    const { items, cancelled } = setting(Readable.from([1, 2, 3]));
    for await (const item of items) if (item === 2) break;
    expect(cancelled()).toBe(1);
  });

  it('fails when the source is silent, but not when the reader is slow', async () => {
    const source = silent();
    source.push(1);
    const { items, cancelled } = setting(source);
    expect((await items.next()).value).toBe(1);
    await clock.advance(60_000);
    source.push(2);
    expect((await items.next()).value).toBe(2);
    const waiting = items.next().catch((error: Error) => error.message);
    await clock.advance(999);
    source.push(3);
    expect(await waiting).toMatchObject({ value: 3 });
    const silence = items.next().catch((error: Error) => error.message);
    await clock.advance(2_000);
    expect(await silence).toBe('Nothing came for 1000 ms');
    expect(cancelled()).toBe(1);
  });

  it('breaks off when told to, and survives what the connection says afterwards', async () => {
    const source = silent();
    const { items, ending } = setting(source);
    const waiting = items.next().catch((error: Error) => error.message);
    ending.abort();
    expect(await waiting).toBe('Broken off');
    expect(() => source.emit('error', new Error('cancelled'))).not.toThrow();
  });
});
