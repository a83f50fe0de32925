import type { Db } from '../../src/graphql/context';

/** A lease as the table of heartbeats knows it. */
export interface BeatingLease {
  leaseId: string;
  provider: string;
  /** Fencing token. */
  token: number;
  ttlMs: number;
}

/** How long rows of ended leases are kept. */
const KEEP_OVER = '1 day';

/** Gives every lease a row; those that have one keep it. A new row starts with a full TTL. */
export async function insertBeats(db: Db, leases: readonly BeatingLease[]): Promise<void> {
  if (leases.length === 0) return;
  await db.query(
    `insert into lease_beat (lease_id, provider, token, ttl_ms)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::int[])
     on conflict (lease_id) do nothing`,
    columnsOf(leases),
  );
}

/** Notes that a lease is in use. @returns false when it has lapsed or ended: then it no longer counts */
export async function beat(db: Db, lease: BeatingLease): Promise<boolean> {
  return (await beatAll(db, [lease])).has(lease.leaseId);
}

/** Notes that these leases are in use, in one statement. @returns the ids of those that still count */
export async function beatAll(db: Db, leases: readonly BeatingLease[]): Promise<ReadonlySet<string>> {
  if (leases.length === 0) return new Set();
  const each = new Map(leases.map((lease) => [lease.leaseId, lease]));
  const rows = await db.query<{ lease_id: string }>(
    `insert into lease_beat (lease_id, provider, token, ttl_ms)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::int[])
     on conflict (lease_id) do update set seen_at = now()
       where lease_beat.token = excluded.token and lease_beat.state = 'live'
     returning lease_id`,
    columnsOf([...each.values()]),
  );
  return new Set(rows.map(({ lease_id }) => lease_id));
}

/**
 * Notes that the holder is being told the secret of the leased key, which happens once. Beats for the lease too: whoever
 * fetches the secret is about to use it.
 * @returns false when it was told before, or the lease has lapsed or ended
 */
export async function claimSecret(db: Db, lease: BeatingLease): Promise<boolean> {
  const rows = await db.query(
    `insert into lease_beat (lease_id, provider, token, ttl_ms, secret_sent)
     select *, true from unnest($1::text[], $2::text[], $3::bigint[], $4::int[])
     on conflict (lease_id) do update set seen_at = now(), secret_sent = true
       where lease_beat.token = excluded.token and lease_beat.state = 'live' and not lease_beat.secret_sent
     returning lease_id`,
    columnsOf([lease]),
  );
  return rows.length === 1;
}

/**
 * Marks the leases whose TTL has passed without a heartbeat, each once. Time in which nobody could beat does not count:
 * everybody has a full TTL from the start of Postgres and from `since`.
 * @param since milliseconds since the epoch by this database's clock
 */
export async function markLapsed(db: Db, since: number): Promise<void> {
  await db.query(
    `update lease_beat set state = 'lapsed'
     where state = 'live'
       and greatest(seen_at, pg_postmaster_start_time(), to_timestamp($1 / 1000.0)) < now() - ttl_ms * interval '1 millisecond'`,
    [since],
  );
}

/** Marked leases of a pool that have not been closed, at most `limit`. */
export async function lapsedLeases(db: Db, provider: string, limit: number): Promise<{ leaseId: string; token: number }[]> {
  const rows = await db.query<{ lease_id: string; token: string }>(
    `select lease_id, token from lease_beat where provider = $1 and state = 'lapsed' order by token limit $2`, [provider, limit]);
  return rows.map(({ lease_id, token }) => ({ leaseId: lease_id, token: Number(token) }));
}

/**
 * Closes the rows of a pool's ended leases.
 * @param held leases that the pool holds
 * @param token newest token of the same state of the pool: a lease with a newer one is not known there yet
 */
export async function closeEnded(db: Db, provider: string, held: readonly string[], token: number): Promise<void> {
  await db.query(
    `update lease_beat set state = 'over'
     where provider = $1 and state <> 'over' and token <= $3 and not (lease_id = any($2))`,
    [provider, held, token],
  );
}

/** Drops rows of leases that ended long ago. */
export async function dropOld(db: Db): Promise<void> {
  await db.query(`delete from lease_beat where state = 'over' and seen_at < now() - $1::interval`, [KEEP_OVER]);
}

/** The database's clock, milliseconds since the epoch. */
export async function databaseTime(db: Db): Promise<number> {
  const [row] = await db.query<{ now: string }>('select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now');
  return Number(row!.now);
}

function columnsOf(leases: readonly BeatingLease[]): unknown[] {
  return [
    leases.map(({ leaseId }) => leaseId),
    leases.map(({ provider }) => provider),
    leases.map(({ token }) => token),
    leases.map(({ ttlMs }) => ttlMs),
  ];
}
