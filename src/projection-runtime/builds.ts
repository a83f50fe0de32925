import { readFile } from 'node:fs/promises';
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { inTransaction } from '../postgres/pool';
import { readCatalog } from './catalog';
import { BEFORE_ALL, OF_BUILD, partsOf, schemaOf, toCheckpoint, type BuildId, type Checkpoint, type CheckpointRow } from './checkpoints';
import type { AnyProjector, AnyReactor } from './projector';
import { secureRows } from './row-security';

/** Told when queries have begun to see another build of a view; the payload is the view's name. */
export const SWAP_CHANNEL = 'projection_swap';

/** A checkpoint belongs to another log than the one this server reads. */
export class StoreMismatch extends Error {
  constructor(names: readonly string[], kept: string, actual: string) {
    super(`The projections ${names.join(', ')} were made from the event log ${kept}, but this server reads the log ${actual}. ` +
      'Positions of one log mean nothing in another. Point the server at the log that belongs to this database, or at a fresh database.');
    this.name = 'StoreMismatch';
  }
}

/** @throws StoreMismatch when any checkpoint of this database was made from another log */
export async function assertStore(pool: Pool, store: string): Promise<void> {
  const { rows } = await pool.query<{ name: string; store: string }>(
    'select distinct name, store from projection_checkpoint where store <> $1 order by name', [store]);
  if (rows[0]) throw new StoreMismatch(rows.map(({ name }) => name), rows[0].store, store);
}

/**
 * Makes sure there is a build of this version: tables in a schema of their own and a checkpoint before the first event.
 * Without a live predecessor queries see it at once. Builds from before rows were secured are secured now.
 */
export async function ensureView(pool: Pool, projector: AnyProjector, store: string): Promise<void> {
  const ddl = await readFile(projector.tables, 'utf8');
  await inTransaction(pool, async (client) => {
    await lockName(client, projector.name);
    const builds = await buildsOf(client, projector.name);
    for (const build of builds) await secureBuild(client, build, projector);
    if (builds.some(({ version }) => version === projector.version)) return;
    const first = !builds.some(({ role }) => role === 'live');
    await createBuild(client, { name: projector.name, version: projector.version, build: 1 }, { ...projector, ddl }, store, first ? 'live' : 'building');
  });
}

/** Starts to build the projector's version anew beside the live one. @returns the new build */
export async function startRebuild(client: PoolClient, projector: AnyProjector, store: string): Promise<BuildId> {
  const ddl = await readFile(projector.tables, 'utf8');
  await lockName(client, projector.name);
  const builds = await buildsOf(client, projector.name);
  const ofVersion = builds.filter(({ version }) => version === projector.version);
  const id = { name: projector.name, version: projector.version, build: Math.max(0, ...ofVersion.map(({ build }) => build)) + 1 };
  await createBuild(client, id, { ...projector, ddl }, store, 'building');
  return id;
}

/** Makes sure a reactor has a checkpoint; its first start begins before the first event. */
export async function ensureReactor(pool: Pool, reactor: AnyReactor, store: string): Promise<void> {
  await pool.query(
    `insert into projection_checkpoint (name, version, build, kind, role, store, position) values ($1, 1, 1, 'reactor', 'live', $2, $3)
     on conflict do nothing`,
    [reactor.name, store, BEFORE_ALL],
  );
}

/**
 * Lets queries see a build that has come as far as the live one, in one transaction. The same version's former build
 * is marked for dropping, another version stays as it is.
 * @returns false when the live build is further; try again after the next batch
 */
export async function swapIn(pool: Pool, id: BuildId, epoch: bigint): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    // Whoever waits for a view to be replaced holds up everybody who reads it: rather give up and try again.
    await client.query("set local lock_timeout to '1s'");
    await lockName(client, id.name);
    const { rows } = await client.query<CheckpointRow>('select * from projection_checkpoint where name = $1 for update', [id.name]);
    const builds = rows.map(toCheckpoint);
    const next = builds.find(({ version, build }) => version === id.version && build === id.build);
    const live = builds.find(({ role }) => role === 'live');
    if (!next || next.epoch !== epoch || next.role !== 'building') return false;
    if (live && live.position > next.position) return false;
    if (live) await retire(client, live, live.version === next.version);
    await client.query(`update projection_checkpoint set role = 'live' where ${OF_BUILD}`, partsOf(id));
    await showToQueries(client, id);
    await client.query('select pg_notify($1, $2)', [SWAP_CHANNEL, id.name]);
    return true;
  });
}

