import {
  binaryEvent, END, eventTypeFilter, excludeSystemEvents, NO_STREAM, START, streamNameFilter,
  type AllStreamSubscription, type EventStoreDBClient, type Filter, type Position, type ReadRevision, type StreamSubscription,
} from '@eventstore/db-client';
import { collect, connectTo, event, events, startTestStore, until, type TestStore } from './support/stores';

let store: TestStore;
beforeEach(async () => {
  store = await startTestStore();
});
afterEach(() => store.close());

interface Followed {
  seen: string[];
  caughtUp: number;
  error: (Error & { type?: string }) | undefined;
  confirmed: Promise<void>;
  stop(): Promise<void>;
}

/** Notes `stream/revision` of everything that arrives. */
function follow(subscription: AllStreamSubscription | StreamSubscription): Followed {
  const followed: Followed = {
    seen: [],
    caughtUp: 0,
    error: undefined,
    confirmed: new Promise((resolve) => subscription.once('confirmation', () => resolve())),
    stop: () => subscription.unsubscribe(),
  };
  subscription.on('data', (resolved) => followed.seen.push(`${resolved.event!.streamId}/${resolved.event!.revision}`));
  subscription.on('caughtUp', () => (followed.caughtUp += 1));
  subscription.on('error', (error) => (followed.error = error));
  return followed;
}

const log = async (client: EventStoreDBClient): Promise<string[]> =>
  (await collect(client.readAll())).map((resolved) => `${resolved.event!.streamId}/${resolved.event!.revision}`);

