import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NO_STREAM } from '@eventstore/db-client';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/embedded/postgres';
import { collect, connectTo, event, events, fails, failure, spawnStore, until } from './support/stores';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'es-pg-'));
chmodSync(dataDir, 0o755);
let postgres: EmbeddedPostgres;

afterAll(async () => {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Its old processes may hold the data for a moment after the kill. */
async function startPostgres(): Promise<void> {
  await until(async () => {
    try {
      postgres = await startEmbeddedPostgres({ dataDir });
      return true;
    } catch {
      return false;
    }
  }, 'Postgres to start', 30_000);
}

test('durable Postgres killed and started again under a running store: it heals, and nothing acknowledged is lost', async () => {
  await startPostgres();
  const url = await postgres.databaseUrl('eventstore');
  const store = await spawnStore(url, path.join(dataDir, 'es.sock'), { EVENT_STORE_ALLOW_UNSAFE_DURABILITY: '' });
  const client = connectTo(store.address);
  let revision: bigint | 'no_stream' = NO_STREAM;
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 20; i += 1) {
      revision = (await client.appendToStream('s', events(2), { expectedRevision: revision })).nextExpectedRevision;
    }
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.exited;
    const appendInVain = () => failure(client.appendToStream(`gone-${round}`, event(), { expectedRevision: NO_STREAM, deadline: 300 }));
    await until(async () => (await appendInVain()).type === 'deadline-exceeded', 'an append to time out');
    await fails(collect(client.readStream('never-read-before')), { type: 'unavailable' });
    await startPostgres();
    await until(() => collect(client.readStream('s')).then(() => true, () => false), 'reads to work again');
    const retried: { nextExpectedRevision: bigint }[] = [];
    const batch = events(2);
    await until(async () => client.appendToStream('s', batch, { expectedRevision: revision, deadline: 1_000 }).then((result) => {
      retried.push(result);
      return true;
    }, () => false), 'appends to work again');
    revision = retried[0]!.nextExpectedRevision;
  }
  expect(revision).toBe(83n);
  expect(await collect(client.readStream('s'))).toHaveLength(84);
  await client.dispose();
  await store.kill('SIGTERM');
  expect(await store.exited).toBe(0);
}, 60_000);
