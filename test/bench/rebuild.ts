import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createCommandRuntime } from '../../src/command-runtime/runtime';
import { startEmbeddedEventStore } from '../../src/embedded/event-store';
import { startEmbeddedPostgres } from '../../src/embedded/postgres';
import { createEventStore } from '../../src/event-store/esdb';
import { migrate } from '../../src/postgres/migrations';
import { createPool } from '../../src/postgres/pool';
import { projectors } from '../../src/registry';
import { createVault } from '../../src/vault/vault';
import { startChild } from './child';
import { median } from './load';
import type { ReadOrder } from './log-reader';
import { writeRealisticLog, type LogSize } from './realistic-log';
import { whole, type Bench, type Row } from './report';

const BAR = 0.6;
const SIZE: LogSize = { users: 700, chats: 1_200, questionsPerChat: 5, leases: 4_000 };
const DATABASES = ['views_a', 'views_b', 'views_c'];

/** The whole log into all views of a fresh database, beside reading it and dropping it. */
export const rebuild: Bench = { name: 'rebuild', run };

async function run(): Promise<Row> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    const eventStore = await startEmbeddedEventStore({ databaseUrl: await postgres.databaseUrl('eventstore'), dataDir });
    try {
      const vault = { vaultUrl: await postgres.databaseUrl('vault'), masterKey: randomBytes(32).toString('hex') };
      const { socketPath } = eventStore;
      const { events, head } = await writeLog(socketPath, vault);
      const taken = { views: [] as number[], drop: [] as number[] };
      for (const database of DATABASES) {
        taken.drop.push(await read({ kind: 'drop', socketPath }));
        const databaseUrl = await postgres.databaseUrl(database);
        await migrate(databaseUrl);
        taken.views.push(await read({ kind: 'views', socketPath, databaseUrl, head, ...vault }));
      }
      return toRow(events, median(taken.views), median(taken.drop));
    } finally {
      await eventStore.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function writeLog(socketPath: string, { vaultUrl, masterKey }: { vaultUrl: string; masterKey: string }): Promise<{ events: number; head: string }> {
  await migrate(vaultUrl);
  const store = createEventStore({ socketPath, report: console.warn });
  const pool = createPool(vaultUrl, { max: 20, applicationName: 'bench vault' });
  const commands = createCommandRuntime({ store });
  await writeRealisticLog(commands, await createVault({ pool, masterKey: Buffer.from(masterKey, 'hex') }), SIZE);
  await commands.close();
  let events = 0;
  for await (const _event of store.readAll()) events++;
  const head = await store.head();
  await Promise.all([store.close(), pool.end()]);
  return { events, head: String(head) };
}

async function read(order: ReadOrder): Promise<number> {
  const child = await startChild<number>(path.join(__dirname, 'log-reader.js'), order);
  await child.stop();
  return child.ready;
}

function toRow(events: number, viewsMs: number, dropMs: number): Row {
  const rate = (milliseconds: number): string => `${whole(events / (milliseconds / 1_000))} events/s`;
  const ratio = dropMs / viewsMs;
  return {
    what: 'events/s into all views on rebuild',
    against: 'reading the log with the client and dropping it',
    measured: rate(viewsMs),
    baseline: rate(dropMs),
    result: `${ratio.toFixed(2)}x`,
    bar: `>= ${BAR}x`,
    met: ratio >= BAR,
    about: `A log of ${whole(events)} events, written by the product's own commands: users, virtual keys, chats with sealed words, runs and leases, mixed as many`
      + ` people at a time would mix them. Measured from the start of the projections on an empty database until all ${projectors.length} views (the audit log`
      + ' among them, with a row for every event) have come to the head, their tables made, sealed texts opened and every commit checkpointed.'
      + ' The baseline reads the same log with the official client and does nothing with it. Each run is a fresh process.',
  };
}
