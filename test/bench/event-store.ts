import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, type JSONEventData } from '@eventstore/db-client';
import { startEmbeddedPostgres } from '../../src/embedded/postgres';
import { startEventStoreServer } from '../../src/event-store/embedded/server';
import { createInMemoryStorage } from '../../src/event-store/embedded/storage/in-memory';
import { createPostgresStorage } from '../../src/event-store/embedded/storage/postgres';

/**
 * The embedded event store on durable Postgres, side by side with the same server on storage that only remembers.
 * Client (this process, the official one), server and Postgres are three processes. Ratios count, not absolute rates.
 */

type Rates = Record<string, number>;

/** One measurement: how many a second. `bar` is the least that Postgres must reach of what memory does. */
interface Measurement {
  name: string;
  unit: string;
  bar?: number;
  measure(client: EventStoreDBClient, prefix: string): Promise<number>;
}

/** Rounds over both storages, one after the other; the best of each counts, since others use the machine too. */
const ROUNDS = 2;
/** The stream that the bulk appends fill and the reads read. */
const BULK = 'bulk';
/** Events that each of the reads takes. */
const READ_EVENTS = 40_000;

const MEASUREMENTS: Measurement[] = [
  { name: 'append, 1 in flight', unit: 'appends/s', measure: (client, prefix) => lanes(client, prefix, 1, 1_000) },
  {
    name: 'append, 64 in flight, a stream each', unit: 'appends/s', bar: 0.6,
    measure: (client, prefix) => lanes(client, prefix, 64, 10_000),
  },
  { name: 'append, 512 in flight, a stream each', unit: 'appends/s', measure: (client, prefix) => lanes(client, prefix, 512, 12_000) },
  { name: 'append, 64 in flight, new streams', unit: 'appends/s', measure: (client, prefix) => newStreams(client, prefix, 64, 8_000) },
  { name: 'append, 64 in flight, one stream, any', unit: 'appends/s', measure: (client, prefix) => oneStream(client, prefix, 64, 8_000) },
  { name: 'append of 500 events, 4 in flight', unit: 'events/s', measure: (client) => bulk(client, READ_EVENTS) },
  { name: 'readStream', unit: 'events/s', bar: 0.75, measure: (client) => drain(client.readStream(BULK, { maxCount: READ_EVENTS })) },
  { name: 'readAll', unit: 'events/s', bar: 0.75, measure: (client) => drain(client.readAll({ maxCount: READ_EVENTS })) },
  { name: 'catch-up subscription to $all', unit: 'events/s', bar: 0.75, measure: (client) => catchUp(client) },
];

/** Runs the bench and prints a Markdown table. @returns whether every bar was reached */
export async function run(): Promise<boolean> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    const url = await postgres.databaseUrl('eventstore');
    const memory = await startServer('memory', path.join(dataDir, 'm.sock'), url);
    const durable = await startServer('postgres', path.join(dataDir, 'p.sock'), url);
    const inMemory: Rates = {};
    const onPostgres: Rates = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { name, measure } of MEASUREMENTS) {
        const prefix = `round-${round}-${name.replaceAll(/\W+/g, '-')}`;
        inMemory[name] = Math.max(inMemory[name] ?? 0, await measure(memory.client, prefix));
        onPostgres[name] = Math.max(onPostgres[name] ?? 0, await measure(durable.client, prefix));
      }
    }
    const resident = { memory: await memory.resident(), postgres: await durable.resident() };
    await Promise.all([memory.stop(), durable.stop()]);
    return print(inMemory, onPostgres, resident);
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function print(inMemory: Rates, onPostgres: Rates, resident: { memory: number; postgres: number }): boolean {
  const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  let passed = true;
  row('what', 'unit', 'in memory', 'on Postgres', 'ratio', 'bar');
  row('---', '---', '--:', '--:', '--:', '--:');
  for (const { name, unit, bar } of MEASUREMENTS) {
    const ratio = onPostgres[name]! / inMemory[name]!;
    if (bar !== undefined && ratio < bar) passed = false;
    const verdict = bar === undefined ? '' : `>= ${bar}${ratio < bar ? ' MISSED' : ''}`;
    row(name, unit, whole(inMemory[name]!), whole(onPostgres[name]!), ratio.toFixed(2), verdict);
  }
  row('resident memory of the server', 'MiB', whole(resident.memory), whole(resident.postgres), '', '');
  return passed;
}

