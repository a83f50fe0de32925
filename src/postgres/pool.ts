import { Pool, type PoolClient } from 'pg';
import { silentLog, type Log } from './log';

export interface PoolOptions {
  /** Most connections held at a time. */
  max: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Milliseconds after which Postgres cancels a statement; undefined means never. */
  statementTimeoutMs?: number;
  log?: Log;
}

/** A frozen process must not keep row locks: Postgres ends its transaction after this many milliseconds of silence. */
const IDLE_IN_TRANSACTION_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** The only maker of pools. Connections that break while idle are logged and replaced by the next query. */
export function createPool(url: string, { max, applicationName, statementTimeoutMs, log = silentLog }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks in use also fails its query, which is where it is handled; unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => log.warn({ error: error.message, pool: applicationName }, 'An idle database connection was lost'));
  return pool;
}

/**
 * Runs `work` in a transaction: committed when it returns, rolled back when it throws. One that need not outlive a crash
 * of Postgres is committed without waiting for the disk.
 * @throws whatever `work` or Postgres throws; after an error of COMMIT itself the outcome is unknown
 */
export async function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>, durable = true): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(durable ? 'begin' : 'begin; set local synchronous_commit to off');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
