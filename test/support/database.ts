import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  /** Connection string of a database that nobody else uses. */
  url: string;
  drop(): Promise<void>;
}

/** Name of a database that has been migrated: `start-postgres.ts` makes it once, since that takes longer than most tests. */
export const MIGRATED = 'keyledger_migrated';

/** Makes an empty database in the Postgres of the test run; `drop()` it in `afterAll`. */
export const createTestDatabase = (): Promise<TestDatabase> => create('template0');

/** The same with all migrations applied. */
export const createMigratedDatabase = (): Promise<TestDatabase> => create(MIGRATED);

async function create(template: string): Promise<TestDatabase> {
  const adminUrl = process.env.TEST_POSTGRES_URL;
  if (!adminUrl) throw new Error('TEST_POSTGRES_URL is not set: does the jest project have the Postgres global setup?');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name} template ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => asAdmin(adminUrl, `drop database if exists ${name} with (force)`) };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