/** About 95 bytes of data and 40 of metadata. */
function smallEvent(i: number): JSONEventData {
  return jsonEvent({
    type: 'AmountAdded',
    data: { index: i, amount: '12.345678', currency: 'EUR', reason: 'a bench needs something to write', at: 1_700_000_000_000 + i },
    metadata: { actor: 'bench', trace: randomUUID().slice(0, 12) },
  });
}

/** Runs `count` tasks with `width` of them at a time; answers how many a second. */
async function rate(count: number, width: number, task: (index: number, lane: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: width }, async (_, lane) => {
    for (let index = next++; index < count; index = next++) await task(index, lane);
  }));
  return count / (Number(process.hrtime.bigint() - started) / 1e9);
}

function lanes(client: EventStoreDBClient, prefix: string, width: number, count: number): Promise<number> {
  const revisions: bigint[] = [];
  return rate(count, width, async (index, lane) => {
    const expectedRevision = revisions[lane] ?? 'no_stream';
    const { nextExpectedRevision } = await client.appendToStream(`${prefix}-${lane}`, smallEvent(index), { expectedRevision });
    revisions[lane] = nextExpectedRevision;
  });
}

function newStreams(client: EventStoreDBClient, prefix: string, width: number, count: number): Promise<number> {
  return rate(count, width, (index) => client.appendToStream(`${prefix}-${index}`, smallEvent(index), { expectedRevision: 'no_stream' }));
}

function oneStream(client: EventStoreDBClient, prefix: string, width: number, count: number): Promise<number> {
  return rate(count, width, (index) => client.appendToStream(prefix, smallEvent(index)));
}

async function bulk(client: EventStoreDBClient, events: number): Promise<number> {
  const appends = events / 500;
  const batches = Array.from({ length: appends }, () => Array.from({ length: 500 }, (_, i) => smallEvent(i)));
  return 500 * await rate(appends, 4, (index) => client.appendToStream(BULK, batches[index]!));
}

async function drain(events: AsyncIterable<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  let count = 0;
  for await (const _event of events) count += 1;
  return count / (Number(process.hrtime.bigint() - started) / 1e9);
}

async function catchUp(client: EventStoreDBClient): Promise<number> {
  const started = process.hrtime.bigint();
  const subscription = client.subscribeToAll();
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    subscription.on('data', () => {
      count += 1;
      if (count === READ_EVENTS) resolve();
    });
    subscription.once('error', reject);
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  await subscription.unsubscribe();
  return READ_EVENTS / seconds;
}

interface ServerProcess {
  client: EventStoreDBClient;
  /** Resident memory in MiB. */
  resident(): Promise<number>;
  stop(): Promise<void>;
}

async function startServer(storage: 'memory' | 'postgres', socketPath: string, url: string): Promise<ServerProcess> {
  const child = fork(__filename, ['serve', storage, socketPath], { env: { ...process.env, BENCH_POSTGRES_URL: url } });
  const address = await nextMessage<string>(child);
  const client = new EventStoreDBClient({ endpoint: address }, { insecure: true });
  return {
    client,
    resident: async () => {
      child.send('resident');
      return nextMessage<number>(child);
    },
    stop: async () => {
      await client.dispose();
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await exited;
    },
  };
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code}`)));
  });
}

async function serve(storage: string, socketPath: string): Promise<void> {
  const store = storage === 'memory' ? createInMemoryStorage() : createPostgresStorage({ url: process.env.BENCH_POSTGRES_URL! });
  const server = await startEventStoreServer({ store, listen: { socketPath }, onFailure: (error) => console.error(error) });
  process.on('message', () => process.send!(process.memoryUsage.rss() / 1024 / 1024));
  process.on('disconnect', () => void server.close().then(() => process.exit(0)));
  process.send!(server.address);
}

if (require.main === module) {
  const [mode, storage, socketPath] = process.argv.slice(2);
  const work = mode === 'serve' ? serve(storage!, socketPath!) : run().then((passed) => {
    process.exitCode = passed ? 0 : 1;
  });
  work.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
