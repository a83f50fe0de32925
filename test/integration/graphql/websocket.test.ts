import { connect as connectTcp } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { documentHash } from '../../../src/graphql/trusted-documents';
import { limits } from '../../../src/graphql/limits';
import type { FeedItem, LiveFeeds } from '../../../src/live/port';
import { behind } from './library';
import { connect, openSocket, ORIGIN, person, startServer, until, type TestServer, type TestSocket } from './harness';

const subscribe = (
  socket: TestSocket, id: string, query: string, more: object = {},
) => socket.send({ type: 'subscribe', id, payload: { query, ...more } });
const ruleOf = (message: { payload?: any }): unknown => message.payload?.[0]?.extensions?.rule;

/** Numbers from 1; waits for `tick()` between them unless `free`. Counts what was asked for and what was ended. */
function ticker({ free = false, size = 0 } = {}) {
  const state = { asked: 0, ended: 0, wake: [] as (() => void)[] };
  behind.ticks = (signal) => {
    let count = 0;
    let over = false;
    const finish = () => {
      if (!over) state.ended += 1;
      over = true;
    };
    signal.addEventListener('abort', () => {
      finish();
      state.wake.splice(0).forEach((wake) => wake());
    });
    const iterator: AsyncIterableIterator<number> = {
      async next() {
        state.asked += 1;
        if (!free && count > 0 && !over) await new Promise<void>((wake) => state.wake.push(wake));
        if (over) return { done: true, value: undefined };
        count += 1;
        return { done: false, value: size === 0 ? count : size };
      },
      async return() {
        finish();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  };
  return { ...state, state, tick: () => state.wake.splice(0).forEach((wake) => wake()) };
}

/** Bytes that are really held, after a full collection. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('subscriptions over WebSocket', () => {
  let server: TestServer;
  const open: TestSocket[] = [];
  const connected = async (options: Parameters<typeof connect>[1] = {}) => {
    const socket = await connect(server, options);
    open.push(socket);
    return socket;
  };
  beforeAll(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    for (const { socket } of open) socket.terminate();
    await Promise.all(open.splice(0).map(({ closed }) => closed));
  });
  afterAll(() => server.close());

  test('deliver events one by one and end at the source when the client completes', async () => {
    const { state, tick } = ticker();
    const socket = await connected();
    subscribe(socket, '1', 'subscription { ticks }');
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data: { ticks: 1 } } });
    tick();
    expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data: { ticks: 2 } } });
    socket.send({ type: 'complete', id: '1' });
    await until('the source is ended though nothing happened', () => state.ended === 1);
  });

  test('end at the source when the socket goes', async () => {
    const { state } = ticker();
    const socket = await connected();
    subscribe(socket, '1', 'subscription { ticks }');
    await socket.next();
    socket.socket.terminate();
    await until('the source is ended', () => state.ended === 1);
    await until('the gauge is down', async () => /websocket_subscriptions 0/.test(await server.registry.metrics()));
  });

  test('carry a change feed: first where it starts, then nodes, each behind its cursor', async () => {
    const rows: FeedItem[] = [
      { cursor: 'c0', position: 10n },
      {
        cursor: 'c1', position: 2n ** 60n,
        row: { tenant_id: 'tenant-1', id: 'b1', shelf_id: 's', title: 'Dune', pages: 412, added_at: new Date(0) },
      },
    ];
    const asked: object[] = [];
    const live = { subscribe: ({ signal: _signal, ...options }: object & { signal?: unknown }) => {
      asked.push(options);
      return rows[Symbol.iterator]() as unknown as AsyncIterableIterator<FeedItem>;
    } } as unknown as LiveFeeds;
    const feedServer = await startServer({ live });
    const socket = await connect(feedServer);
    subscribe(
      socket, '1', 'subscription($after: String) { bookChanged(after: $after) { cursor position node { id title } } }',
      { variables: { after: 'c-1' } },
    );
    expect((await socket.next()).payload).toEqual({ data: { bookChanged: { cursor: 'c0', position: '10', node: null } } });
    expect((await socket.next()).payload).toEqual({
      data: {
        bookChanged: {
          cursor: 'c1', position: '1152921504606846976', node: { id: Buffer.from('Book:b1').toString('base64url'), title: 'Dune' },
        },
      },
    });
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    expect(asked).toEqual([{ view: 'books', tenant: 'tenant-1', after: 'c-1', filter: undefined }]);
    await feedServer.close();
    expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('judge every event by the role of now', async () => {
    const { tick } = ticker();
    server.sessions.set('changing', person('changing', 'admin'));
    const socket = await connected({ token: 'changing' });
    subscribe(socket, '1', 'subscription { adminTicks }');
    expect((await socket.next()).payload).toEqual({ data: { adminTicks: 'tick 1' } });
    server.sessions.set('changing', person('changing', 'user'));
    const since = Date.now();
    expect(await socket.closed).toEqual({ code: 4403, reason: 'Session ended or changed' });
    expect(Date.now() - since).toBeLessThan(1_000);
    tick();
    const again = await connected({ token: 'changing' });
    subscribe(again, '1', 'subscription { adminTicks }');
    expect(await again.next()).toMatchObject({ id: '1', payload: { errors: [{ extensions: { code: 'E4031', rule: 'role' } }] } });
    expect(await again.next()).toEqual({ id: '1', type: 'complete' });
  });

  test('are closed within a second of the session that opened them', async () => {
    server.sessions.set('leaving', person('leaving'));
    const sockets = await Promise.all([connected({ token: 'leaving' }), connected({ token: 'leaving' })]);
    const staying = await connected();
    server.sessions.delete('leaving');
    const since = Date.now();
    expect((await Promise.all(sockets.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([4403, 4403]);
    expect(Date.now() - since).toBeLessThan(1_000);
    staying.send({ type: 'ping' });
    expect(await staying.next()).toEqual({ type: 'pong' });
  });

  test('are closed, to be tried again, when nobody can judge their session any more', async () => {
    const replaced = jest.replaceProperty(limits, 'sessionDoubtMs', 100 as never);
    const outage = await startServer();
    const socket = await connect(outage);
    const judge = outage.sessions.get.bind(outage.sessions);
    outage.sessions.get = () => { throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }); };
    expect(await socket.closed).toEqual({ code: 1013, reason: 'Try again later' });
    const refused = await openSocket(outage);
    refused.send({ type: 'connection_init' });
    expect((await refused.closed).code).toBe(1013);
    outage.sessions.get = judge;
    (await connect(outage)).socket.terminate();
    replaced.restore();
    await outage.close();
  });

  test('survive any junk: it closes its own socket at most', async () => {
    const word = fc.constantFrom(
      'type', 'id', 'payload', 'query', 'variables', 'extensions', 'subscribe', 'complete', 'connection_init', 'subscription { ticks }',
      '__proto__', '1',
    );
    const junk = fc.oneof(
      fc.string(), fc.json(),
      fc.dictionary(word, fc.oneof(word, fc.jsonValue(), fc.dictionary(word, word))).map((value) => JSON.stringify(value)),
      fc.constant('{"type":"subscribe","id":"__proto__","payload":{"query":"subscription { ticks }"}}'),
    );
    ticker();
    await fc.assert(fc.asyncProperty(fc.array(junk, { maxLength: 5 }), fc.boolean(), async (messages, acknowledged) => {
      const socket = acknowledged ? await connect(server) : await openSocket(server);
      for (const message of messages) if (socket.socket.readyState === socket.socket.OPEN) socket.send(message);
      socket.socket.close();
      const { code } = await socket.closed;
      expect([1000, 1005, 1006, 4400, 4401, 4403, 4409, 4429]).toContain(code);
    }), { numRuns: 60 });
    const socket = await connected();
    subscribe(socket, '1', 'subscription { ticks }');
    expect((await socket.next()).payload).toEqual({ data: { ticks: 1 } });
    await until('no subscription is left over', async () => /websocket_subscriptions 1\b/.test(await server.registry.metrics()));
  });

  describe('the upgrade', () => {
    test.each([
      ['foreign', 'https://evil.example'], ['missing', null], ['null', 'null'], ['look-alike', `${ORIGIN}.evil.example`],
      ['another scheme', 'https://keyledger.test'], ['another port', `${ORIGIN}:81`],
    ])(
      'is refused for a %s Origin', async (_what, origin) => {
        await expect(openSocket(server, { origin })).rejects.toThrow('Unexpected server response: 403');
      },
    );

    test('exists on no other path', async () => {
      await expect(openSocket({ ...server, url: `${server.url}/elsewhere` })).rejects.toThrow('Unexpected server response: 404');
    });

    test('offers no compression', async () => {
      expect((await connected()).socket.extensions).toBe('');
    });
  });

  describe('the protocol closes', () => {
    const closing = async (options: Parameters<typeof openSocket>[1], act: (socket: TestSocket) => void | Promise<void>) => {
      const socket = await openSocket(server, options);
      open.push(socket);
      await act(socket);
      return (await socket.closed).code;
    };
    test.each<[string, number, Parameters<typeof openSocket>[1], (socket: TestSocket) => void | Promise<void>]>([
      ['no sub-protocol', 4406, { protocol: null }, () => undefined],
      ['an anonymous caller', 4403, { token: 'nobody' }, (socket) => socket.send({ type: 'connection_init' })],
      ['no init in time', 4408, {}, () => undefined],
      ['a second init', 4429, {}, (socket) => { socket.send({ type: 'connection_init' }); socket.send({ type: 'connection_init' }); }],
      ['a subscription before the ack', 4401, {}, (socket) => subscribe(socket, '1', 'subscription { ticks }')],
      ['junk', 4400, {}, (socket) => socket.send('junk')],
      ['an unknown type', 4400, {}, (socket) => socket.send({ type: 'start' })],
      ['binary', 4400, {}, (socket) => socket.socket.send(Buffer.from([0, 1, 2]))],
      ['a frame over the limit', 1009, {}, (socket) => socket.send('x'.repeat(limits.frameBytes + 1))],
    ])('%s with %i', async (_what, code, options, act) => {
      expect(await closing(options, act)).toBe(code);
    });

    test('a subscription id that is in use with 4409', async () => {
      ticker();
      const socket = await connected();
      subscribe(socket, '1', 'subscription { ticks }');
      subscribe(socket, '1', 'subscription { ticks }');
      expect((await socket.closed).code).toBe(4409);
    });
  });

  describe('refuses', () => {
    test.each([
      ['a query', '{ whoAmI }', 'subscription_transport'], [
        'a mutation', 'mutation { addBook(input: {title: "x"}) { errors { code } } }', 'subscription_transport',
      ],
      ['a syntax error', 'subscription {', 'syntax'], ['an unknown field', 'subscription { tocks }', 'validation'],
      ['two root fields', 'subscription { ticks adminTicks }', 'validation'], ['no document', '', 'unknown_document'],
    ])('%s, and keeps the socket', async (_what, query, rule) => {
      const socket = await connected();
      subscribe(socket, '1', query);
      const message = await socket.next();
      expect([message.type, message.id, ruleOf(message)]).toEqual(['error', '1', rule]);
      expect(message.payload[0].extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
      socket.send({ type: 'ping' });
      expect(await socket.next()).toEqual({ type: 'pong' });
    });

    test('variables that do not fit', async () => {
      const socket = await connected();
      subscribe(socket, '1', 'subscription($n: Int) { ticks(size: $n) }', { variables: { n: 'x' } });
      expect(ruleOf(await socket.next())).toBe('variables');
    });

    test('what nobody foresaw, masked and logged', async () => {
      behind.ticks = () => { throw new Error('relation "secret_table" does not exist'); };
      const socket = await connected();
      subscribe(socket, '1', 'subscription { ticks }');
      const message = await socket.next();
      expect(message).toMatchObject({
        payload: { errors: [{ message: expect.stringContaining('our side'), extensions: { code: 'E5001' } }] },
      });
      expect(JSON.stringify(message)).not.toContain('secret_table');
      expect(server.logged.filter((line) => line.includes('secret_table'))).toEqual([expect.stringContaining('"correlationId":"')]);
    });
  });

  describe('the caps', () => {
    test('50 subscriptions a socket, and not one more', async () => {
      ticker();
      const socket = await connected();
      for (let id = 1; id <= limits.subscriptionsPerSocket; id += 1) {
        // Slower than the cap on messages.
        if (id % (limits.messagesPerSecond - 2) === 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
        subscribe(socket, String(id), 'subscription { ticks }');
        expect((await socket.next()).type).toBe('next');
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      subscribe(socket, 'one more', 'subscription { ticks }');
      expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many subscriptions' });
    });

    test('10 sockets a principal, and not one more; others are not touched', async () => {
      server.sessions.set('many', person('many'));
      for (let count = 0; count < limits.socketsPerPrincipal; count += 1) await connected({ token: 'many' });
      const eleventh = await openSocket(server, { token: 'many' });
      eleventh.send({ type: 'connection_init' });
      expect(await eleventh.closed).toEqual({ code: 4429, reason: 'Too many sockets' });
      await connected();
      open[0]?.socket.terminate();
      await open[0]?.closed;
      await until('a place is free again', async () => connected({ token: 'many' }).then(() => true, () => false));
    });

    test.each(['messages', 'pings'])('20 %s a second', async (kind) => {
      const socket = await connected();
      for (let count = 0; count <= limits.messagesPerSecond; count += 1) {
        if (kind === 'pings') socket.socket.ping();
        else socket.send({ type: 'ping' });
      }
      expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many messages' });
    });
  });

  test('sockets that stop reading hold no memory and stop asking; others are served', async () => {
    const { state } = ticker({ free: true, size: 50_000 });
    const users = 5;
    for (let user = 0; user < users; user += 1) server.sessions.set(`paused-${user}`, person(`paused-${user}`));
    const sockets = await Promise.all(Array.from({ length: users * 10 }, (_, index) => connected({ token: `paused-${index % users}` })));
    const before = memory();
    for (const socket of sockets) {
      subscribe(socket, '1', 'subscription { texts }');
      socket.socket.pause();
    }
    let asked = -1;
    await until('nothing more is asked for', async () => {
      const settled = state.asked === asked && asked >= sockets.length;
      asked = state.asked;
      if (!settled) await new Promise((resolve) => setTimeout(resolve, 200));
      return settled;
    }, 25_000);
    expect(memory() - before).toBeLessThan(20 * 1024 * 1024);

    const reading = await connected();
    subscribe(reading, '1', 'subscription { texts }');
    for (let count = 0; count < 20; count += 1) expect((await reading.next()).type).toBe('next');
  });

  test('a stopped reader with much to come is cut off and may resume', async () => {
    ticker({ free: true, size: 60_000 });
    server.sessions.set('greedy', person('greedy'));
    const socket = await connected({ token: 'greedy' });
    const burst = limits.messagesPerSecond - 2;
    for (let id = 0; id < burst; id += 1) subscribe(socket, String(id), 'subscription { texts }');
    socket.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (let id = burst; id < 2 * burst; id += 1) subscribe(socket, String(id), 'subscription { texts }');
    await until(
      'the server has closed it as too slow', async () => /websocket_closed_total\{code="4008"\} 1/.test(await server.registry.metrics()),
      10_000,
    );
  });
});

describe('trusted documents over WebSocket', () => {
  const text = 'subscription { ticks }';
  test('can be asked for by hash; with trusted documents only, nothing else is answered', async () => {
    ticker();
    const server = await startServer({ config: { trustedDocuments: new Map([[documentHash(text), text]]), trustedDocumentsOnly: true } });
    const socket = await connect(server);
    subscribe(socket, '1', '', { extensions: { persistedQuery: { version: 1, sha256Hash: documentHash(text) } } });
    expect((await socket.next()).payload).toEqual({ data: { ticks: 1 } });
    subscribe(socket, '2', 'subscription { adminTicks }');
    expect(ruleOf(await socket.next())).toBe('unknown_document');
    socket.socket.terminate();
    await server.close();
  });
});

test('an upgrade request that is broken off harms nobody', async () => {
  const server = await startServer();
  const { port, hostname } = new URL(server.url);
  await Promise.all(Array.from({ length: 20 }, () => new Promise<void>((resolve) => {
    const socket = connectTcp(Number(port), hostname, () => {
      socket.write('GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: https://evil.example\r\n\r\n');
      socket.destroy();
      resolve();
    });
  })));
  const socket = await connect(server);
  socket.socket.terminate();
  await server.close();
});
