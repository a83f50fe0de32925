import { randomUUID } from 'node:crypto';
import { BACKWARDS, END, FORWARDS, NO_STREAM, START, type ResolvedEvent } from '@eventstore/db-client';
import { credentials } from '@grpc/grpc-js';
import { Empty, StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { collect, event, events, fails, failure, startTestStore, type TestStore } from './support/stores';

let store: TestStore;
const stream = `stream-${randomUUID()}`;
let before: bigint;
beforeAll(async () => {
  store = await startTestStore();
  const first = await store.client.appendToStream('first', event(), { expectedRevision: NO_STREAM });
  before = first.position!.commit;
  await store.client.appendToStream(stream, events(2_500), { expectedRevision: NO_STREAM });
});
afterAll(() => store.close());

const revisions = async (options: Parameters<TestStore['client']['readStream']>[1]): Promise<number[]> =>
  (await collect(store.client.readStream(stream, options))).map((resolved) => Number(resolved.event?.revision));
const positions = async (options: Parameters<TestStore['client']['readAll']>[0]): Promise<bigint[]> =>
  (await collect(store.client.readAll(options))).map((resolved: ResolvedEvent) => resolved.event!.position!.commit);
const at = (commit: bigint) => ({ commit, prepare: commit });
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => (from < to ? from + i : from - i));

describe('a stream', () => {
  test('whole, over several pages, both ways', async () => {
    expect(await revisions({})).toEqual(range(0, 2_499));
    expect(await revisions({ direction: BACKWARDS, fromRevision: END })).toEqual(range(2_499, 0));
  });

  test('from a revision inclusive, with a limit', async () => {
    expect(await revisions({ fromRevision: 1_234n, maxCount: 3 })).toEqual([1_234, 1_235, 1_236]);
    expect(await revisions({ fromRevision: 1_234n, maxCount: 3, direction: BACKWARDS })).toEqual([1_234, 1_233, 1_232]);
    expect(await revisions({ fromRevision: 2_498n })).toEqual([2_498, 2_499]);
    expect(await revisions({ maxCount: 0 })).toEqual([]);
  });

  test('beyond its ends', async () => {
    expect(await revisions({ fromRevision: 2_500n })).toEqual([]);
    expect(await revisions({ fromRevision: END, direction: FORWARDS })).toEqual([]);
    expect(await revisions({ fromRevision: 2n ** 64n - 1n })).toEqual([]);
    expect(await revisions({ fromRevision: 9_999n, direction: BACKWARDS, maxCount: 1 })).toEqual([2_499]);
    expect(await revisions({ fromRevision: START, direction: BACKWARDS })).toEqual([0]);
  });

  test('that was never written is not found', async () => {
    await fails(collect(store.client.readStream('never')), { type: 'stream-not-found', streamName: 'never' });
    await fails(collect(store.client.readStream('never', { direction: BACKWARDS, fromRevision: END })), { type: 'stream-not-found' });
  });
});

describe('$all', () => {
  test('whole, in order, both ways', async () => {
    const all = await positions({});
    expect(all).toHaveLength(2_501);
    expect(all.every((position, i) => i === 0 || position > all[i - 1]!)).toBe(true);
    expect(await positions({ direction: BACKWARDS, fromPosition: END })).toEqual([...all].reverse());
  });

  test('forwards from a position includes it, backwards does not', async () => {
    const from = before + 10n;
    expect(await positions({ fromPosition: at(from), maxCount: 2 })).toEqual([from, from + 1n]);
    expect(await positions({ fromPosition: at(from), direction: BACKWARDS, maxCount: 2 })).toEqual([from - 1n, from - 2n]);
    expect(await positions({ fromPosition: END, direction: FORWARDS })).toEqual([]);
    expect(await positions({ fromPosition: START, direction: BACKWARDS })).toEqual([]);
    expect(await positions({ fromPosition: at(0n), maxCount: 1 })).toEqual([before]);
    expect(await positions({ fromPosition: at(2n ** 63n), direction: BACKWARDS, maxCount: 1 })).toEqual([before + 2_500n]);
  });

  test('a position that cannot be is refused', async () => {
    await fails(positions({ fromPosition: { commit: 1n, prepare: 2n } }), { code: 3 });
  });

  test('large events come in pages that fit in memory', async () => {
    const large = 'x'.repeat(900_000);
    for (let i = 0; i < 12; i += 1) await store.client.appendToStream('large', event({ i, large }));
    const forwards = await collect(store.client.readStream<{ type: 'Tested'; data: { i: number; large: string } }>('large'));
    expect(forwards.map((resolved) => resolved.event?.data.i)).toEqual(range(0, 11));
    expect(forwards.every((resolved) => resolved.event?.data.large.length === 900_000)).toBe(true);
    const backwards = await collect(store.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 12 }));
    expect(backwards.map((resolved) => Number(resolved.event?.revision))).toEqual(range(11, 0));
  });
});

