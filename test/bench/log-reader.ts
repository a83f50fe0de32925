import 'reflect-metadata';
import { EventStoreDBClient } from '@eventstore/db-client';
import { createEventStore } from '../../src/event-store/esdb';
import { createNotifications } from '../../src/postgres/notifications';
import { createPool } from '../../src/postgres/pool';
import { createProjectionRuntime } from '../../src/projection-runtime/runtime';
import { projectors } from '../../src/registry';
import { createVault } from '../../src/vault/vault';
import { serveParent } from './child';

/** Reads the log to its head in a process of its own: into all views of a fresh database, or to drop it. */
export type ReadOrder = { socketPath: string } & ({ kind: 'drop' } | {
  kind: 'views';
  databaseUrl: string;
  /** Position to come to. */
  head: string;
  vaultUrl: string;
  masterKey: string;
});

/** Milliseconds that it took. */
async function read(order: ReadOrder): Promise<number> {
  return order.kind === 'drop' ? drop(order.socketPath) : intoViews(order);
}

async function drop(socketPath: string): Promise<number> {
  const client = new EventStoreDBClient({ endpoint: `unix:${socketPath}` }, { insecure: true });
  const since = performance.now();
  for await (const _event of client.readAll()) { /* dropped */ }
  const milliseconds = performance.now() - since;
  await client.dispose();
  return milliseconds;
}

async function intoViews({ socketPath, databaseUrl, head, vaultUrl, masterKey }: Extract<ReadOrder, { kind: 'views' }>): Promise<number> {
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const store = createEventStore({ socketPath, report: console.warn });
  const pool = createPool(databaseUrl, { max: 24, applicationName: 'bench views', log });
  const vaultPool = createPool(vaultUrl, { max: 20, applicationName: 'bench vault', log });
  const notifications = createNotifications(databaseUrl, log);
  const vault = await createVault({ pool: vaultPool, masterKey: Buffer.from(masterKey, 'hex') });
  const runtime = createProjectionRuntime({ store, pool, notifications, vault, projectors, log });

  const behind = new Set(projectors.map(({ name }) => name));
  const caughtUp = new Promise<void>((resolve) => {
    runtime.onAdvance((view, position) => {
      if (position >= BigInt(head)) behind.delete(view);
      if (behind.size === 0) resolve();
    });
  });
  const since = performance.now();
  await runtime.start();
  await caughtUp;
  const milliseconds = performance.now() - since;

  await runtime.stop();
  await notifications.stop();
  await Promise.all([pool.end(), vaultPool.end(), store.close()]);
  return milliseconds;
}

if (require.main === module) serveParent(async (order: ReadOrder) => ({ ready: await read(order) }));
