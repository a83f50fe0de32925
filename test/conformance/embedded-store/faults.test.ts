import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_STREAM, type EventStoreDBClient } from '@eventstore/db-client';
import { credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { Empty as EmptyPb } from 'google-protobuf/google/protobuf/empty_pb';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { startEventStoreServer, type EventStoreServer } from '../../../src/event-store/embedded/server';
import { createInMemoryStorage } from '../../../src/event-store/embedded/storage/in-memory';
import { NotCommitted, StorageLost, type Storage } from '../../../src/event-store/embedded/storage/port';
import { collect, connectTo, event, events, fails, failure, plainAppend, socketDir, until } from './support/stores';

/** What the storage does with the next commits; the last one stays. */
type Fault = 'none' | 'refuse' | 'lose' | 'write-and-lose' | 'hang';

let faults: Fault[];
let hangMs: number;
let commits: number;
let reopened: number;
let failures: unknown[];
let dir: string;
let server: EventStoreServer;
let client: EventStoreDBClient;

beforeEach(async () => {
  faults = ['none'];
  hangMs = 900;
  commits = 0;
  reopened = -1;
  failures = [];
  dir = socketDir();
  server = await startEventStoreServer({
    store: faulty(createInMemoryStorage()),
    listen: { socketPath: path.join(dir, 'es.sock') },
    writeTimeoutMs: 500,
    onFailure: (error) => failures.push(error),
  });
  client = connectTo(server.address);
});
afterEach(async () => {
  await client.dispose();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

function faulty(storage: Storage): Storage {
  return {
    ...storage,
    open: async (onLost) => {
      reopened += 1;
      return storage.open(onLost);
    },
    commit: async (batch) => {
      commits += 1;
      const fault = faults.length > 1 ? faults.shift()! : faults[0]!;
      if (fault === 'refuse') throw new NotCommitted(new Error('no space left on device'));
      if (fault === 'lose') throw new StorageLost(new Error('connection reset'));
      if (fault === 'hang') await sleep(hangMs);
      await storage.commit(batch);
      if (fault === 'write-and-lose') throw new StorageLost(new Error('connection reset'));
    },
  };
}

describe('an append whose commit', () => {
  test('is refused fails definitely, and the same append then goes through', async () => {
    faults = ['refuse', 'refuse', 'none'];
    await fails(client.appendToStream('s', event(), { expectedRevision: NO_STREAM }), { type: 'unknown' });
    await fails(plainAppend(client, 's', event(), NO_STREAM), { type: 'unavailable', message: expect.stringContaining('no space left') });
    await client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
    expect(await collect(client.readStream('s'))).toHaveLength(1);
    expect(failures).toHaveLength(2);
    expect(reopened).toBe(0);
  });

  test.each<Fault>(['lose', 'write-and-lose'])('is lost (%s) has an unknown outcome; the same ids again settle it', async (fault) => {
    await client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
    for (const append of [client.appendToStream.bind(client), plainAppendTo]) {
      faults = [fault, 'none'];
      const stream = `s-${randomUUID()}`;
      const batch = events(3);
      expect(['deadline-exceeded', 'timeout']).toContain((await failure(append(stream, batch, { expectedRevision: NO_STREAM }))).type);
      const retried = await append(stream, batch, { expectedRevision: NO_STREAM });
      expect(retried.nextExpectedRevision).toBe(2n);
      expect(await collect(client.readStream(stream))).toHaveLength(3);
    }
    expect(reopened).toBe(2);
    const positions = (await collect(client.readAll())).map((resolved) => Number(resolved.event!.position!.commit));
    expect(positions).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  const plainAppendTo: EventStoreDBClient['appendToStream'] = (stream, batch, options = {}) =>
    client.appendToStream(stream, batch, { ...options, credentials: { username: 'any', password: 'any' } });

  test('takes too long is answered at its deadline, as are those behind it, and nothing is answered twice', async () => {
    faults = ['hang', 'none'];
    const first = client.appendToStream('s', event({ n: 1 }), { expectedRevision: NO_STREAM, deadline: 200 });
    await sleep(50);
    const second = client.appendToStream('t', event({ n: 2 }), { expectedRevision: NO_STREAM });
    await fails(first, { type: 'deadline-exceeded' });
    await fails(second, { type: 'deadline-exceeded' });
    await until(async () => (await collect(client.readAll())).length > 0, 'the slow commit');
    await client.appendToStream('u', event(), { expectedRevision: NO_STREAM });
    const log = await collect(client.readAll());
    expect(log.map((resolved) => resolved.event!.streamId)).toEqual(['s', 'u']);
  });

  test('is lost wakes subscriptions with what was written after all', async () => {
    const seen: string[] = [];
    const subscription = client.subscribeToAll();
    subscription.on('data', (resolved) => seen.push(resolved.event!.streamId));
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    faults = ['write-and-lose', 'none'];
    await failure(client.appendToStream('s', event(), { expectedRevision: NO_STREAM }));
    await until(() => seen.length === 1);
    await subscription.unsubscribe();
  });
});

test('a closing server finishes what is being committed and what waits, and answers all of it', async () => {
  await client.appendToStream('warm', event(), { expectedRevision: NO_STREAM });
  faults = ['hang', 'none'];
  hangMs = 300;
  const options = { expectedRevision: NO_STREAM, deadline: 10_000 } as const;
  const waiting = Array.from({ length: 20 }, (_, i) => client.appendToStream(`s-${i}`, event(), options));
  const settled = Promise.allSettled(waiting);
  await until(() => commits === 2, 'the slow commit');
  await sleep(50);
  await server.close();
  const outcomes = await settled;
  expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ status: 'fulfilled' })));
});

describe('batch append, message by message', () => {
  let raw: StreamsClient;
  let call: ClientDuplexStream<BatchAppendReq, BatchAppendResp>;
  let answers: BatchAppendResp[];
  beforeEach(() => {
    raw = new StreamsClient(server.address, credentials.createInsecure());
    answers = [];
    call = raw.batchAppend();
    call.on('data', (answer: BatchAppendResp) => answers.push(answer));
    call.on('error', () => {});
  });
  afterEach(() => {
    call.cancel();
    raw.close();
  });

  const options = (stream: string, deadlineMs = 10_000) => new BatchAppendReq.Options()
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream)))
    .setNoStream(new EmptyPb())
    .setDeadline(Timestamp.fromDate(new Date(Date.now() + deadlineMs)));
  const proposed = (size = 10) => {
    const message = new BatchAppendReq.ProposedMessage().setId(new UUID().setString(randomUUID())).setData(new Uint8Array(size));
    message.getMetadataMap().set('type', 'T').set('content-type', 'application/octet-stream');
    return message;
  };
  const message = (id: string, isFinal: boolean, head?: BatchAppendReq.Options, size?: number) => {
    const request = new BatchAppendReq().setCorrelationId(new UUID().setString(id)).setIsFinal(isFinal);
    request.setProposedMessagesList([proposed(size)]);
    return head ? request.setOptions(head) : request;
  };
  const errorType = (answer: BatchAppendResp) => answer.getError()?.getDetails()?.getTypeName();

  test('an append in several messages is one append', async () => {
    const id = randomUUID();
    call.write(message(id, false, options('s')));
    call.write(message(id, false));
    call.write(message(id, true));
    await until(() => answers.length === 1);
    expect(answers[0]!.getSuccess()!.getCurrentRevision()).toBe('2');
    expect(answers[0]!.getCorrelationId()!.getString()).toBe(id);
  });

  test('one whose rest never comes is answered at its deadline, and its late rest is ignored', async () => {
    const id = randomUUID();
    call.write(message(id, false, options('s', 150)));
    await until(() => answers.length === 1);
    expect(errorType(answers[0]!)).toBe('event_store.client.Timeout');
    call.write(message(id, true));
    call.write(message(randomUUID(), true, options('t')));
    await until(() => answers.length === 2);
    await sleep(50);
    expect(answers).toHaveLength(2);
    expect(answers[1]!.hasSuccess()).toBe(true);
  });

  test('messages that follow a refusal are ignored', async () => {
    const id = randomUUID();
    call.write(message(id, false, options('s'), 2 * 1024 * 1024));
    call.write(message(id, false, undefined, 2 * 1024 * 1024));
    call.write(message(id, true));
    call.write(message(randomUUID(), true, options('s')));
    await until(() => answers.length === 2);
    await sleep(50);
    expect(answers.map(errorType)).toEqual(['event_store.client.MaximumAppendSizeExceeded', undefined]);
  });

  test('structured ids are understood and given back as they came', async () => {
    const halves = new UUID.Structured().setMostSignificantBits('-1').setLeastSignificantBits('42');
    const request = message(randomUUID(), true, options('s')).setCorrelationId(new UUID().setStructured(halves));
    request.getProposedMessagesList()[0]!.setId(new UUID().setStructured(halves));
    call.write(request);
    await until(() => answers.length === 1);
    expect(answers[0]!.getCorrelationId()!.getStructured()!.toObject()).toEqual({ mostSignificantBits: '-1', leastSignificantBits: '42' });
    const [only] = await collect(client.readStream('s'));
    expect(only!.event!.id).toBe('ffffffff-ffff-ffff-0000-00000000002a');
  });

  test('the call ends after its last answer when the client is done', async () => {
    const ended = new Promise((resolve) => call.on('end', resolve));
    for (let i = 0; i < 5; i += 1) call.write(message(randomUUID(), true, options(`s-${i}`)));
    call.end();
    await ended;
    expect(answers).toHaveLength(5);
    expect(answers.every((answer) => answer.hasSuccess())).toBe(true);
  });
});
