import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { NO_STREAM, type AppendResult, type EventStoreDBClient, type JSONEventData } from '@eventstore/db-client';
import { Client } from 'pg';
import { StorageTaken, type Storage } from '../../../src/event-store/embedded/storage/port';
import { createPostgresStorage } from '../../../src/event-store/embedded/storage/postgres';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { collect, connectTo, event, events, fails, failure, socketDir, spawnStore, until, type StoreProcess } from './support/stores';

let database: TestDatabase;
let dir: string;
const running: StoreProcess[] = [];
const clients: EventStoreDBClient[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  dir = socketDir();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await Promise.all(running.splice(0).map((store) => store.kill('SIGKILL')));
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

async function start(socket = 'es.sock', environment?: NodeJS.ProcessEnv): Promise<StoreProcess> {
  const store = await spawnStore(database.url, path.join(dir, socket), environment);
  running.push(store);
  return store;
}

function connect(store: StoreProcess): EventStoreDBClient {
  const client = connectTo(store.address);
  clients.push(client);
  return client;
}

/** Sends the very same append until the answer is definite, as a careful caller does. */
async function appendUntilDefinite(
  client: EventStoreDBClient,
  stream: string,
  batch: JSONEventData[],
  expectedRevision: bigint | 'no_stream',
): Promise<AppendResult> {
  for (;;) {
    try {
      return await client.appendToStream(stream, batch, { expectedRevision, deadline: 2_000 });
    } catch (error) {
      if ((error as { type?: string }).type === 'wrong-expected-version') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Ends the store's connections; @param role `writer`, or `%` for all of them */
const endSessions = (role: string): Promise<object[]> => sql(
  'select pg_terminate_backend(pid) from pg_stat_activity where application_name like $1 and datname = current_database()',
  [`event-store-${role}`]);

const writerWaits = async (): Promise<boolean> => (await sql(
  `select 1 from pg_stat_activity
   where wait_event_type = 'Lock' and application_name = 'event-store-writer' and datname = current_database()`)).length === 1;

test('crash drill: what was acknowledged is there once and whole, however often the store is killed', async () => {
  const acknowledged = new Map<string, bigint>();
  let live = await start();
  const client = connect(live);
  let writing = true;
  const writers = Array.from({ length: 16 }, async (_, w) => {
    let revision: bigint | 'no_stream' = 'no_stream';
    for (let n = 0; writing; n += 1) {
      const batch = Array.from({ length: 3 }, (_unused, part) => event({ n, part }));
      const result = await appendUntilDefinite(client, `writer-${w}`, batch, revision);
      revision = result.nextExpectedRevision;
      acknowledged.set(`writer-${w}/${n}`, result.position!.commit);
    }
  });
  for (let cycle = 0; cycle < 10; cycle += 1) {
    const before = acknowledged.size;
    await until(() => acknowledged.size > before + 60, 'appends to be acknowledged');
    await live.kill('SIGKILL');
    live = await start();
  }
  writing = false;
  await Promise.all(writers);

  const log = await collect(client.readAll());
  const positions = log.map((resolved) => resolved.event!.position!.commit);
  expect(positions.every((position, i) => i === 0 || position > positions[i - 1]!)).toBe(true);
  const byWriter = new Map<string, string[]>();
  for (const { event: recorded } of log) {
    const lines = byWriter.get(recorded!.streamId) ?? [];
    byWriter.set(recorded!.streamId, lines);
    expect(recorded!.revision).toBe(BigInt(lines.length));
    const { n, part } = recorded!.data as { n: number; part: number };
    lines.push(`${n}/${part}`);
  }
  for (const lines of byWriter.values()) expect(lines).toEqual(lines.map((_, i) => `${Math.floor(i / 3)}/${i % 3}`));
  for (const [append, position] of acknowledged) {
    const [stream, n] = append.split('/') as [string, string];
    expect(byWriter.get(stream)![Number(n) * 3 + 2]).toBe(`${n}/2`);
    expect(positions).toContain(position);
  }
  expect(acknowledged.size).toBeGreaterThan(600);
}, 60_000);

test('a burst of reads is answered over a few connections, none of which is given a query while it has one', async () => {
  const former = await start();
  await connect(former).appendToStream('s', events(3), { expectedRevision: NO_STREAM });
  await former.kill('SIGTERM');
  // Has nothing in memory yet, so every read asks Postgres.
  const store = await start();
  const client = connect(store);
  const answers = await Promise.all(Array.from({ length: 60 }, () => collect(client.readStream('s'))));
  expect(answers.map(({ length }) => length)).toEqual(answers.map(() => 3));
  const readers = await sql("select from pg_stat_activity where application_name = 'event-store-reader' and datname = current_database()");
  expect(readers).toHaveLength(3);
  // The driver would complain here.
  expect(store.output()).not.toContain('Warning');
});

test('killed between commit and answer: the same ids again get the original answer', async () => {
  const store = await start();
  const client = connect(store);
  await client.appendToStream('warm', event(), { expectedRevision: NO_STREAM });
  const blocker = new Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('select from event_store.owner for update');
  const batch = events(3);
  const lost = failure(client.appendToStream('s', batch, { expectedRevision: NO_STREAM }));
  await until(writerWaits, 'the commit to wait');
  // Frozen, the process cannot hear that its commit went through.
  store.child.kill('SIGSTOP');
  await blocker.query('commit');
  await blocker.end();
  await until(async () => (await sql<{ n: string }>('select count(*) as n from event_store.events'))[0]!.n === '4', 'the commit');
  await store.kill('SIGKILL');
  expect(await lost).toMatchObject({ type: 'unavailable' });

  const next = await start();
  const again = connect(next);
  const answer = await appendUntilDefinite(again, 's', batch, NO_STREAM);
  expect(answer.nextExpectedRevision).toBe(2n);
  expect(await collect(again.readStream('s'))).toHaveLength(3);
});

test('a second store on the same data is refused in words, and the first goes on', async () => {
  const first = await start();
  const client = connect(first);
  await client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
  const refused = await failure(start('other.sock'));
  expect(refused.message).toMatch(/code 3/);
  expect(refused.message).toMatch(/Another event store already writes to this data \(database session \d+, since .*\)/);
  await client.appendToStream('s', event(), { expectedRevision: 0n });
});

test('a store that lost its place while it was frozen cannot write any more, and ends', async () => {
  const frozen = await start('old.sock');
  const old = connect(frozen);
  await old.appendToStream('s', event(), { expectedRevision: NO_STREAM });
  frozen.child.kill('SIGSTOP');
  await endSessions('writer');
  const successor = connect(await start('new.sock'));
  await successor.appendToStream('s', event(), { expectedRevision: 0n });

  const late = failure(old.appendToStream('s', event(), { expectedRevision: 0n, deadline: 5_000 }));
  frozen.child.kill('SIGCONT');
  await late;
  expect(await frozen.exited).toBe(3);
  expect(frozen.output()).toMatch(/Another event store/);
  await successor.appendToStream('s', event(), { expectedRevision: 1n });
  expect(await collect(successor.readStream('s'))).toHaveLength(3);
});

test('the epoch alone stops an older writer, also one whose connection still stands', async () => {
  const storage: Storage = createPostgresStorage({ url: database.url, allowUnsafeDurability: true });
  await storage.open(() => {});
  const stored = (position: number) => ({
    position, stream: 's', revision: position - 1, id: randomUUID(), type: 'T',
    isJson: true, data: Buffer.from('{}'), metadata: Buffer.alloc(0), created: Date.now(),
  });
  await storage.commit([stored(1)]);
  await sql('update event_store.owner set epoch = epoch + 1');
  await expect(storage.commit([stored(2)])).rejects.toThrow(StorageTaken);
  expect(await sql('select * from event_store.events')).toHaveLength(1);
  await storage.close();
});

test('a broken connection to Postgres heals by itself; positions go on rising, also over a restart', async () => {
  const store = await start();
  const client = connect(store);
  const seen: bigint[] = [];
  client.subscribeToAll().on('error', () => {}).on('data', (resolved) => seen.push(resolved.event!.position!.commit));
  let revision: bigint | 'no_stream' = 'no_stream';
  for (let i = 0; i < 5; i += 1) {
    revision = (await appendUntilDefinite(client, 's', events(2), revision)).nextExpectedRevision;
    await endSessions('%');
    await until(() => collect(client.readStream('s')).then(() => true, () => false), 'reads to work again');
  }
  expect(revision).toBe(9n);
  await until(() => seen.length === 10);
  expect(new Set(seen).size).toBe(10);
  await store.kill('SIGTERM');
  expect(await store.exited).toBe(0);

  const restarted = connect(await start());
  const { position } = await restarted.appendToStream('s', event(), { expectedRevision: 9n });
  expect(position!.commit).toBeGreaterThan(seen.at(-1)!);
});

test('while the session of its broken connection still holds the lock, the store waits and does not give up', async () => {
  const client = connect(await start());
  await client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
  const lingering = new Client({ connectionString: database.url });
  await lingering.connect();
  const [lock] = await sql<{ key: string }>(
    `select (classid::bigint << 32) + objid::bigint as key from pg_locks
     where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`);
  const taken = lingering.query('select pg_advisory_lock($1)', [lock!.key]);
  await endSessions('writer');
  await taken;
  await fails(client.appendToStream('s', event(), { expectedRevision: 0n, deadline: 700 }), { type: 'deadline-exceeded' });
  expect(running[0]!.child.exitCode).toBeNull();
  await lingering.end();
  await appendUntilDefinite(client, 's', [event()], 0n);
});

test('frozen for a while and thawed, the store goes on where it was', async () => {
  const store = await start();
  const client = connect(store);
  await client.appendToStream('s', event(), { expectedRevision: NO_STREAM });
  store.child.kill('SIGSTOP');
  const waiting = appendUntilDefinite(client, 's', events(2), 0n);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  store.child.kill('SIGCONT');
  expect((await waiting).nextExpectedRevision).toBe(2n);
  expect(await collect(client.readStream('s'))).toHaveLength(3);
});

test('the process ends orderly when its parent is gone', async () => {
  const store = await start();
  store.child.disconnect();
  expect(await store.exited).toBe(0);
});

test('a Postgres that may lose acknowledged events is refused', async () => {
  const refused = await failure(start('es.sock', { EVENT_STORE_ALLOW_UNSAFE_DURABILITY: '' }));
  expect(refused.message).toMatch(/fsync is off/);
});
