import { mkdtempSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres';
import { migrate } from '../../src/postgres/migrations';
import { MIGRATED } from './database';
import { fastFolder } from './fast-folder';
import { asPlainRole } from './plain-role';

declare global {
  var testPostgres: { server: EmbeddedPostgres; dataDir: string } | undefined;
}

/** Starts the one Postgres of a test run. Several projects name this setup; the first to come starts it. */
export default async function startPostgres(): Promise<void> {
  if (globalThis.testPostgres) return;
  const dataDir = mkdtempSync(path.join(fastFolder(), 'keyledger-test-'));
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '300' } });
  globalThis.testPostgres = { server, dataDir };
  process.env.TEST_POSTGRES_URL = server.adminUrl;
  await makeMigrated(server.adminUrl);
}

async function makeMigrated(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${MIGRATED} template template0`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${MIGRATED}`;
  await migrate(await asPlainRole(url.toString()));
}
