import { escapeIdentifier, type PoolClient } from 'pg';
import { EVERY_TENANT, TENANT_SETTING } from '../postgres/pool';

/** Sub-selects, so that the setting is looked up once a statement and not once a row. */
const SERVED = `(select current_setting('${TENANT_SETTING}', true))`;

/**
 * Hides the rows of a schema's tables from connections that serve another tenant, whatever their statements ask for.
 * Tables without a tenant, and those that are secured already, are left as they are.
 * @returns whether there was anything to do
 */
export async function secureRows(client: Pick<PoolClient, 'query'>, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ table: string }>(
    `select c.relname as "table" from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relrowsecurity
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)`,
    [schema],
  );
  for (const { table } of rows) {
    const name = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
    await client.query(`
      create policy tenancy on ${name} using (tenant_id = ${SERVED} or ${SERVED} = '${EVERY_TENANT}');
      alter table ${name} enable row level security, force row level security`);
  }
  return rows.length > 0;
}
