import type { ClientBase } from 'pg';

/** Column types of one table as Postgres names them, for example `numeric(20,6)` or `text[]`. */
export type TableTypes = ReadonlyMap<string, string>;
/** Tables of one Postgres schema. */
export type Catalog = ReadonlyMap<string, TableTypes>;

/** Reads the tables and column types of a schema. */
export async function readCatalog(client: Pick<ClientBase, 'query'>, schema: string): Promise<Catalog> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = $1 and c.relkind in ('r', 'p')
     order by c.relname, a.attnum`,
    [schema],
  );
  const tables = new Map<string, Map<string, string>>();
  for (const { table, column, type } of rows) {
    const columns = tables.get(table) ?? new Map<string, string>();
    tables.set(table, columns.set(column, type));
  }
  return tables;
}
