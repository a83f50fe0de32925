import { randomUUID } from 'node:crypto';
import {
  ANY, BACKWARDS, binaryEvent, END, jsonEvent, NO_STREAM, STREAM_EXISTS, type AppendExpectedRevision, type StreamMetadata,
} from '@eventstore/db-client';
import { collect, event, events, fails, plainAppend, startTestStore, until, type TestStore } from './support/stores';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.close());

async function streamOf(count: number): Promise<string> {
  const stream = `stream-${randomUUID()}`;
  await store.client.appendToStream(stream, events(count), { expectedRevision: NO_STREAM });
  return stream;
}

async function revisions(stream: string, options: Parameters<TestStore['client']['readStream']>[1] = {}): Promise<number[]> {
  return (await collect(store.client.readStream(stream, options))).map((resolved) => Number(resolved.event?.revision));
}

describe('soft delete', () => {
  test('the stream reads as not found, its events stay in $all, and a new append goes on behind them', async () => {
    const stream = await streamOf(3);
    const { position } = await store.client.deleteStream(stream);
    expect(position!.commit).toBeGreaterThan(0n);
    await fails(revisions(stream), { type: 'stream-not-found' });
    const log = await collect(store.client.readAll());
    expect(log.filter((resolved) => resolved.event?.streamId === stream)).toHaveLength(3);

    const result = await store.client.appendToStream(stream, events(2), { expectedRevision: NO_STREAM });
    expect(result.nextExpectedRevision).toBe(4n);
    expect(await revisions(stream)).toEqual([3, 4]);
    expect((await store.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
  });

  test.each<AppendExpectedRevision>([ANY, 1n, NO_STREAM])('comes back by an append at %s', async (expectedRevision) => {
    const stream = await streamOf(2);
    await store.client.deleteStream(stream);
    expect((await store.client.appendToStream(stream, event(), { expectedRevision })).nextExpectedRevision).toBe(2n);
    expect(await revisions(stream)).toEqual([2]);
  });

  test('stream_exists answers that it is deleted', async () => {
    const stream = await streamOf(1);
    await store.client.deleteStream(stream);
    await fails(store.client.appendToStream(stream, event(), { expectedRevision: STREAM_EXISTS }), { type: 'stream-deleted' });
  });

  test('comes back by metadata too, with what the metadata says', async () => {
    const stream = await streamOf(3);
    await store.client.deleteStream(stream);
    await store.client.setStreamMetadata(stream, { maxCount: 2, colour: 'red' });
    expect((await store.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2, colour: 'red', truncateBefore: 3 });
    expect(await revisions(stream)).toEqual([]);
    await store.client.appendToStream(stream, events(3), { expectedRevision: 2n });
    expect(await revisions(stream)).toEqual([4, 5]);
  });

  test('checks the expected revision, and needs a stream', async () => {
    const stream = await streamOf(2);
    await fails(store.client.deleteStream(stream, { expectedRevision: 0n }), {
      type: 'wrong-expected-version', streamName: stream, expectedVersion: 0n, actualVersion: 1n,
    });
    await fails(store.client.deleteStream(stream, { expectedRevision: NO_STREAM }), { expectedVersion: -1n, actualVersion: 1n });
    await fails(store.client.deleteStream(`never-${randomUUID()}`), { type: 'wrong-expected-version', actualVersion: 'no_stream' });
    await store.client.deleteStream(stream, { expectedRevision: 1n });
  });

  test('an append retried after the delete is still the same append', async () => {
    const stream = `stream-${randomUUID()}`;
    const batch = events(2);
    const original = await store.client.appendToStream(stream, batch, { expectedRevision: NO_STREAM });
    await store.client.deleteStream(stream);
    expect(await store.client.appendToStream(stream, batch, { expectedRevision: NO_STREAM })).toEqual(original);
    await fails(revisions(stream), { type: 'stream-not-found' });
  });
});

describe('tombstone', () => {
  test('closes the stream and its metadata for good, and shows in $all', async () => {
    const stream = await streamOf(2);
    await store.client.tombstoneStream(stream, { expectedRevision: 1n });
    for (const refused of [
      revisions(stream), revisions(`$$${stream}`), revisions(stream, { direction: BACKWARDS, fromRevision: END }),
      store.client.appendToStream(stream, event()), plainAppend(store.client, stream, event(), NO_STREAM),
      store.client.setStreamMetadata(stream, { maxCount: 1 }), store.client.deleteStream(stream), store.client.tombstoneStream(stream),
    ]) await fails(refused, { type: 'stream-deleted' });
    const [newest] = await collect(store.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
    expect(newest?.event).toMatchObject({ type: '$streamDeleted', streamId: stream, revision: 2n ** 63n - 1n });
  });

  test('works on a stream that never was, and checks the expected revision of one that is', async () => {
    const never = `never-${randomUUID()}`;
    await store.client.tombstoneStream(never, { expectedRevision: NO_STREAM });
    await fails(store.client.appendToStream(never, event()), { type: 'stream-deleted' });
    const stream = await streamOf(1);
    await fails(store.client.tombstoneStream(stream, { expectedRevision: 4n }), { type: 'wrong-expected-version', actualVersion: 0n });
  });

  test('of a soft-deleted stream', async () => {
    const stream = await streamOf(1);
    await store.client.deleteStream(stream);
    await store.client.tombstoneStream(stream);
    await fails(revisions(stream), { type: 'stream-deleted' });
  });
});

describe('what metadata hides', () => {
  const both = async (stream: string): Promise<number[]> => {
    const forwards = await revisions(stream);
    expect((await revisions(stream, { direction: BACKWARDS, fromRevision: END })).reverse()).toEqual(forwards);
    return forwards;
  };

  test('$tb and $maxCount, read both ways, and $all shows everything', async () => {
    const stream = await streamOf(10);
    await store.client.setStreamMetadata(stream, { truncateBefore: 4 });
    expect(await both(stream)).toEqual([4, 5, 6, 7, 8, 9]);
    await store.client.setStreamMetadata(stream, { maxCount: 3 });
    expect(await both(stream)).toEqual([7, 8, 9]);
    expect(await revisions(stream, { fromRevision: 2n, maxCount: 2 })).toEqual([7, 8]);
    expect(await revisions(stream, { fromRevision: 3n, direction: BACKWARDS })).toEqual([]);
    await store.client.setStreamMetadata(stream, { truncateBefore: 8, maxCount: 5 });
    expect(await both(stream)).toEqual([8, 9]);
    await store.client.setStreamMetadata(stream, { truncateBefore: 50 });
    expect(await both(stream)).toEqual([]);
    await store.client.appendToStream(stream, event(), { expectedRevision: 9n });
    const log = await collect(store.client.readAll());
    expect(log.filter((resolved) => resolved.event?.streamId === stream)).toHaveLength(11);
  });

  test('$maxAge', async () => {
    const stream = await streamOf(2);
    await store.client.setStreamMetadata(stream, { maxAge: 1 });
    expect(await both(stream)).toEqual([0, 1]);
    await until(async () => (await revisions(stream)).length === 0, 'the events to grow old');
    await store.client.appendToStream(stream, event(), { expectedRevision: 1n });
    expect(await both(stream)).toEqual([2]);
  });

  test('a metadata stream shows its newest event only', async () => {
    const stream = await streamOf(1);
    for (const maxCount of [5, 6, 7]) await store.client.setStreamMetadata(stream, { maxCount });
    expect(await both(`$$${stream}`)).toEqual([2]);
  });

  test('all its fields are given back', async () => {
    const stream = await streamOf(1);
    const metadata: StreamMetadata = {
      maxCount: 3,
      maxAge: 60,
      truncateBefore: 0,
      cacheControl: 15,
      acl: { readRoles: ['ops'], writeRoles: ['admin', 'ops'], deleteRoles: ['admin'], metaReadRoles: ['ops'], metaWriteRoles: ['admin'] },
      own: { a: [1] },
    };
    await store.client.setStreamMetadata(stream, metadata);
    expect((await store.client.getStreamMetadata(stream)).metadata).toEqual(metadata);
    expect(await store.client.getStreamMetadata(`never-${randomUUID()}`)).toEqual({ streamName: expect.any(String) });
  });

  test('metadata that makes no sense hides nothing', async () => {
    const stream = await streamOf(2);
    for (const data of [{ $maxCount: 'three' }, { $maxCount: 0 }, { $tb: -5 }, [1, 2]] as Record<string, unknown>[]) {
      await store.client.appendToStream(`$$${stream}`, jsonEvent({ type: '$metadata', data }), { expectedRevision: ANY });
      expect(await both(stream)).toEqual([0, 1]);
    }
  });

  test('a subscription to the stream sees the same', async () => {
    const stream = await streamOf(10);
    await store.client.setStreamMetadata(stream, { truncateBefore: 3, maxCount: 5 });
    const seen: number[] = [];
    const subscription = store.client.subscribeToStream(stream);
    subscription.on('data', (resolved) => seen.push(Number(resolved.event?.revision)));
    await until(() => seen.length === 5);
    await store.client.appendToStream(stream, event(), { expectedRevision: 9n });
    await until(() => seen.length === 6);
    expect(seen).toEqual([5, 6, 7, 8, 9, 10]);
    await subscription.unsubscribe();
  });
});

describe('links', () => {
  test('resolve to their target; without it only the link is there', async () => {
    const target = await streamOf(3);
    const gone = await streamOf(2);
    const links = `links-${randomUUID()}`;
    const linkTo = (place: string) => binaryEvent({ type: '$>', data: Buffer.from(place) });
    await store.client.appendToStream(links, [linkTo(`1@${target}`), linkTo(`0@${gone}`), event()], { expectedRevision: NO_STREAM });
    await store.client.deleteStream(gone);

    const [resolved, missing, ordinary] = await collect(store.client.readStream(links, { resolveLinkTos: true }));
    expect(resolved?.event).toMatchObject({ streamId: target, revision: 1n });
    expect(resolved?.link).toMatchObject({ streamId: links, revision: 0n });
    expect(resolved?.commitPosition).toBe(resolved?.link?.position?.commit);
    expect(missing?.event).toBeUndefined();
    expect(missing?.link).toMatchObject({ streamId: links, revision: 1n });
    expect(ordinary?.link).toBeUndefined();
    expect(ordinary?.event).toMatchObject({ streamId: links, revision: 2n });
    const [unresolved] = await collect(store.client.readStream(links, { maxCount: 1 }));
    expect(unresolved?.event).toMatchObject({ type: '$>', streamId: links });
    const log = await collect(store.client.readAll({ resolveLinkTos: true, direction: BACKWARDS, fromPosition: END, maxCount: 4 }));
    expect(log.filter((resolved) => resolved.link).map((resolved) => resolved.event?.streamId)).toEqual([undefined, target]);
  });
});
