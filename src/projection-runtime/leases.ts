import type { Pool } from 'pg';
import { keyOf, toCheckpoint, type BuildId, type Checkpoint, type CheckpointRow } from './checkpoints';

/** Says that builds may have become free, or that an operator asks for something. */
export const CONTROL_CHANNEL = 'projection_control';

/** A build that this process owns as long as nobody raises its epoch. */
export type Owned = BuildId & { epoch: bigint };

/**
 * Takes what is free or expired, by Postgres' time. Each taking raises the epoch, which is what fences a former owner;
 * the lease only keeps two from working in vain. A build that its own version has superseded is left alone.
 */
export async function acquire(
  pool: Pool,
  owner: string,
  wanted: readonly { name: string; version: number }[],
  leaseMs: number,
): Promise<Checkpoint[]> {
  const { rows } = await pool.query<CheckpointRow>(
    `with free as (
       select c.name, c.version, c.build from projection_checkpoint c
       join unnest($2::text[], $3::int[]) as w (name, version) using (name, version)
       where (c.lease_until is null or c.lease_until < now())
         and not (c.role = 'retired' and exists (
           select from projection_checkpoint l where l.name = c.name and l.version = c.version and l.role = 'live'))
       order by c.name, c.version, c.build
       for update of c skip locked
     )
     update projection_checkpoint c
     set owner = $1, epoch = c.epoch + 1, lease_until = now() + $4 * interval '1 millisecond',
       state = 'running', error = null, error_position = null, error_event_type = null
     from free
     where c.name = free.name and c.version = free.version and c.build = free.build
     returning c.*`,
    [owner, wanted.map(({ name }) => name), wanted.map(({ version }) => version), leaseMs],
  );
  return rows.map(toCheckpoint);
}

/** Prolongs what is owned. @returns the keys of those that are still ours */
export async function renew(pool: Pool, owned: readonly Owned[], leaseMs: number): Promise<Set<string>> {
  const { rows } = await pool.query<BuildId>(
    `update projection_checkpoint c set lease_until = now() + $5 * interval '1 millisecond'
     from unnest($1::text[], $2::int[], $3::int[], $4::bigint[]) as o (name, version, build, epoch)
     where c.name = o.name and c.version = o.version and c.build = o.build and c.epoch = o.epoch
     returning c.name, c.version, c.build`,
    [...columns(owned), leaseMs],
  );
  return new Set(rows.map(keyOf));
}

/** Gives back what is still ours, so that another process need not wait for the lease to end. */
export async function release(pool: Pool, owned: readonly Owned[]): Promise<void> {
  await pool.query(
    `with given as (
       update projection_checkpoint c set owner = null, lease_until = null
       from unnest($1::text[], $2::int[], $3::int[], $4::bigint[]) as o (name, version, build, epoch)
       where c.name = o.name and c.version = o.version and c.build = o.build and c.epoch = o.epoch
       returning 1
     )
     select pg_notify('${CONTROL_CHANNEL}', '') from given limit 1`,
    columns(owned),
  );
}

/** Ends the leases of owners that are gone. Should one live on after all, whoever takes its builds fences it. */
export async function free(pool: Pool, owners: readonly string[]): Promise<void> {
  await pool.query('update projection_checkpoint set owner = null, lease_until = null where owner = any($1::text[])', [owners]);
}

function columns(owned: readonly Owned[]): unknown[] {
  return [
    owned.map(({ name }) => name),
    owned.map(({ version }) => version),
    owned.map(({ build }) => build),
    owned.map(({ epoch }) => epoch.toString()),
  ];
}
