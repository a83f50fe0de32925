import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  AppendRefused, WrongExpectedRevision,
  type EventStore, type ExpectedRevision, type RecordedEvent, type SubscribeOptions, type SubscriptionItem,
} from '../../src/event-store/port';
import { anEvent, collect } from '../support/events';

/**
 * What every adapter of the event store port owes. The log may hold other people's events: each test has its own streams.
 * @param open answers a handle on one and the same log each time; closing the last test's handle may close them all
 */
export function eventStoreContract(open: () => Promise<EventStore>): void {
  let store: EventStore;
  let other: EventStore;
  let prefix: string;

  beforeAll(async () => {
    [store, other] = [await open(), await open()];
  });
  afterAll(async () => {
    await store.close();
    await other.close();
  });
  beforeEach(() => {
    prefix = `t${randomUUID().slice(0, 8)}`;
  });

  const append = (stream: string, expected: ExpectedRevision, ...texts: string[]) =>
    store.append(stream, expected, texts.map((text) => anEvent({ data: { text } })));
  const mine = () => ({ streamPrefixes: [`${prefix}-`] });
  const texts = (events: RecordedEvent[]) => events.map(({ data }) => data.text);

  /** Reads a subscription until `enough` says so, and ends it. */
  async function take(options: SubscribeOptions, enough: (items: SubscriptionItem[]) => boolean): Promise<SubscriptionItem[]> {
    const items: SubscriptionItem[] = [];
    for await (const item of store.subscribeToAll(options)) {
      items.push(item);
      if (enough(items)) break;
    }
    return items;
  }
  const eventsIn = (items: SubscriptionItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
  const caughtUp = (items: SubscriptionItem[]) => items.at(-1)?.kind === 'caughtUp';

  describe('identity', () => {
    it('is the same for everybody who opens the log', async () => {
      const [first, second, again] = await Promise.all([store.identity(), other.identity(), store.identity()]);
      expect(first).toMatch(/^[0-9a-f-]{36}$/);
      expect([second, again]).toEqual([first, first]);
    });
  });

  describe('append', () => {
    it('gives revisions without holes and rising positions, and keeps events as they were', async () => {
      const events = [
        anEvent({ type: 'Opened', data: { text: 'ü\u0000漢字 😀', deep: { list: [1, 2.5, null, true, ''] }, none: null } }),
        anEvent({ type: 'Closed', metadata: { v: 3, prev: 'ab', tenant: 'ténant' } }),
      ];
      const first = await store.append(`${prefix}-a`, 'no_stream', events);
      const second = await append(`${prefix}-a`, 1n, 'third');
      expect(first.revision).toBe(1n);
      expect(second.revision).toBe(2n);
      expect(second.position).toBeGreaterThan(first.position);

      const recorded = await collect(store.readStream(`${prefix}-a`));
      expect(recorded.map(({ id, type, data, metadata }) => ({ id, type, data, metadata })).slice(0, 2)).toEqual(events);
      expect(recorded.map(({ stream, revision }) => [stream, revision])).toEqual([0n, 1n, 2n].map((revision) => [`${prefix}-a`, revision]));
      expect(recorded.map(({ position }) => position).slice(1)).toEqual([first.position, second.position]);
      expect(recorded[0]!.position).toBeLessThan(first.position);
      expect(Math.abs(recorded[0]!.recordedAt.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it.each<[string, number, ExpectedRevision, ExpectedRevision]>([
      ['a new stream', 0, 0n, 'no_stream'],
      ['a stream that exists', 2, 'no_stream', 1n],
      ['too old a revision', 3, 0n, 2n],
      ['a revision to come', 1, 5n, 0n],
    ])('refuses the wrong expectation on %s and says where the stream is', async (_, length, expected, actual) => {
      const name = `${prefix}-a`;
      if (length > 0) await append(name, 'no_stream', ...'x'.repeat(length));
      const failure: unknown = await append(name, expected, 'lost').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(WrongExpectedRevision);
      expect(failure).toMatchObject({ stream: name, expected, actual });
      expect(await collect(store.readStream(name))).toHaveLength(length);
    });

    it('has no second effect when sent again, however much came since, and answers as the first time', async () => {
      const name = `${prefix}-a`;
      const events = [anEvent(), anEvent()];
      const first = await store.append(name, 'no_stream', events);
      expect(await store.append(name, 'no_stream', events)).toEqual(first);
      const more = [anEvent(), anEvent(), anEvent()];
      const second = await store.append(name, 1n, more);
      await append(name, 4n, 'later');
      expect(await store.append(name, 'no_stream', events)).toEqual(first);
      expect(await store.append(name, 1n, more)).toEqual(second);
      expect(await store.append(name, 1n, more.slice(0, 2))).toMatchObject({ revision: 3n });
      expect(await collect(store.readStream(name))).toHaveLength(6);
    });

    it('is a conflict when only some of the ids are there, or in another order', async () => {
      const name = `${prefix}-a`;
      const [one, two, three] = [anEvent(), anEvent(), anEvent()];
      await store.append(name, 'no_stream', [one, two]);
      await expect(store.append(name, 'no_stream', [two, one])).rejects.toBeInstanceOf(WrongExpectedRevision);
      await expect(store.append(name, 'no_stream', [one, two, three])).rejects.toBeInstanceOf(WrongExpectedRevision);
      await expect(store.append(name, 'no_stream', [three])).rejects.toBeInstanceOf(WrongExpectedRevision);
    });

    it('takes the same id in another stream for another event', async () => {
      const event = anEvent();
      await store.append(`${prefix}-a`, 'no_stream', [event]);
      await store.append(`${prefix}-b`, 'no_stream', [event]);
      expect(await collect(store.readStream(`${prefix}-b`))).toHaveLength(1);
    });

    it('lets exactly one of many rivals win', async () => {
      const rivals = Array.from({ length: 40 }, (_, writer) => append(`${prefix}-a`, 'no_stream', `by ${writer}`));
      const results = await Promise.allSettled(rivals);
      const won = results.flatMap((result, writer) => (result.status === 'fulfilled' ? [`by ${writer}`] : []));
      expect(won).toHaveLength(1);
      expect(texts(await collect(store.readStream(`${prefix}-a`)))).toEqual(won);
    });

    it.each<[string, (name: string) => Promise<unknown>, AppendRefused['reason']]>([
      ['no events', (name) => store.append(name, 'no_stream', []), 'invalid'],
      ['an id that is no UUID', (name) => store.append(name, 'no_stream', [anEvent({ id: 'one' })]), 'invalid'],
      ['no type', (name) => store.append(name, 'no_stream', [anEvent({ type: '' })]), 'invalid'],
      ['data that JSON cannot hold', (name) => store.append(name, 'no_stream', [anEvent({ data: { big: 1n } })]), 'invalid'],
      ['no stream name', () => store.append('', 'no_stream', [anEvent()]), 'invalid'],
      ['more than a mebibyte', (name) => append(name, 'no_stream', 'x'.repeat(1_100_000)), 'too-large'],
    ])('refuses %s for good', async (_, attempt, reason) => {
      const failure: unknown = await attempt(`${prefix}-a`).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AppendRefused);
      expect(failure).toMatchObject({ reason });
      expect(await collect(store.readStream(`${prefix}-a`))).toEqual([]);
    });

    it('behaves like a list that is guarded by its length', async () => {
      const step = fc.record({ expected: fc.integer({ min: -1, max: 6 }), events: fc.integer({ min: 1, max: 3 }), again: fc.boolean() });
      let run = 0;
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const name = `${prefix}-list-${run++}`;
        const ids: string[] = [];
        for (const { expected, events, again } of steps) {
          const at = expected === -1 ? ('no_stream' as const) : BigInt(expected);
          const batch = Array.from({ length: events }, () => anEvent());
          const result = await store.append(name, at, batch).catch((error: unknown) => error);
          if (expected + 1 !== ids.length) {
            expect(result).toMatchObject({ actual: ids.length === 0 ? 'no_stream' : BigInt(ids.length - 1) });
            continue;
          }
          ids.push(...batch.map(({ id }) => id));
          expect(result).toMatchObject({ revision: BigInt(ids.length - 1) });
          if (again) expect(await store.append(name, at, batch)).toEqual(result);
        }
        expect((await collect(store.readStream(name))).map(({ id }) => id)).toEqual(ids);
      }), { numRuns: 25 });
    });
  });

  describe('readStream', () => {
    it('is empty for a stream that does not exist', async () => {
      expect(await collect(store.readStream(`${prefix}-none`))).toEqual([]);
      expect(await collect(store.readStream(`${prefix}-none`, { direction: 'backwards' }))).toEqual([]);
    });

    it.each<[string, Parameters<EventStore['readStream']>[1], string]>([
      ['all', {}, 'abcde'],
      ['from a revision, inclusive', { from: 2n }, 'cde'],
      ['so many', { maxCount: 2 }, 'ab'],
      ['so many from a revision', { from: 1n, maxCount: 3 }, 'bcd'],
      ['beyond the end', { from: 5n }, ''],
      ['backwards', { direction: 'backwards' }, 'edcba'],
      ['backwards from a revision, inclusive', { direction: 'backwards', from: 2n }, 'cba'],
      ['the last', { direction: 'backwards', maxCount: 1 }, 'e'],
      ['backwards from beyond the end', { direction: 'backwards', from: 9n, maxCount: 2 }, 'ed'],
    ])('reads %s', async (_, options, expected) => {
      await append(`${prefix}-a`, 'no_stream', ...'abcde');
      expect(texts(await collect(store.readStream(`${prefix}-a`, options))).join('')).toBe(expected);
    });

    it('reads a long stream, and lets a reader stop in the middle', async () => {
      const long = Array.from({ length: 3 }, (_, batch) => Array.from({ length: 300 }, (__, n) => `${batch * 300 + n}`));
      for (const [batch, part] of long.entries()) await append(`${prefix}-a`, batch === 0 ? 'no_stream' : BigInt(batch * 300 - 1), ...part);
      expect(texts(await collect(store.readStream(`${prefix}-a`)))).toEqual(long.flat());
      let seen = 0;
      for await (const event of store.readStream(`${prefix}-a`)) {
        expect(event.revision).toBe(BigInt(seen));
        if (++seen === 10) break;
      }
      expect(seen).toBe(10);
    });
  });

  describe('readAll and head', () => {
    it('reads the log in the order of positions, behind a position, filtered and bounded', async () => {
      const start = await store.head();
      await append(`${prefix}-a`, 'no_stream', 'a0', 'a1');
      await append(`${prefix}-b`, 'no_stream', 'b0');
      await append(`${prefix}x`, 'no_stream', 'not mine');
      await append(`${prefix}-a`, 1n, 'a2');
      const all = await collect(store.readAll({ filter: mine() }));
      expect(texts(all)).toEqual(['a0', 'a1', 'b0', 'a2']);
      expect(all.map(({ position }) => position)).toEqual(all.map(({ position }) => position).toSorted((a, b) => Number(a - b)));
      expect(texts(await collect(store.readAll({ after: all[1]!.position, filter: mine() })))).toEqual(['b0', 'a2']);
      expect(texts(await collect(store.readAll({ after: start, filter: mine(), maxCount: 3 })))).toEqual(['a0', 'a1', 'b0']);
      const two = { streamPrefixes: [`${prefix}-b`, `${prefix}x`] };
      expect(texts(await collect(store.readAll({ after: start, filter: two })))).toEqual(['b0', 'not mine']);
      expect(texts(await collect(store.readAll({ after: start })))).toEqual(expect.arrayContaining(['a0', 'a1', 'b0', 'not mine', 'a2']));
      expect(await collect(store.readAll({ after: all[3]!.position, filter: mine() }))).toEqual([]);
      expect((await store.head())!).toBeGreaterThanOrEqual(all[3]!.position);
    });

    it('pages through the log without gap or repetition', async () => {
      const start = await store.head();
      const names = Array.from({ length: 47 }, (_, n) => `${n}`);
      await append(`${prefix}-a`, 'no_stream', ...names);
      const read: unknown[] = [];
      let after = start;
      for (;;) {
        const page = await collect(store.readAll({ after, filter: mine(), maxCount: 10 }));
        read.push(...texts(page));
        if (page.length < 10) break;
        after = page.at(-1)!.position;
      }
      expect(read).toEqual(names);
    });

    it('knows the newest position at once', async () => {
      const { position } = await append(`${prefix}-a`, 'no_stream', 'newest');
      expect((await store.head())!).toBeGreaterThanOrEqual(position);
    });
  });

  describe('subscribeToAll', () => {
    it('brings history, says when it has caught up, and goes on live', async () => {
      await append(`${prefix}-a`, 'no_stream', 'old');
      const live = new AbortController();
      const seen: string[] = [];
      for await (const item of store.subscribeToAll({ filter: mine(), signal: live.signal })) {
        if (item.kind === 'event') seen.push(String(item.event.data.text));
        if (item.kind === 'caughtUp' && !seen.includes('live')) {
          expect(seen).toEqual(['old']);
          await append(`${prefix}-b`, 'no_stream', 'live');
        }
        if (seen.includes('live')) live.abort();
      }
      expect(seen).toEqual(['old', 'live']);
    });

    it('starts strictly behind a position', async () => {
      await append(`${prefix}-a`, 'no_stream', 'before');
      const { position } = await append(`${prefix}-a`, 0n, 'at');
      await append(`${prefix}-a`, 1n, 'behind');
      const items = await take({ after: position, filter: mine() }, caughtUp);
      expect(texts(eventsIn(items))).toEqual(['behind']);
    });

    it('ends when told to, also while nothing happens', async () => {
      const ending = new AbortController();
      const items: SubscriptionItem[] = [];
      for await (const item of store.subscribeToAll({ after: await store.head(), filter: mine(), signal: ending.signal })) {
        items.push(item);
        if (item.kind === 'caughtUp') setTimeout(() => ending.abort(), 20);
      }
      expect(eventsIn(items)).toEqual([]);
      const ended = AbortSignal.abort();
      expect(await collect(store.subscribeToAll({ signal: ended }))).toEqual([]);
    });

    it('says how far it has come in events that do not match', async () => {
      const start = await store.head();
      const others = await append(`${prefix}x`, 'no_stream', ...Array.from({ length: 200 }, (_, n) => `${n}`));
      const reached = (items: SubscriptionItem[]) => items.some((item) => item.kind === 'checkpoint' && item.position >= others.position);
      const items = await take({ after: start, filter: mine() }, reached);
      expect(eventsIn(items)).toEqual([]);
    });

    it('misses and repeats nothing while many write, for a slow reader too', async () => {
      const start = await store.head();
      const writers = 8;
      const each = 40;
      const write = async (writer: number) => {
        for (let n = 0; n < each; n++) await append(`${prefix}-${writer}`, n === 0 ? 'no_stream' : BigInt(n - 1), `${writer}:${n}`);
      };
      const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
      const enough = (items: SubscriptionItem[]) => eventsIn(items).length === writers * each;
      const quick = take({ after: start, filter: mine() }, enough);
      const slowly: RecordedEvent[] = [];
      for await (const item of store.subscribeToAll({ after: start, filter: mine() })) {
        if (item.kind !== 'event') continue;
        slowly.push(item.event);
        if (slowly.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        if (slowly.length === writers * each) break;
      }
      await writing;
      const log = await collect(store.readAll({ after: start, filter: mine() }));
      expect(slowly).toEqual(log);
      expect(eventsIn(await quick)).toEqual(log);
    });

    it('can be resumed from any item without loss or repetition', async () => {
      const start = await store.head();
      for (let n = 0; n < 12; n++) await append(n % 3 === 0 ? `${prefix}x${n}` : `${prefix}-${n}`, 'no_stream', `${n}`);
      const items = await take({ after: start, filter: mine() }, caughtUp);
      const all = texts(eventsIn(items));
      expect(all).toEqual(['1', '2', '4', '5', '7', '8', '10', '11']);
      for (const [index, item] of items.entries()) {
        if (item.kind === 'caughtUp') continue;
        const after = item.kind === 'event' ? item.event.position : item.position;
        const rest = await take({ after, filter: mine() }, caughtUp);
        expect([...texts(eventsIn(items.slice(0, index + 1))), ...texts(eventsIn(rest))]).toEqual(all);
      }
    });
  });

  describe('close', () => {
    it('ends subscriptions', async () => {
      const waiting = collect(other.subscribeToAll({ after: await other.head(), filter: mine() }));
      await other.close();
      expect(eventsIn(await waiting)).toEqual([]);
    });
  });
}
