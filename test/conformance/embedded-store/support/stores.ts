import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EventStoreDBClient, jsonEvent, type AppendExpectedRevision, type AppendResult, type JSONEventData } from '@eventstore/db-client';
import { projectRoot } from '../../../../src/paths';
import { startEventStoreServer, type EventStoreServer, type EventStoreServerOptions } from '../../../../src/event-store/embedded/server';
import { createPostgresStorage } from '../../../../src/event-store/embedded/storage/postgres';
import { createTestDatabase } from '../../../support/database';

export interface TestStore {
  server: EventStoreServer;
  client: EventStoreDBClient;
  databaseUrl: string;
  close(): Promise<void>;
}

/** A server in this process on a database of its own, with one client over its socket. */
export async function startTestStore(options: Partial<EventStoreServerOptions> = {}): Promise<TestStore> {
  const database = await createTestDatabase();
  const dir = socketDir();
  const server = await startEventStoreServer({
    store: createPostgresStorage({ url: database.url, allowUnsafeDurability: true }),
    listen: { socketPath: path.join(dir, 'es.sock') },
    ...options,
  });
  const client = connectTo(server.address);
  return {
    server,
    client,
    databaseUrl: database.url,
    close: async () => {
      await client.dispose();
      await server.close();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A short folder: a socket's path must stay under about 100 bytes. */
export function socketDir(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'es-'));
}

export function connectTo(address: string): EventStoreDBClient {
  return new EventStoreDBClient({ endpoint: address }, { insecure: true });
}

export interface StoreProcess {
  readonly child: ChildProcess;
  readonly address: string;
  /** Exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
  /** What the process printed so far. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** The store's own process, as the product runs it. Rejects with what it printed when it ends before it is ready. */
export async function spawnStore(databaseUrl: string, socketPath: string, environment: NodeJS.ProcessEnv = {}): Promise<StoreProcess> {
  const args = ['-r', path.join(__dirname, 'typescript.js'), path.join(projectRoot, 'src/event-store/embedded/main.ts')];
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      EVENT_STORE_POSTGRES_URL: databaseUrl,
      EVENT_STORE_SOCKET: socketPath,
      EVENT_STORE_ALLOW_UNSAFE_DURABILITY: 'yes',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  child.stdout!.on('data', (text) => (printed += text));
  child.stderr!.on('data', (text) => (printed += text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { address: string }).address));
    child.once('close', (code) => reject(new Error(`The store ended with code ${code}: ${printed}`)));
  });
  return {
    child,
    address,
    exited,
    output: () => printed,
    kill: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}

export function event(data: Record<string, unknown> = {}, type = 'Tested', id = randomUUID()): JSONEventData {
  return jsonEvent({ id, type, data });
}

export function events(count: number, type?: string): JSONEventData[] {
  return Array.from({ length: count }, (_, n) => event({ n }, type));
}

/** Appends over the unary RPC: the client chooses it when a call carries credentials of its own. */
export function plainAppend(
  client: EventStoreDBClient,
  stream: string,
  what: JSONEventData | JSONEventData[],
  expectedRevision: AppendExpectedRevision,
): Promise<AppendResult> {
  return client.appendToStream(stream, what, { expectedRevision, credentials: { username: 'any', password: 'any' } });
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'the condition', timeoutMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await holds()); ) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Expects a promise to reject with an error that has at least these properties. */
export async function fails(promise: Promise<unknown>, error: object): Promise<void> {
  expect(await failure(promise)).toMatchObject(error);
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It was expected to fail and did not');
}
