import { readFileSync } from 'node:fs';
import { startEventStoreServer, type Endpoint } from './server';
import { createPostgresStorage } from './storage/postgres';

/**
 * The event store's process. Configured by environment; tells its parent `{ ready, address, addresses }` when it
 * serves. Ends orderly on SIGTERM, SIGINT and when its parent is gone; ends with code 3 when another process took
 * over the data, and must not be started again then.
 */

/** Exit code of a store that found another writer on its data. */
const DATA_TAKEN = 3;

/** How long an orderly end may take, in milliseconds: a storage that does not answer must not keep the process. */
const ENDING_PATIENCE_MS = 10_000;

const environment = process.env;

async function main(): Promise<void> {
  const server = await startEventStoreServer({
    store: createPostgresStorage({
      url: required('EVENT_STORE_POSTGRES_URL'),
      allowUnsafeDurability: environment.EVENT_STORE_ALLOW_UNSAFE_DURABILITY === 'yes',
    }),
    listen: endpoints(),
    maxAppendSize: optionalNumber('EVENT_STORE_MAX_APPEND_SIZE'),
    onFailure: (error) => console.error(`Event store: ${describe(error)}`),
    onFatal: (error) => {
      console.error(`Event store: ${error.message}`);
      process.exit(DATA_TAKEN);
    },
  });

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), ENDING_PATIENCE_MS).unref();
    server.close().then(() => process.exit(0), (error: unknown) => {
      console.error(`Event store: ${describe(error)}`);
      process.exit(1);
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);

  console.log(`Event store ready on ${server.addresses.join(' and ')}`);
  process.send?.({ ready: true, address: server.address, addresses: server.addresses });
}

/** A socket, TLS on the network, or both. */
function endpoints(): Endpoint[] {
  const listen: Endpoint[] = [];
  if (environment.EVENT_STORE_SOCKET) listen.push({ socketPath: environment.EVENT_STORE_SOCKET });
  const port = optionalNumber('EVENT_STORE_PORT');
  if (port !== undefined) {
    listen.push({
      host: environment.EVENT_STORE_HOST ?? '127.0.0.1',
      port,
      tls: { cert: readFileSync(required('EVENT_STORE_CERT_FILE'), 'utf8'), key: readFileSync(required('EVENT_STORE_KEY_FILE'), 'utf8') },
      auth: { user: environment.EVENT_STORE_USER ?? 'admin', password: required('EVENT_STORE_PASSWORD') },
    });
  }
  if (listen.length === 0) throw new Error('Set EVENT_STORE_SOCKET, EVENT_STORE_PORT, or both.');
  return listen;
}

function required(name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

function optionalNumber(name: string): number | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not ${text}.`);
  return value;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  console.error(`Event store: ${describe(error)}`);
  process.exit((error as { name?: string }).name === 'StorageTaken' ? DATA_TAKEN : 1);
});
