import { escapeIdentifier } from 'pg';
import type { Reads } from '../postgres/tenant-reads';
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

/** A row of the view, and where it stands; without a row where there is none behind the place. */
type FoundRow = { feed_version: number; feed_build: number; feed_committed: string } & ({ feed_key: null } | (LiveRow & { feed_key: string }));

/**
 * The next rows of a live view behind a place, by position and key, in one snapshot with the view's checkpoint: so
 * all changes up to `committed` are there. A row stands only where it was last changed.
 * @throws Error when the view does not exist
 */
export async function readRows(reads: Reads, { view, live, after, limit, tenant }: RowQuery): Promise<RowPage> {
  const key = `t.${escapeIdentifier(live.key)}::text collate "C"`;
  const behind = after.key === null ? 't.position > $2' : `t.position >= $2 and (t.position > $2 or ${key} > $5)`;
  const found = await reads.query<FoundRow>(
    `select c.version as feed_version, c.build as feed_build, c.position as feed_committed, r.*
      from projection_checkpoint c
      left join lateral (
        select ${key} as feed_key, t.* from views.${escapeIdentifier(live.table)} t
        where ${behind} and ($4::text is null or t.tenant_id = $4)
        order by t.position, feed_key limit $3
      ) r on true
      where c.name = $1 and c.role = 'live'
      order by r.position, r.feed_key`,
    [view, after.position, limit, tenant ?? null, ...(after.key === null ? [] : [after.key])],
  );
  const [first] = found;
  if (!first) throw new Error(`There is no live build of the view ${view}`);
  const rows = found.flatMap(({ feed_version: _version, feed_build: _build, feed_committed: _committed, ...each }): PlacedRow[] => {
    if (each.feed_key === null) return [];
    const { feed_key: key, ...row } = each;
    return [{ place: { position: BigInt(row.position as string), key }, row }];
  });
  return {
    feed: { view, version: first.feed_version, build: first.feed_build },
    rows,
    committed: BigInt(first.feed_committed),
    more: rows.length === limit,
  };
}
