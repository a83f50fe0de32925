import type { Pool } from 'pg';
import { migrate } from '../../../src/postgres/migrations';
import { createPool } from '../../../src/postgres/pool';
import { createTestDatabase } from '../../support/database';

/** A pool on a fresh database with the schema of this build. */
export async function migratedDatabase(): Promise<{ pool: Pool; close(): Promise<void> }> {
  const database = await createTestDatabase();
  await migrate(database.url);
  const pool = createPool(database.url, { max: 10, applicationName: 'test' });
  return { pool, close: async () => { await pool.end(); await database.drop(); } };
}
