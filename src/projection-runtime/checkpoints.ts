import { hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Write } from './statements';

/** Position before the first event of a log. */
export const BEFORE_ALL = -1n;

/** Identity of one build of a projection: its primary key in `projection_checkpoint`. */
export interface BuildId {
  name: string;
  version: number;
  build: number;
}

export interface Checkpoint extends BuildId {
  kind: 'view' | 'reactor';
  role: 'building' | 'live' | 'retired';
  store: string;
  position: bigint;
  epoch: bigint;
  state: 'running' | 'retrying' | 'stopped';
  /** Whether indexes wait to be made. */
  indexesAside: boolean;
}

/** Another owner has taken over, the build was replaced, or the database lost what this process believed committed. */
export class Fenced extends Error {
  constructor({ name, version, build }: BuildId) {
    super(`Projection ${name} v${version}.${build} is no longer ours to write`);
    this.name = 'Fenced';
  }
}

/** Name of the Postgres schema that holds the tables of a build. */
export function schemaOf({ name, version, build }: BuildId): string {
  return build === 1 ? `${name}_v${version}` : `${name}_v${version}_r${build}`;
}

/** SQL condition for one build whose `partsOf` are the first three parameters. */
export const OF_BUILD = 'name = $1 and version = $2 and build = $3';

export function partsOf({ name, version, build }: BuildId): [string, number, number] {
  return [name, version, build];
}

export function keyOf({ name, version, build }: BuildId): string {
  return `${name}/${version}/${build}`;
}

/** Told of every move of a checkpoint that queries depend on; the payload is a PositionNotice. */
export const POSITION_CHANNEL = 'projection_position';

export interface PositionNotice {
  view: string;
  version: number;
  build: number;
  position: string;
  /** Whether rows of the live table changed. */
  changed: boolean;
}

export interface Move {
  id: BuildId;
  epoch: bigint;
  from: bigint;
  to: bigint;
  notice: PositionNotice | undefined;
  /** Whether the move must outlive a crash of Postgres. */
  durable: boolean;
}

/**
 * Moves a checkpoint and writes rows with it, in one statement, and tells about it on commit. It moves only from where
 * this owner believes it to be, and the rows are written only when it moves: so neither a former owner nor an owner
 * whose last commits the database lost can write.
 * @param writes of one round: no row twice
 * @returns whether queries see the build, as of now
 * @throws Fenced when the checkpoint is elsewhere or owned by another
 */
export async function moveCheckpoint(
  client: Pick<Pool | PoolClient, 'query'>,
  { id, epoch, from, to, notice, durable }: Move,
  writes: readonly Write[] = [],
): Promise<Checkpoint['role']> {
  const onlyIfMoved = (parameter: number): string => `(case when exists (select from moved) then $${parameter}::json else '[]' end)`;
  const tell = 'case when $8::text is not null then pg_notify($7, $8) end';
  const ease = durable ? '' : ", set_config('synchronous_commit', 'off', true)";
  const text = `with moved as (
      update projection_checkpoint
      set position = $6, state = 'running', error = null, error_position = null, error_event_type = null, updated_at = now()
      where ${OF_BUILD} and epoch = $4 and position = $5 and $6 > position
      returning role
    )${writes.map(({ over }, index) => `, write_${index} as (${over(onlyIfMoved(9 + index))})`).join('')}
    select role, ${tell}${ease} from moved`;
  const told = notice ? JSON.stringify(notice) : null;
  const values = [...partsOf(id), epoch, from, to, POSITION_CHANNEL, told, ...writes.map(({ rows }) => rows)];
  // Named, so that a connection plans each of the few texts once.
  const { rows } = await client.query<{ role: Checkpoint['role'] }>({ name: `move_${hash('sha1', text)}`, text, values });
  if (!rows[0]) throw new Fenced(id);
  return rows[0].role;
}

/** The checkpoint as its owner finds it. @throws Fenced when this epoch does not own it any more */
export async function readCheckpoint(pool: Pool, id: BuildId, epoch: bigint): Promise<Checkpoint> {
  const { rows } = await pool.query<CheckpointRow>(
    `select * from projection_checkpoint where ${OF_BUILD} and epoch = $4`,
    [...partsOf(id), epoch],
  );
  if (!rows[0]) throw new Fenced(id);
  return toCheckpoint(rows[0]);
}

/** Shows why a projection does not get on. @throws Fenced */
export async function writeTrouble(
  pool: Pool,
  id: BuildId,
  epoch: bigint,
  trouble: { state: 'retrying' | 'stopped'; error: string; position: bigint | null; eventType: string | null },
): Promise<void> {
  const { rowCount } = await pool.query(
    `update projection_checkpoint set state = $5, error = $6, error_position = $7, error_event_type = $8, updated_at = now()
     where ${OF_BUILD} and epoch = $4`,
    [...partsOf(id), epoch, trouble.state, trouble.error.slice(0, 2_000), trouble.position, trouble.eventType],
  );
  if (rowCount !== 1) throw new Fenced(id);
}

export interface CheckpointRow {
  name: string;
  version: number;
  build: number;
  kind: 'view' | 'reactor';
  role: 'building' | 'live' | 'retired';
  store: string;
  position: string;
  epoch: string;
  state: 'running' | 'retrying' | 'stopped';
  indexes_aside: string[];
}

export function toCheckpoint(row: CheckpointRow): Checkpoint {
  const { name, version, build, kind, role, store, state } = row;
  return {
    name, version, build, kind, role, store, state,
    position: BigInt(row.position),
    epoch: BigInt(row.epoch),
    indexesAside: row.indexes_aside.length > 0,
  };
}
