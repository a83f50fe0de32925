import { Pool, type PoolClient } from 'pg';
import { silentLog, type Log } from './log';

/** Setting of a connection that row-level security judges by: the tenant whose rows it sees. */
export const TENANT_SETTING = 'keyledger.tenant';
/** Every tenant: for what the server does itself. */
export const EVERY_TENANT = '*';
/** No tenant, hence no rows. */
export const NO_TENANT = '';

export interface PoolOptions {
  /** Most connections held at a time. */
  max: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Whose rows new connections see; default all. */
  tenant?: string;
  /** Milliseconds after which Postgres cancels a statement; undefined means never. */
  statementTimeoutMs?: number;
  log?: Log;
}

/** A frozen process must not keep row locks: Postgres ends its transaction after this many milliseconds of silence. */
const IDLE_IN_TRANSACTION_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** The only maker of pools. Connections that break while idle are logged and replaced by the next query. */
export function createPool(url: string, { max, applicationName, tenant = EVERY_TENANT, statementTimeoutMs, log = silentLog }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: withSetting(url, TENANT_SETTING, tenant),
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

/** The connection string with one more setting of the session, beside options that it may have already. */
function withSetting(url: string, name: string, value: string): string {
  const option = encodeURIComponent(`-c ${name}=${value}`);
  const given = /([?&]options=)([^&]*)/;
  if (given.test(url)) return url.replace(given, `$1$2%20${option}`);
  return `${url}${url.includes('?') ? '&' : '?'}options=${option}`;
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
