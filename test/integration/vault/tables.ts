import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Pool } from 'pg';
import { projectRoot } from '../../../src/paths';
import { createTestDatabase } from '../../support/database';

/** A pool on a fresh database that holds the tables of the named migrations. */
export async function databaseWith(...migrations: string[]): Promise<{ pool: Pool; close(): Promise<void> }> {
  const database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url, max: 10 });
  for (const name of migrations) {
    const sql = readFileSync(path.join(projectRoot, 'src/postgres/migrations', name), 'utf8');
    await pool.query(sql.split('-- Down Migration')[0]!);
  }
  return { pool, close: async () => { await pool.end(); await database.drop(); } };
}
