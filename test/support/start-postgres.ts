import { mkdtempSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres';

declare global {
  var testPostgres: { server: EmbeddedPostgres; dataDir: string } | undefined;
}

/** Starts the one Postgres of a test run. Several projects name this setup; the first to come starts it. */
export default async function startPostgres(): Promise<void> {
  if (globalThis.testPostgres) return;
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-test-'));
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '300' } });
  globalThis.testPostgres = { server, dataDir };
  process.env.TEST_POSTGRES_URL = server.adminUrl;
}
