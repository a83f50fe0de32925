import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventStoreDBClient, binaryEvent, jsonEvent } from '@eventstore/db-client';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { BatchAppendResp, ReadResp, type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { Server, ServerCredentials, status, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import { createInMemoryStorage } from '../../src/event-store/embedded/storage/in-memory';
import { startEventStoreServer, type EventStoreServer } from '../../src/event-store/embedded/server';
import { createEventStore } from '../../src/event-store/esdb';
import { AppendRefused, StreamDeleted, type EventStore } from '../../src/event-store/port';
import { anEvent, collect } from '../support/events';

describe('client adapter and what other programs do to the log', () => {
  let folder: string;
  let server: EventStoreServer;
  let store: EventStore;
  let other: EventStoreDBClient;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'event-store-'));
    const socketPath = path.join(folder, 'es.sock');
    server = await startEventStoreServer({ store: createInMemoryStorage(), listen: { socketPath } });
    store = createEventStore({ socketPath });
    other = new EventStoreDBClient({ endpoint: `unix:${socketPath}` }, { insecure: true });
  });
  afterAll(async () => {
    await store.close();
    await other.dispose();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes over events that are not the product\'s, and shows them in their own stream', async () => {
    const start = await store.head();
    await store.append('own-a', 'no_stream', [anEvent({ data: { text: 'first' } })]);
    await other.appendToStream('foreign', [
      jsonEvent({ type: 'Note', data: { text: 'no metadata' } }),
      binaryEvent({ type: 'Photo', data: Buffer.from([1, 2, 3]) }),
      jsonEvent({ type: 'Note', data: { text: 'other metadata' }, metadata: { author: 'x' } }),
    ]);
    await other.setStreamMetadata('foreign', { maxCount: 100 });
    const { position } = await store.append('own-a', 0n, [anEvent({ data: { text: 'last' } })]);
    await other.appendToStream('foreign', jsonEvent({ type: 'Note', data: { text: 'after' } }));

    expect((await collect(store.readAll({ after: start }))).map(({ data }) => data.text)).toEqual(['first', 'last']);
    expect(await store.head()).toBe(position);
    const items = [];
    for await (const item of store.subscribeToAll({ after: start })) {
      items.push(item);
      if (item.kind === 'caughtUp') break;
    }
    expect(items.flatMap((item) => (item.kind === 'event' ? [item.event.data.text] : []))).toEqual(['first', 'last']);
    const reached = items.flatMap((item) => {
      if (item.kind === 'caughtUp') return [];
      return item.kind === 'event' ? [item.event.position] : [item.position];
    });
    expect(reached).toEqual([...new Set(reached)].toSorted((a, b) => Number(a - b)));
    expect(reached.at(-1)!).toBeGreaterThan(position);
    expect((await collect(store.readStream('foreign'))).map(({ type }) => type)).toEqual(['Note', 'Photo', 'Note', 'Note']);
  });

  it('hides the event that gives the log its name', async () => {
    const id = await store.identity();
    const identity = (await collect(store.readStream('keyledger-store'))).map(({ type, data }) => ({ type, data }));
    expect(identity).toEqual([{ type: 'StoreIdentified', data: { storeId: id } }]);
    expect((await collect(store.readAll())).filter(({ stream }) => stream === 'keyledger-store')).toEqual([]);
  });

  it('knows a stream that was deleted for good', async () => {
    await store.append('gone-a', 'no_stream', [anEvent()]);
    await other.tombstoneStream('gone-a');
    await expect(collect(store.readStream('gone-a'))).rejects.toBeInstanceOf(StreamDeleted);
    const failure: unknown = await store.append('gone-a', 0n, [anEvent()]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppendRefused);
    expect(failure).toMatchObject({ reason: 'stream-deleted' });
  });
});

describe('client adapter and odd answers', () => {
  /** A server that fails its first questions about features, and acknowledges appends without their position. */
  async function startOddServer(failures: number) {
    const server = new Server();
    let asked = 0;
    const written: { stream: Uint8Array; id: string }[] = [];
    server.addService(ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: (error: object | null, methods?: SupportedMethods) => void) => {
        if (++asked <= failures) return answer({ code: status.INTERNAL, details: 'starting' });
        const method = new SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
        answer(null, new SupportedMethods().setEventStoreServerVersion('23.10.0').setMethodsList([method]));
      },
    });
    server.addService(StreamsService, {
      batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) {
        call.on('data', (request: BatchAppendReq) => {
          const stream = request.getOptions()!.getStreamIdentifier()!;
          for (const message of request.getProposedMessagesList()) {
            written.push({ stream: stream.getStreamName_asU8(), id: message.getId()!.getString() });
          }
          const success = new BatchAppendResp.Success().setCurrentRevision(String(written.length - 1));
          call.write(new BatchAppendResp().setCorrelationId(request.getCorrelationId()).setStreamIdentifier(stream).setSuccess(success));
        });
        call.on('end', () => call.end());
      },
      read(call: ServerWritableStream<unknown, ReadResp>) {
        const { stream, id } = written.at(-1)!;
        const recorded = new ReadResp.ReadEvent.RecordedEvent()
          .setId(new UUID().setString(id)).setStreamIdentifier(new StreamIdentifier().setStreamName(stream))
          .setStreamRevision(String(written.length - 1)).setCommitPosition('4711').setPreparePosition('4711').setData(Buffer.from('{}'));
        recorded.getMetadataMap().set('type', 'Happened').set('content-type', 'application/json').set('created', '0');
        call.write(new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded)));
        call.end();
      },
      append: (): void => {}, delete: (): void => {}, tombstone: (): void => {},
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    return { url: `esdb://127.0.0.1:${port}?tls=false`, written, stop: () => server.forceShutdown() };
  }

  it('gets over a server that fails when asked what it can do, and looks up a position that was not told', async () => {
    const odd = await startOddServer(2);
    const reported: unknown[] = [];
    const store = createEventStore({ url: odd.url, report: (trouble) => reported.push(trouble) });
    const event = anEvent();
    expect(await store.append('odd-a', 'no_stream', [event])).toEqual({ revision: 0n, position: 4711n });
    expect(odd.written.map(({ id }) => id)).toEqual([event.id]);
    expect(reported).toHaveLength(2);
    await store.close();
    odd.stop();
  });
});
