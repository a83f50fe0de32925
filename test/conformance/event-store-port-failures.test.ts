import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCommandRuntime } from '../../src/command-runtime/runtime';
import { eventDigest } from '../../src/event-store/digest';
import { createInMemoryStorage } from '../../src/event-store/embedded/storage/in-memory';
import { startEventStoreServer, type EventStoreServer } from '../../src/event-store/embedded/server';
import { createEventStore, type EventStoreOptions } from '../../src/event-store/esdb';
import { OutcomeUnknown, type EventStore } from '../../src/event-store/port';
import { anEvent, collect } from '../support/events';
import { startFlakyProxy, type FlakyProxy } from '../support/flaky-proxy';
import { till } from '../support/till';

/** The client adapter on connections that break, go silent, and come back, with the embedded server behind. */
describe('client adapter in trouble', () => {
  let folder: string;
  let socketPath: string;
  let server: EventStoreServer;
  let proxy: FlakyProxy;
  let direct: EventStore;
  let store: EventStore;
  let troubles: unknown[];
  const storage = createInMemoryStorage();

  const start = () => startEventStoreServer({ store: storage, listen: { socketPath } });
  const through = (options: Partial<EventStoreOptions> = {}) =>
    createEventStore({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, report: (trouble) => troubles.push(trouble), ...options });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'event-store-'));
    socketPath = path.join(folder, 'es.sock');
    server = await start();
    proxy = await startFlakyProxy(socketPath);
    direct = createEventStore({ socketPath });
  });
  beforeEach(() => {
    troubles = [];
    store = through();
  });
  afterEach(() => store.close());
  afterAll(async () => {
    await direct.close();
    await proxy.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends an append again whose acknowledgement was lost, and it is written once', async () => {
    await store.append('lost-warm', 'no_stream', [anEvent()]);
    proxy.hold();
    const appending = store.append('lost-a', 'no_stream', [anEvent(), anEvent()]);
    while ((await collect(direct.readStream('lost-a'))).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    proxy.cut();
    const { revision, position } = await appending;
    const recorded = await collect(direct.readStream('lost-a'));
    expect(recorded).toHaveLength(2);
    expect([revision, position]).toEqual([1n, recorded[1]!.position]);
  });

  it('keeps trying while the server is away', async () => {
    await store.append('away-warm', 'no_stream', [anEvent()]);
    await server.close();
    proxy.cut();
    const appending = store.append('away-a', 'no_stream', [anEvent()]);
    const reading = collect(store.readStream('away-warm'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    server = await start();
    expect((await appending).revision).toBe(0n);
    expect(await reading).toHaveLength(1);
    expect(await collect(store.readStream('away-a'))).toHaveLength(1);
    expect(troubles.length).toBeGreaterThan(0);
  });

  it('says at the deadline that the outcome is unknown', async () => {
    await store.append('deadline-warm', 'no_stream', [anEvent()]);
    proxy.hold();
    const began = Date.now();
    const failure: unknown = await store.append('deadline-a', 'no_stream', [anEvent()], began + 300).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutcomeUnknown);
    expect(Date.now() - began).toBeLessThan(2_000);
    proxy.cut();
  });

  it('reads on behind the last event when the connection breaks in the middle', async () => {
    for (let part = 0; part < 4; part++) {
      const events = Array.from({ length: 200 }, (_, n) => anEvent({ data: { n: part * 200 + n } }));
      await direct.append('read-a', part === 0 ? 'no_stream' : BigInt(part * 200 - 1), events);
    }
    const forwards: unknown[] = [];
    for await (const { data } of store.readStream('read-a')) {
      forwards.push(data.n);
      if (data.n === 100 || data.n === 600) proxy.cut();
    }
    expect(forwards).toEqual(Array.from({ length: 800 }, (_, n) => n));
    const backwards: unknown[] = [];
    for await (const { data } of store.readStream('read-a', { direction: 'backwards', maxCount: 700 })) {
      backwards.push(data.n);
      if (data.n === 750) proxy.cut();
    }
    expect(backwards).toEqual(Array.from({ length: 700 }, (_, n) => 799 - n));
    const all: unknown[] = [];
    for await (const { data } of store.readAll({ filter: { streamPrefixes: ['read-'] } })) {
      all.push(data.n);
      if (data.n === 500) proxy.cut();
    }
    expect(all).toEqual(forwards);
    expect(troubles.length).toBeGreaterThan(0);
  });

  it('misses and repeats nothing in a subscription that is cut again and again', async () => {
    const start = await direct.head();
    const filter = { streamPrefixes: ['cut-'] };
    const total = 300;
    const writing = (async () => {
      for (let n = 0; n < total; n++) {
        await direct.append(`cut-${n % 5}`, n < 5 ? 'no_stream' : BigInt(Math.floor(n / 5) - 1), [anEvent({ data: { n } })]);
      }
    })();
    const seen: unknown[] = [];
    for await (const item of store.subscribeToAll({ after: start, filter })) {
      if (item.kind !== 'event') continue;
      seen.push(item.event.data.n);
      if (seen.length % 60 === 0) proxy.cut();
      if (seen.length === total) break;
    }
    await writing;
    expect(seen).toEqual((await collect(direct.readAll({ after: start, filter }))).map(({ data }) => data.n));
  });

  it('goes on with a subscription when the server was restarted', async () => {
    const start = await direct.head();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of store.subscribeToAll({ after: start, filter: { streamPrefixes: ['restart-'] } })) {
        if (item.kind === 'event') seen.push(item.event.data.n);
        if (seen.length === 2) break;
      }
    })();
    await direct.append('restart-a', 'no_stream', [anEvent({ data: { n: 1 } })]);
    await until(() => seen.length === 1);
    await server.close();
    server = await startEventStoreServer({ store: storage, listen: { socketPath } });
    await direct.append('restart-a', 0n, [anEvent({ data: { n: 2 } })]);
    await reading;
    expect(seen).toEqual([1, 2]);
  });

  it('keeps the promises of the command runtime while the connection is cut again and again', async () => {
    const other = createCommandRuntime({ store: direct });
    const runtime = createCommandRuntime({ store });
    let answered = 0;
    const give = async (n: number) => {
      const id = randomUUID();
      const context = { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system' as const, id: 's' }, tenant: 't' };
      const outcome = await (n % 3 === 0 ? other : runtime).execute(till, `cut-${n % 4}`, { type: 'Deposit', ref: id, amount: 1 }, context);
      if (++answered % 60 === 0) proxy.cut();
      return { ref: id, stream: `till-cut-${n % 4}`, outcome };
    };
    const given: Awaited<ReturnType<typeof give>>[] = [];
    for (let round = 0; round < 15; round++) given.push(...await Promise.all(Array.from({ length: 20 }, (_, n) => give(round * 20 + n))));
    for (const stream of new Set(given.map((call) => call.stream))) {
      const log = await collect(direct.readStream(stream));
      const here = given.filter((call) => call.stream === stream);
      const told = here.map(({ ref, outcome }) => `${outcome.accepted} ${ref} ${outcome.revision}`);
      expect(told.toSorted()).toEqual(log.map(({ data, revision }) => `true ${String(data.ref)} ${revision}`).toSorted());
      expect(log.map(({ metadata }) => metadata.prev)).toEqual([null, ...log.slice(0, -1).map(eventDigest)]);
    }
  });

  it('opens a subscription again that has gone silent, and makes no fuss of it: a quiet log is silent too', async () => {
    const start = await direct.head();
    const watched = through({ silenceMs: 150 });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of watched.subscribeToAll({ after: start, filter: { streamPrefixes: ['silent-'] } })) {
        if (item.kind === 'event') seen.push(item.event.data.n);
        if (seen.length === 2) break;
      }
    })();
    await direct.append('silent-a', 'no_stream', [anEvent({ data: { n: 1 } })]);
    await until(() => seen.length === 1);
    proxy.hold();
    await direct.append('silent-a', 0n, [anEvent({ data: { n: 2 } })]);
    // With nothing to answer, only the watchdog makes the client speak.
    const sent = proxy.sent();
    await until(() => proxy.sent() > sent);
    expect(seen).toEqual([1]);
    proxy.release();
    await reading;
    expect(seen).toEqual([1, 2]);
    expect(troubles).toEqual([]);
    await watched.close();
  });
});
