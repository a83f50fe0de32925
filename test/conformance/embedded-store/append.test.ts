import { randomUUID } from 'node:crypto';
import { ANY, binaryEvent, NO_STREAM, STREAM_EXISTS, type AppendExpectedRevision } from '@eventstore/db-client';
import { collect, event, events, fails, failure, plainAppend, startTestStore, type TestStore } from './support/stores';

let store: TestStore;
beforeAll(async () => {
  store = await startTestStore();
});
afterAll(() => store.close());

const newStream = (): string => `stream-${randomUUID()}`;

describe('expected revision', () => {
  test('revisions count from 0 without holes, and the answer names the last event', async () => {
    const stream = newStream();
    const first = await store.client.appendToStream(stream, events(3), { expectedRevision: NO_STREAM });
    const second = await store.client.appendToStream(stream, events(2), { expectedRevision: 2n });
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 2n });
    expect(second.nextExpectedRevision).toBe(4n);
    const read = await collect(store.client.readStream(stream));
    expect(read.map((resolved) => resolved.event?.revision)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(read[4]?.event?.position).toEqual(second.position);
    expect(second.position!.commit - first.position!.commit).toBe(2n);
  });

  test.each<[string, (stream: string, expectedRevision: AppendExpectedRevision) => Promise<unknown>]>([
    ['batch', (stream, expectedRevision) => store.client.appendToStream(stream, event(), { expectedRevision })],
    ['plain', (stream, expectedRevision) => plainAppend(store.client, stream, event(), expectedRevision)],
  ])('%s append: a wrong one is refused with the revision that the stream is at', async (_name, append) => {
    const stream = newStream();
    const wrong = { type: 'wrong-expected-version', actualVersion: 'no_stream' };
    await fails(append(stream, 0n), { ...wrong, expectedVersion: 0n });
    await fails(append(stream, STREAM_EXISTS), { ...wrong, expectedVersion: 'stream_exists' });
    await store.client.appendToStream(stream, events(8), { expectedRevision: NO_STREAM });
    await fails(append(stream, NO_STREAM), { streamName: stream, expectedVersion: 'no_stream', actualVersion: 7n });
    await fails(append(stream, 3n), { expectedVersion: 3n, actualVersion: 7n });
    await fails(append(stream, 9n), { expectedVersion: 9n, actualVersion: 7n });
    await append(stream, STREAM_EXISTS);
    await append(stream, 8n);
    expect(await collect(store.client.readStream(stream))).toHaveLength(10);
  });

  test('stream_exists is content with a metadata stream', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 10 });
    const result = await store.client.appendToStream(stream, event(), { expectedRevision: STREAM_EXISTS });
    expect(result.nextExpectedRevision).toBe(0n);
  });

  test('of many writers on one revision exactly one wins', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, event(), { expectedRevision: NO_STREAM });
    const append = () => store.client.appendToStream(stream, event(), { expectedRevision: 0n });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, append));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collect(store.client.readStream(stream))).toHaveLength(2);
  });

  test('an empty append writes nothing', async () => {
    const stream = newStream();
    await plainAppend(store.client, stream, [], ANY);
    await store.client.appendToStream(stream, event(), { expectedRevision: NO_STREAM });
    expect((await plainAppend(store.client, stream, [], 0n)).nextExpectedRevision).toBe(0n);
    await fails(plainAppend(store.client, stream, [], 5n), { type: 'wrong-expected-version' });
    expect(await collect(store.client.readStream(stream))).toHaveLength(1);
  });
});

describe('the same append again', () => {
  const batch = events(3);

  test.each<[string, AppendExpectedRevision, number]>([
    ['no_stream', NO_STREAM, 0],
    ['an exact revision', 4n, 5],
    ['any', ANY, 5],
    ['stream_exists', STREAM_EXISTS, 5],
  ])('at %s: the original answer and no second effect, even after others wrote', async (_name, expectedRevision, before) => {
    const stream = newStream();
    if (before > 0) await store.client.appendToStream(stream, events(before), { expectedRevision: NO_STREAM });
    const original = await store.client.appendToStream(stream, batch, { expectedRevision });
    await store.client.appendToStream(stream, event(), { expectedRevision: original.nextExpectedRevision });
    expect(await store.client.appendToStream(stream, batch, { expectedRevision })).toEqual(original);
    expect(await plainAppend(store.client, stream, batch, expectedRevision)).toEqual(original);
    expect(await collect(store.client.readStream(stream))).toHaveLength(before + 4);
  });

  test('sent ten times at once it is written once', async () => {
    const stream = newStream();
    const append = () => store.client.appendToStream(stream, batch, { expectedRevision: NO_STREAM });
    const results = await Promise.all(Array.from({ length: 10 }, append));
    expect(new Set(results.map(({ position }) => position!.commit)).size).toBe(1);
    expect(await collect(store.client.readStream(stream))).toHaveLength(3);
  });

  test.each<AppendExpectedRevision>([NO_STREAM, ANY])('with only some ids known it is a wrong version (%s)', async (expectedRevision) => {
    const stream = newStream();
    const [first, second, third] = batch;
    await store.client.appendToStream(stream, [first!, second!], { expectedRevision: NO_STREAM });
    const again = store.client.appendToStream(stream, [first!, second!, third!], { expectedRevision });
    await fails(again, { type: 'wrong-expected-version', actualVersion: 1n });
    expect(await collect(store.client.readStream(stream))).toHaveLength(2);
  });

  test('a part of it, in order from its start, is the original part', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, batch, { expectedRevision: NO_STREAM });
    expect((await store.client.appendToStream(stream, batch.slice(0, 2), { expectedRevision: NO_STREAM })).nextExpectedRevision).toBe(1n);
    await fails(store.client.appendToStream(stream, batch.slice(1), { expectedRevision: NO_STREAM }), { type: 'wrong-expected-version' });
  });

  test('the ids of another stream do not count, and equal ids within one append are both written', async () => {
    const [one] = batch;
    const first = newStream();
    const second = newStream();
    await store.client.appendToStream(first, one!, { expectedRevision: NO_STREAM });
    await store.client.appendToStream(second, [one!, one!], { expectedRevision: ANY });
    expect(await collect(store.client.readStream(second))).toHaveLength(2);
  });
});

