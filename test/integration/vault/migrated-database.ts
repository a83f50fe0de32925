import type { Pool } from 'pg';
import { createPool } from '../../../src/postgres/pool';
import { createMigratedDatabase } from '../../support/database';

/** A pool on a fresh database with the schema of this build. */
export async function migratedDatabase(): Promise<{ pool: Pool; close(): Promise<void> }> {
  const database = await createMigratedDatabase();
  const pool = createPool(database.url, { max: 10, applicationName: 'test' });
  return { pool, close: async () => { await pool.end(); await database.drop(); } };
}