/** Drops the tables and checkpoint of a build that queries do not see. */
export async function dropBuild(client: PoolClient, id: BuildId): Promise<void> {
  const { rowCount } = await client.query(
    `delete from projection_checkpoint where ${OF_BUILD} and role <> 'live'`, partsOf(id));
  if (rowCount === 1) await client.query(`drop schema if exists ${escapeIdentifier(schemaOf(id))} cascade`);
}

/** Builds of one name, oldest first. */
export async function buildsOf(client: Pick<PoolClient, 'query'>, name: string): Promise<Checkpoint[]> {
  const { rows } = await client.query<CheckpointRow>('select * from projection_checkpoint where name = $1 order by version, build', [name]);
  return rows.map(toCheckpoint);
}

type Plan = Pick<AnyProjector, 'shared'> & { ddl: string };

async function createBuild(client: PoolClient, id: BuildId, { ddl, shared }: Plan, store: string, role: 'building' | 'live'): Promise<void> {
  await createTables(client, schemaOf(id), ddl);
  if (!shared) await secureRows(client, schemaOf(id));
  await client.query(
    "insert into projection_checkpoint (name, version, build, kind, role, store, position) values ($1, $2, $3, 'view', $4, $5, $6)",
    [...partsOf(id), role, store, BEFORE_ALL],
  );
  if (role === 'live') {
    await showToQueries(client, id);
    await client.query('select pg_notify($1, $2)', [SWAP_CHANNEL, id.name]);
  }
}

async function secureBuild(client: PoolClient, build: Checkpoint, { shared }: AnyProjector): Promise<void> {
  if (shared) return;
  const secured = await secureRows(client, schemaOf(build));
  if (secured && build.role === 'live') await showToQueries(client, build);
}

/** Runs a view's DDL inside a schema of its own; must be in a transaction. */
export async function createTables(client: PoolClient, schema: string, ddl: string): Promise<void> {
  await client.query(`create schema ${escapeIdentifier(schema)}`);
  await client.query(`set local search_path to ${escapeIdentifier(schema)}, public`);
  await client.query(ddl);
  await client.query('set local search_path to default');
}

async function retire(client: PoolClient, live: Checkpoint, superseded: boolean): Promise<void> {
  // The raised epoch stops a loop that still writes the superseded build.
  await client.query(
    `update projection_checkpoint set role = 'retired', epoch = epoch + $4, owner = case when $4 = 1 then null else owner end
     where ${OF_BUILD}`,
    [...partsOf(live), superseded ? 1 : 0],
  );
  const { rows } = await client.query<{ live_tables: string[] }>(
    `select live_tables from projection_checkpoint where ${OF_BUILD}`, partsOf(live));
  for (const table of rows[0]!.live_tables) await client.query(`drop view if exists views.${escapeIdentifier(table)}`);
}

async function showToQueries(client: PoolClient, id: BuildId): Promise<void> {
  const tables = [...(await readCatalog(client, schemaOf(id))).keys()];
  const { rows } = await client.query<{ name: string; table: string }>(
    `select name, t as "table" from projection_checkpoint, unnest(live_tables) t
     where role = 'live' and name <> $1 and t = any($2::text[])`, [id.name, tables]);
  if (rows[0]) throw new Error(`The views ${rows[0].name} and ${id.name} both have a table named ${rows[0].table}`);
  for (const table of tables) {
    const name = escapeIdentifier(table);
    await client.query(`create or replace view views.${name} with (security_invoker = true) as select * from ${escapeIdentifier(schemaOf(id))}.${name}`);
  }
  await client.query(`update projection_checkpoint set live_tables = $4 where ${OF_BUILD}`, [...partsOf(id), tables]);
}

/** Servers that start together, and a swap beside a rebuild, take turns for each name. */
async function lockName(client: PoolClient, name: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended('projection ' || $1, 0))", [name]);
}
