import { Client } from 'pg';

const ROLE = 'keyledger_plain';

/**
 * The connection string of a test database for a role that owns it and is no superuser, as in production: row-level
 * security holds for it.
 */
export async function asPlainRole(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`do $$ begin create role ${ROLE} login password '${ROLE}'; exception when duplicate_object or unique_violation then null; end $$`);
    await client.query(`do $$ begin execute format('alter database %I owner to ${ROLE}', current_database()); end $$`);
    await client.query(`grant all on schema public to ${ROLE}`);
  } finally {
    await client.end();
  }
  const plain = new URL(url);
  plain.username = ROLE;
  plain.password = ROLE;
  return plain.toString();
}