describe('what the protocol has and this client does not ask for', () => {
  let raw: StreamsClient;
  beforeAll(() => {
    raw = new StreamsClient(store.server.address, credentials.createInsecure());
  });
  afterAll(() => raw.close());

  const readRaw = (prepare: (options: ReadReq.Options) => void): Promise<ReadResp[]> => {
    const ids = new ReadReq.Options.UUIDOption().setString(new Empty());
    const options = new ReadReq.Options().setCount('3').setNoFilter(new Empty()).setUuidOption(ids);
    prepare(options);
    return collect(raw.read(new ReadReq().setOptions(options)) as AsyncIterable<ReadResp>);
  };
  const ofStream = (revision: string) => new ReadReq.Options.StreamOptions()
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream))).setRevision(revision);

  test('structured ids are the same ids', async () => {
    const [known] = await collect(store.client.readStream(stream, { maxCount: 1 }));
    const [message] = await readRaw((options) => {
      options.setStream(ofStream('0')).setUuidOption(new ReadReq.Options.UUIDOption().setStructured(new Empty()));
    });
    const halves = message!.getEvent()!.getEvent()!.getId()!.getStructured()!;
    const hex = (half: string): string => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0');
    const id = hex(halves.getMostSignificantBits()) + hex(halves.getLeastSignificantBits());
    expect(id).toBe(known!.event!.id.replaceAll('-', ''));
  });

  test('from compatibility 1 on the last position is told, and the first when the start is gone', async () => {
    const control = new ReadReq.Options.ControlOption().setCompatibility(1);
    const messages = await readRaw((options) => options.setStream(ofStream('5')).setControlOption(control));
    expect(messages.map((message) => message.hasEvent())).toEqual([true, true, true, false]);
    expect(messages[3]!.getLastStreamPosition()).toBe('2499');
    await store.client.setStreamMetadata(stream, { truncateBefore: 100 });
    const [first, ...rest] = await readRaw((options) => options.setStream(ofStream('5')).setControlOption(control));
    expect(first!.getFirstStreamPosition()).toBe('100');
    expect(rest[0]!.getEvent()!.getEvent()!.getStreamRevision()).toBe('100');
    await store.client.setStreamMetadata(stream, {});
  });

  const filtered = (expression: ReadReq.Options.FilterOptions.Expression, on: 'stream' | 'type') => (options: ReadReq.Options): void => {
    const filter = new ReadReq.Options.FilterOptions().setMax(32).setCheckpointintervalmultiplier(1);
    options.setAll(new ReadReq.Options.AllOptions().setStart(new Empty())).clearNoFilter();
    options.setFilter(on === 'stream' ? filter.setStreamIdentifier(expression) : filter.setEventType(expression));
  };

  test('a filtered read of $all counts after the filter', async () => {
    const byStream = await readRaw(filtered(new ReadReq.Options.FilterOptions.Expression().setPrefixList(['larg', 'nothing']), 'stream'));
    expect(byStream.map((message) => message.getEvent()!.getEvent()!.getStreamRevision())).toEqual(['0', '1', '2']);
    const byType = await readRaw(filtered(new ReadReq.Options.FilterOptions.Expression().setRegex('^\\$meta'), 'type'));
    expect(byType).toHaveLength(2);
  });

  test.each([
    ['an expression that could explode in another engine', '^(a+)+$', undefined],
    ['lookahead', '^(?!\\$).*', 3],
    ['a back-reference', '(a)\\1', 3],
    ['something malformed', '(', 3],
  ])('%s', async (_name, regex, code) => {
    const reading = readRaw(filtered(new ReadReq.Options.FilterOptions.Expression().setRegex(regex), 'stream'));
    if (code === undefined) expect(await reading).toEqual([]);
    else await fails(reading, { code });
  });

  test('reads that make no sense are refused', async () => {
    await fails(readRaw(() => {}), { code: 3 });
    expect(await failure(readRaw((options) => options.setStream(ofStream('0')).setReadDirection(ReadReq.Options.ReadDirection.BACKWARDS)
      .setSubscription(new ReadReq.Options.SubscriptionOptions())))).toMatchObject({ code: 3 });
  });
});
