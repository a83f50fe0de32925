import path from 'node:path';
import { runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { projectRoot } from '../paths';
import { graphileLogger } from './graphile-logger';
import { silentLog } from './log';

/** Any number of ours: servers that start together take turns by it. */
const MIGRATION_LOCK = 7_310_442_018;
const DIRECTORY = path.join(projectRoot, 'src', 'postgres', 'migrations');

/** node-pg-migrate throws what it logs, and complains of file names that do not begin with a time. */
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Brings the database to this build's schema: our SQL files in order, then graphile-worker's own tables. Servers that
 * start at the same time wait for each other. The tables of views are not here: each view brings its own.
 * @throws the error of the SQL file that failed; files before it stay applied
 */
export async function migrate(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'keyledger migrations' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runner({
      dbClient: client,
      dir: DIRECTORY,
      direction: 'up',
      migrationsTable: 'schema_migration',
      noLock: true,
      // Areas number their files in ranges of their own, so a later file of a lower range may come after a higher one.
      checkOrder: false,
      logger: quiet,
    });
    await runMigrations({ connectionString: url, maxPoolSize: 1, logger: graphileLogger(silentLog) });
  } finally {
    await client.end();
  }
}
