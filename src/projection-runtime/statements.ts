import { escapeIdentifier } from 'pg';
import type { Catalog, TableTypes } from './catalog';
import type { JobChange, RowChange } from './changes';
import type { Column } from './projector';

export interface Statement {
  text: string;
  values: unknown[];
}

/** Rows that one statement can write: same table, kind and columns. */
interface Group {
  kind: RowChange['kind'];
  table: string;
  keys: string[];
  columns: string[];
  changes: RowChange[];
}

/**
 * Set-wise statements for one round: one for each table, kind of change and set of columns, in order of appearance.
 * Rows are not ordered against each other, so tables must not have unique constraints beside their primary key.
 * @throws Error for a table or column that the schema does not have, or a value that is undefined
 */
export function writeStatements(schema: string, catalog: Catalog, round: readonly RowChange[]): Statement[] {
  const groups = new Map<string, Group>();
  for (const change of round) {
    const keys = Object.keys(change.key).sort();
    const columns = Object.keys(valuesOf(change)).sort();
    const id = `${change.kind} ${change.table} ${keys.join()} ${columns.join()}`;
    const group = groups.get(id);
    if (group) group.changes.push(change);
    else groups.set(id, { kind: change.kind, table: change.table, keys, columns, changes: [change] });
  }
  return [...groups.values()].map((group) => writeStatement(schema, catalog, group));
}

/** One statement that enqueues all jobs in the current transaction. */
export function jobStatement(jobs: readonly JobChange[]): Statement {
  return {
    text: `select graphile_worker.add_job(identifier := j.task, payload := j.payload, queue_name := j.queue,
        run_at := j.run_at, job_key := j.job_key)
      from unnest($1::text[], $2::json[], $3::text[], $4::timestamptz[], $5::text[])
        with ordinality as j (task, payload, queue, run_at, job_key, ord)
      order by j.ord`,
    values: [
      jobs.map((job) => job.task),
      jobs.map((job) => JSON.stringify(job.payload)),
      jobs.map((job) => job.queue ?? null),
      jobs.map((job) => job.runAt?.toISOString() ?? null),
      jobs.map((job) => job.jobKey),
    ],
  };
}

function valuesOf(change: RowChange): Readonly<Record<string, Column>> {
  if (change.kind === 'remove') return {};
  return change.kind === 'add' ? change.add : change.set;
}

function writeStatement(schema: string, catalog: Catalog, { kind, table, keys, columns, changes }: Group): Statement {
  const types = catalog.get(table);
  if (!types) throw new Error(`There is no table ${table} in ${schema}`);
  const target = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  const stamped = kind !== 'remove' && types.has('position') && !keys.includes('position') && !columns.includes('position');
  const written = stamped ? [...columns, 'position'] : columns;
  const all = [...keys, ...written];
  const source = unnested(table, types, all);
  const values = all.map((column) => changes.map((change) => {
    if (stamped && column === 'position') return change.position.toString();
    const value = keys.includes(column) ? change.key[column] : valuesOf(change)[column];
    return encode(value, types.get(column)!, `${table}.${column}`);
  }));
  const list = (names: readonly string[], sql: (name: string) => string, separator = ', '): string =>
    names.map((name) => sql(escapeIdentifier(name))).join(separator);
  const matching = list(keys, (key) => `t.${key} = v.${key}`, ' and ');

  switch (kind) {
    case 'put': {
      const effect = written.length === 0 ? 'nothing' : `update set ${list(written, (column) => `${column} = excluded.${column}`)}`;
      return { text: `insert into ${target} (${list(all, String)}) select ${list(all, String)} from ${source} v on conflict (${list(keys, String)}) do ${effect}`, values };
    }
    case 'patch':
      return { text: `update ${target} t set ${list(written, (column) => `${column} = v.${column}`)} from ${source} v where ${matching}`, values };
    case 'add': {
      const sums = list(columns, (column) => `${column} = coalesce(t.${column}, 0) + v.${column}`);
      const stamp = stamped ? ', "position" = v."position"' : '';
      return { text: `update ${target} t set ${sums}${stamp} from ${source} v where ${matching}`, values };
    }
    case 'remove':
      return { text: `delete from ${target} t using ${source} v where ${matching}`, values };
  }
}

/** `unnest` flattens arrays of arrays, so array columns travel as text and are cast row by row. */
function unnested(table: string, types: TableTypes, columns: readonly string[]): string {
  const typed = columns.map((column) => {
    const type = types.get(column);
    if (!type) throw new Error(`There is no column ${column} in ${table}`);
    return { name: escapeIdentifier(column), type, isArray: type.endsWith('[]') };
  });
  const parameters = typed.map(({ type, isArray }, index) => `$${index + 1}::${isArray ? 'text' : type}[]`);
  const names = typed.map(({ name }) => name);
  const unnest = `unnest(${parameters.join(', ')}) as u (${names.join(', ')})`;
  return `(select ${typed.map(({ name, type, isArray }) => (isArray ? `u.${name}::${type} as ${name}` : `u.${name}`)).join(', ')} from ${unnest})`;
}

/** The text that Postgres reads for a value of a column. Strings for json columns are JSON already, as `pg` has it. */
function encode(value: Column | undefined, type: string, where: string): string | null {
  if (value === undefined) throw new Error(`${where} is undefined`);
  if (value === null) return null;
  if (typeof value === 'string') return type.startsWith('json') ? storableJson(value) : storable(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  if (type.endsWith('[]')) return arrayLiteral(value as readonly unknown[]);
  return storableJson(JSON.stringify(value));
}

/** Postgres text cannot hold U+0000; nobody shall stop a view by typing it. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/** Nor can jsonb hold U+0000 or half a surrogate pair, which JSON text spells as escapes. */
function storableJson(json: string): string {
  return json.includes('\\u') ? json.replace(/\\(\\|u0000|ud[89a-f][0-9a-f]{2})/gi, (found) => (found === '\\\\' ? found : '\\ufffd')) : json;
}

function arrayLiteral(items: readonly unknown[]): string {
  const quoted = items.map((item) => (item === null ? 'NULL' : `"${storable(String(item)).replace(/["\\]/g, '\\$&')}"`));
  return `{${quoted.join(',')}}`;
}