describe('what an event carries', () => {
  test('bytes come back exactly, U+0000 and non-JSON included', async () => {
    const stream = newStream();
    const data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = 'a\u0000b "\\ \u{1f600} é';
    await store.client.appendToStream(stream, [
      binaryEvent({ type: 'Bytes', data, metadata: data }),
      event({ text }, 'quote " back \\ comma , brace } ü'),
    ], { expectedRevision: NO_STREAM });
    const [bytes, json] = await collect(store.client.readStream(stream));
    expect(bytes?.event).toMatchObject({ isJson: false, type: 'Bytes' });
    expect(Buffer.from(bytes?.event?.data as Uint8Array)).toEqual(Buffer.from(data));
    expect(Buffer.from(bytes?.event?.metadata as Uint8Array)).toEqual(Buffer.from(data));
    expect(json?.event).toMatchObject({ isJson: true, type: 'quote " back \\ comma , brace } ü', data: { text } });
  });

  test('created is when it was written, to the millisecond', async () => {
    const stream = newStream();
    const before = Date.now();
    await store.client.appendToStream(stream, event(), { expectedRevision: NO_STREAM });
    const [only] = await collect(store.client.readStream(stream));
    expect(only?.event?.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(only?.event?.created.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['spaces and umlauts', `Straße 12 – ${randomUUID()} "quoted" \\ {a,b}`],
    ['1,000 characters that do not compress', Array.from({ length: 28 }, () => randomUUID()).join('').slice(0, 1000)],
    ['1,000 characters outside ASCII', `${randomUUID()}${'猫犬鳥魚'.repeat(241)}`],
  ])('a stream name with %s', async (_name, stream) => {
    await store.client.appendToStream(stream, event(), { expectedRevision: NO_STREAM });
    await fails(store.client.appendToStream(stream, event(), { expectedRevision: NO_STREAM }), { streamName: stream, actualVersion: 0n });
    const [only] = await collect(store.client.readStream(stream));
    expect(only?.event?.streamId).toBe(stream);
    await store.client.tombstoneStream(stream);
    await fails(collect(store.client.readStream(stream)), { type: 'stream-deleted' });
    await fails(plainAppend(store.client, stream, event(), ANY), { type: 'stream-deleted' });
  });

  test('names and types that cannot be kept are refused in words', async () => {
    await fails(store.client.appendToStream('', event()), { message: expect.stringContaining('stream name') });
    await fails(store.client.appendToStream('a\u0000b', event()), { message: expect.stringContaining('U+0000') });
    await fails(store.client.appendToStream(newStream(), event({}, 'a\u0000b')), { message: expect.stringContaining('U+0000') });
    await fails(plainAppend(store.client, '$$', event(), ANY), { message: expect.stringContaining('stream name') });
  });

  test('an event without a type is refused', async () => {
    const refused = await failure(plainAppend(store.client, newStream(), event({}, ''), ANY));
    expect(refused).toMatchObject({ type: 'missing-required-metadata-property', requiredMetadataProperties: ['type', 'content-type'] });
  });
});

describe('size', () => {
  const bytes = (size: number) => binaryEvent({ type: 'B', data: new Uint8Array(size) });

  test('an append of up to 1 MiB goes through, one more byte does not', async () => {
    const stream = newStream();
    const limit = 1024 * 1024;
    await store.client.appendToStream(stream, bytes(limit - 2), { expectedRevision: NO_STREAM });
    await fails(store.client.appendToStream(stream, bytes(limit - 1), { expectedRevision: 0n }), {
      type: 'maximum-append-size-exceeded', maxAppendSize: limit,
    });
    const credentials = { username: 'any', password: 'any' };
    const plain = store.client.appendToStream(stream, [bytes(limit), bytes(1)], { expectedRevision: 0n, credentials });
    await fails(plain, { type: 'maximum-append-size-exceeded', maxAppendSize: limit });
    expect(await collect(store.client.readStream(stream))).toHaveLength(1);
  });

  test('far too large and in several messages: refused once, and the stream of appends goes on', async () => {
    const stream = newStream();
    const [large, small] = await Promise.allSettled([
      store.client.appendToStream(stream, Array.from({ length: 4 }, () => bytes(2 * 1024 * 1024))),
      store.client.appendToStream(stream, event()),
    ]);
    expect(large).toMatchObject({ status: 'rejected', reason: { type: 'maximum-append-size-exceeded' } });
    expect(small.status).toBe('fulfilled');
    await fails(store.client.appendToStream(stream, bytes(6 * 1024 * 1024)), { type: 'maximum-append-size-exceeded' });
    await store.client.appendToStream(stream, event());
  });
});
