import { escapeIdentifier, type Pool } from 'pg';
import type { Feed, Place } from './cursor';
import type { LiveRow } from './port';

export interface PlacedRow {
  place: { position: bigint; key: string };
  row: LiveRow;
  /** Of the place, once somebody has made it. */
  cursor?: string;
}

export interface RowPage {
  feed: Feed;
  rows: PlacedRow[];
  /** Position up to which the view was committed when the rows were read. */
  committed: bigint;
  /** Whether the limit cut off rows that may lie before `committed`. */
  more: boolean;
}

export interface RowQuery {
  view: string;
  live: { table: string; key: string };
  after: Place;
  limit: number;
  /** Only rows of this tenant. */
  tenant?: string;
}

/** Columns before those of the row itself. */
const LEADING = 4;

/**
 * The next rows of a live view behind a place, by position and key, in one snapshot with the view's checkpoint: so
 * all changes up to `committed` are there. A row stands only where it was last changed.
 * @throws Error when the view does not exist
 */
export async function readRows(pool: Pool, { view, live, after, limit, tenant }: RowQuery): Promise<RowPage> {
  const key = `t.${escapeIdentifier(live.key)}::text collate "C"`;
  const behind = after.key === null ? 't.position > $2' : `t.position >= $2 and (t.position > $2 or ${key} > $5)`;
  const result = await pool.query<unknown[]>({
    rowMode: 'array',
    text: `select c.version, c.build, c.position, r.*
      from projection_checkpoint c
      left join lateral (
        select ${key} as feed_key, t.* from views.${escapeIdentifier(live.table)} t
        where ${behind} and ($4::text is null or t.tenant_id = $4)
        order by t.position, feed_key limit $3
      ) r on true
      where c.name = $1 and c.role = 'live'
      order by r.position, r.feed_key`,
    values: [view, after.position, limit, tenant ?? null, ...(after.key === null ? [] : [after.key])],
  });
  const [first] = result.rows;
  if (!first) throw new Error(`There is no live build of the view ${view}`);
  const names = result.fields.map(({ name }) => name).slice(LEADING);
  const rows = result.rows.filter((values) => values[LEADING - 1] !== null).map((values): PlacedRow => {
    const row = Object.fromEntries(names.map((name, index) => [name, values[LEADING + index]])) as LiveRow;
    return { place: { position: BigInt(row.position as string), key: values[LEADING - 1] as string }, row };
  });
  return {
    feed: { view, version: first[0] as number, build: first[1] as number },
    rows,
    committed: BigInt(first[2] as string),
    more: rows.length === limit,
  };
}
