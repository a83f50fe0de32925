import { escapeIdentifier } from 'pg';
import type { Catalog, TableTypes } from './catalog';
import type { JobChange, RowChange } from './changes';
import type { Column, Row } from './projector';

export interface Statement {
  text: string;
  values: unknown[];
}

/** A statement that writes rows, which travel as one JSON array. */
export interface Write {
  /** The statement over the SQL expression of the rows. */
  over(rows: string): string;
  rows: string;
}

/** The write as a statement of its own. */
export function statementOf({ over, rows }: Write): Statement {
  return { text: over('$1::json'), values: [rows] };
}

/** Rows that one statement can write: same table, kind and columns. */
interface Group {
  kind: RowChange['kind'];
  table: string;
  keys: string[];
  /** Columns that get a value. */
  columns: string[];
  /** Columns to which something is added. */
  sums: string[];
  changes: RowChange[];
}

/**
 * Set-wise writes for one round: one for each table, kind of change and set of columns, in order of appearance.
 * Rows are not ordered against each other, so tables must not have unique constraints beside their primary key.
 * @throws Error for a table or column that the schema does not have, or a value that is undefined
 */
export function writesOf(schema: string, catalog: Catalog, round: readonly RowChange[]): Write[] {
  const groups = new Map<string, Group>();
  for (const change of round) {
    const keys = Object.keys(change.key);
    const columns = Object.keys(setOf(change));
    const sums = Object.keys(addOf(change));
    const id = `${change.kind} ${change.table} ${keys.join()} ${columns.join()} ${sums.join()}`;
    const group = groups.get(id);
    if (group) group.changes.push(change);
    else groups.set(id, { kind: change.kind, table: change.table, keys, columns, sums, changes: [change] });
  }
  return [...groups.values()].map((group) => writeOf(schema, catalog, group));
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

function setOf(change: RowChange): Row {
  return change.kind === 'remove' ? {} : change.set ?? {};
}

function addOf(change: RowChange): Row {
  return change.kind === 'add' ? change.add : {};
}

function writeOf(schema: string, catalog: Catalog, { kind, table, keys, columns, sums, changes }: Group): Write {
  const types = catalog.get(table);
  if (!types) throw new Error(`There is no table ${table} in ${schema}`);
  const target = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  const stamped = kind !== 'remove' && types.has('position') && ![...keys, ...columns, ...sums].includes('position');
  const written = stamped ? [...columns, 'position'] : columns;
  const all = [...keys, ...written, ...sums];
  const list = (names: readonly string[], sql: (name: string) => string, separator = ', '): string =>
    names.map((name) => sql(escapeIdentifier(name))).join(separator);
  const columnTypes = all.map((name) => `${escapeIdentifier(name)} ${typeOf(types, table, name)}`).join(', ');
  const assignments = (from: string): string => list(written, (column) => `${column} = ${from}.${column}`);
  const matching = list(keys, (key) => `t.${key} = v.${key}`, ' and ');

  const statement = (source: string): string => {
    switch (kind) {
      case 'put': {
        const effect = written.length === 0 ? 'nothing' : `update set ${assignments('excluded')}`;
        const insert = `insert into ${target} (${list(all, String)}) select ${list(all, String)} from ${source}`;
        return `${insert} on conflict (${list(keys, String)}) do ${effect}`;
      }
      case 'patch':
        return `update ${target} t set ${assignments('v')} from ${source} where ${matching}`;
      case 'add': {
        const added = list(sums, (column) => `${column} = coalesce(t.${column}, 0) + v.${column}`);
        const effects = written.length === 0 ? added : `${assignments('v')}, ${added}`;
        return `update ${target} t set ${effects} from ${source} where ${matching}`;
      }
      case 'remove':
        return `delete from ${target} t using ${source} where ${matching}`;
    }
  };
  return {
    // One parameter of JSON, whatever the columns: several times cheaper to make than an array for each column.
    over: (rows) => statement(`json_to_recordset(${rows}) as v (${columnTypes})`),
    rows: storableJson(JSON.stringify(changes.map((change) => rowOf(change, stamped, types, table)))),
  };
}

function typeOf(types: TableTypes, table: string, column: string): string {
  const type = types.get(column);
  if (!type) throw new Error(`There is no column ${column} in ${table}`);
  return type;
}

function rowOf(change: RowChange, stamped: boolean, types: TableTypes, table: string): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(change.key)) row[column] = encode(value, types, table, column);
  for (const [column, value] of Object.entries(setOf(change))) row[column] = encode(value, types, table, column);
  for (const [column, value] of Object.entries(addOf(change))) row[column] = encode(value, types, table, column);
  if (stamped) row.position = change.position.toString();
  return row;
}

/** The value as JSON carries it without loss. Strings for json columns are JSON already, as `pg` has it. */
function encode(value: Column | undefined, types: TableTypes, table: string, column: string): unknown {
  switch (typeof value) {
    case 'string':
      return types.get(column)?.startsWith('json') ? JSON.parse(value) : value;
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'undefined':
      throw new Error(`${table}.${column} is undefined`);
    default:
      return value;
  }
}

/** Postgres holds no U+0000 and no half of a surrogate pair, which JSON spells as escapes. Nobody shall stop a view by typing them. */
function storableJson(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(/\\(\\|u0000|ud[89a-f][0-9a-f]{2})/gi, (found) => (found === '\\\\' ? found : '\\ufffd'));
}