describe('$all', () => {
  test('from the start, from the end, and strictly after a position', async () => {
    const appended = await store.client.appendToStream('a', events(3), { expectedRevision: NO_STREAM });
    const { commit } = appended.position!;
    const fromStart = follow(store.client.subscribeToAll({ fromPosition: START }));
    const fromEnd = follow(store.client.subscribeToAll({ fromPosition: END }));
    const after = follow(store.client.subscribeToAll({ fromPosition: { commit: commit - 1n, prepare: commit - 1n } }));
    await until(() => [fromStart, fromEnd, after].every(({ caughtUp }) => caughtUp === 1), 'all to be live');
    expect(fromStart.seen).toEqual(['a/0', 'a/1', 'a/2']);
    expect(fromEnd.seen).toEqual([]);
    expect(after.seen).toEqual(['a/2']);
    await store.client.appendToStream('b', event(), { expectedRevision: NO_STREAM });
    await until(() => [fromStart, fromEnd, after].every(({ seen }) => seen.at(-1) === 'b/0'));
    expect(fromEnd.seen).toEqual(['b/0']);
    expect(fromStart.caughtUp).toBe(1);
    await Promise.all([fromStart.stop(), fromEnd.stop(), after.stop()]);
  });

  test('started while 16 writers append: no gap, no duplicate, the order of the log', async () => {
    const other = connectTo(store.server.address);
    let writing = true;
    let written = 0;
    let followers: ReturnType<typeof follow>[] = [];
    // On a machine without time to spare, writers that never wait are never caught up with.
    const farBehind = (): boolean => followers.some(({ seen }) => written - seen.length > 200);
    const writers = Array.from({ length: 16 }, async (_, w) => {
      for (let i = 0; writing; i += 1) {
        const batch = events(1 + (i % 3));
        await store.client.appendToStream(`w-${w}`, batch);
        written += batch.length;
        do await new Promise((resolve) => setTimeout(resolve, 20)); while (writing && farBehind());
      }
    });
    await until(async () => (await log(store.client)).length > 300, 'a backlog');
    followers = Array.from({ length: 4 }, () => follow(other.subscribeToAll()));
    const slow = slowly(other);
    await until(() => followers.every(({ caughtUp }) => caughtUp > 0), 'all to be live');
    const live = followers[0]!.seen.length;
    await until(() => followers[0]!.seen.length > live + 500, 'live events');
    writing = false;
    await Promise.all(writers);
    const truth = await log(store.client);
    await until(() => followers.every(({ seen }) => seen.length >= truth.length), 'the followers');
    for (const { seen } of followers) expect(seen).toEqual(truth);
    expect(await slow(truth.length)).toEqual(truth);
    await Promise.all(followers.map(({ stop }) => stop()));
    await other.dispose();
  });

  /** Reads with pauses and a read-ahead of one event. */
  function slowly(client: EventStoreDBClient): (count: number) => Promise<string[]> {
    const subscription = client.subscribeToAll({}, { highWaterMark: 1 });
    subscription.on('error', () => {});
    return async (count) => {
      const seen: string[] = [];
      for await (const resolved of subscription) {
        seen.push(`${resolved.event!.streamId}/${resolved.event!.revision}`);
        if (seen.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        if (seen.length === count) break;
      }
      return seen;
    };
  }

  test('a tombstone arrives like any event', async () => {
    const followed = follow(store.client.subscribeToAll());
    await store.client.appendToStream('a', event(), { expectedRevision: NO_STREAM });
    await store.client.tombstoneStream('a');
    await until(() => followed.seen.length === 2);
    expect(followed.seen[1]).toBe(`a/${2n ** 63n - 1n}`);
    await followed.stop();
  });
});

describe('filters', () => {
  beforeEach(async () => {
    for (let i = 0; i < 60; i += 1) {
      await store.client.appendToStream(`${i % 3 === 0 ? 'match' : 'other'}-${i}`, events(5, i % 2 === 0 ? 'Even' : 'Odd'));
    }
    await store.client.setStreamMetadata('other-1', { maxCount: 100 });
  });

  const isEven = (line: string): boolean => Number(/-(\d+)/.exec(line)![1]) % 2 === 0;

  test.each<[string, Filter, (line: string) => boolean]>([
    ['stream prefixes', streamNameFilter({ prefixes: ['match-', 'mat'] }), (line) => line.startsWith('match')],
    ['a stream pattern', streamNameFilter({ regex: '-[0-4]$' }), (line) => /-[0-4]\//.test(line)],
    ['type prefixes', eventTypeFilter({ prefixes: ['Ev', '$meta'] }), (line) => isEven(line) || line.startsWith('$$')],
    ['no system events', excludeSystemEvents(), (line) => !line.startsWith('$')],
  ])('by %s', async (_name, filter, passes) => {
    const expected = (await log(store.client)).filter(passes);
    expect(expected.length).toBeGreaterThan(10);
    const followed = follow(store.client.subscribeToAll({ filter }));
    await until(() => followed.caughtUp === 1);
    expect(followed.seen).toEqual(expected);
    await followed.stop();
  });

  test('resuming from every checkpoint loses nothing and repeats nothing', async () => {
    const checkpoints: { position: Position; seenBefore: number }[] = [];
    const filterWith = (checkpointReached?: (position: Position) => void) => streamNameFilter({
      prefixes: ['match-'],
      checkpointInterval: 2,
      maxSearchWindow: 8,
      checkpointReached: (_subscription, position) => checkpointReached?.(position),
    });
    const whole = follow(store.client.subscribeToAll({
      filter: filterWith((position) => checkpoints.push({ position, seenBefore: whole.seen.length })),
    }));
    await until(() => whole.caughtUp === 1);
    expect(checkpoints.length).toBeGreaterThanOrEqual(Math.floor(301 / 16));
    const head = (await collect(store.client.readAll())).at(-1)!.event!.position!;
    expect(checkpoints.at(-1)!.position).toEqual(head);
    expect(whole.seen).toHaveLength(100);

    for (const { position, seenBefore } of checkpoints) {
      const resumed = follow(store.client.subscribeToAll({ fromPosition: position, filter: filterWith() }));
      await until(() => resumed.caughtUp === 1);
      expect(resumed.seen).toEqual(whole.seen.slice(seenBefore));
      await resumed.stop();
    }

    const before = checkpoints.length;
    for (let i = 0; i < 4; i += 1) await store.client.appendToStream('other-live', events(5));
    await until(() => checkpoints.length > before, 'a checkpoint while only others write');
    await whole.stop();
  });
});

describe('a stream', () => {
  test('from the start, the end, and strictly after a revision, then live', async () => {
    await store.client.appendToStream('s', events(3), { expectedRevision: NO_STREAM });
    const from: ReadRevision[] = [START, END, 0n];
    const followed = from.map((fromRevision) => follow(store.client.subscribeToStream('s', { fromRevision })));
    await until(() => followed.every(({ caughtUp }) => caughtUp === 1));
    await store.client.appendToStream('elsewhere', event(), { expectedRevision: NO_STREAM });
    await store.client.appendToStream('s', events(1_200), { expectedRevision: 2n });
    await until(() => followed.every(({ seen }) => seen.at(-1) === 's/1202'));
    expect(followed.map(({ seen }) => seen.length)).toEqual([1_203, 1_200, 1_202]);
    expect(new Set(followed[0]!.seen).size).toBe(1_203);
    await Promise.all(followed.map(({ stop }) => stop()));
  });

  test('that is not there is waited for, also after a delete', async () => {
    const followed = follow(store.client.subscribeToStream('later'));
    await until(() => followed.caughtUp === 1);
    await store.client.appendToStream('later', event(), { expectedRevision: NO_STREAM });
    await until(() => followed.seen.length === 1);
    await store.client.deleteStream('later');
    await store.client.appendToStream('later', event(), { expectedRevision: NO_STREAM });
    await until(() => followed.seen.length === 2);
    expect(followed.seen).toEqual(['later/0', 'later/1']);
    await followed.stop();
  });

  test('a tombstone is delivered, then the subscription fails; subscribing afterwards fails at once', async () => {
    const followed = follow(store.client.subscribeToStream('s'));
    await until(() => followed.caughtUp === 1);
    await store.client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
    await store.client.tombstoneStream('s');
    await until(() => followed.error !== undefined);
    expect(followed.seen).toEqual(['s/0', `s/${2n ** 63n - 1n}`]);
    expect(followed.error).toMatchObject({ type: 'stream-deleted', streamName: 's' });
    const late = follow(store.client.subscribeToStream('s'));
    await until(() => late.error !== undefined);
    expect(late.error).toMatchObject({ type: 'stream-deleted' });
  });

  test('links are resolved live', async () => {
    await store.client.appendToStream('target', event(), { expectedRevision: NO_STREAM });
    const followed = follow(store.client.subscribeToStream('links', { resolveLinkTos: true }));
    await followed.confirmed;
    await store.client.appendToStream('links', binaryEvent({ type: '$>', data: Buffer.from('0@target') }), { expectedRevision: NO_STREAM });
    await until(() => followed.seen.length === 1);
    expect(followed.seen).toEqual(['target/0']);
    await followed.stop();
  });
});

test('closing the server ends subscriptions with an error that means "connect again"', async () => {
  const followed = follow(store.client.subscribeToAll());
  const ofStream = follow(store.client.subscribeToStream('s'));
  await until(() => followed.caughtUp === 1 && ofStream.caughtUp === 1);
  await store.server.close();
  await until(() => followed.error !== undefined && ofStream.error !== undefined);
  expect([followed.error!.type, ofStream.error!.type]).toEqual(['unavailable', 'unavailable']);
});
