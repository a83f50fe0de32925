import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Pool } from 'pg';
import type { Db } from '../../../src/graphql/context';
import { projectRoot } from '../../../src/paths';
import { createTestDatabase } from '../../support/database';

export interface TestDb extends Db {
  /** Statements sent so far. */
  readonly statements: string[];
  close(): Promise<void>;
}

/** A fresh database with the tables of idempotency records and of the library. */
export async function openTestDb(): Promise<TestDb> {
  const database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url, max: 10 });
  await pool.query(readFileSync(path.join(projectRoot, 'src/postgres/migrations/110_idempotency.sql'), 'utf8'));
  await pool.query(`create table book (
    id text primary key, shelf_id text not null, title text not null, pages int not null, added_at timestamptz not null)`);
  const statements: string[] = [];
  return {
    statements,
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      statements.push(sql);
      return (await pool.query<Row>(sql, [...parameters])).rows;
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
