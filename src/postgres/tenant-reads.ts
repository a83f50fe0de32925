import type { Pool, PoolClient } from 'pg';
import { createPool, EVERY_TENANT, NO_TENANT, TENANT_SETTING, type PoolOptions } from './pool';

/** Runs statements that see the rows of one tenant. */
export interface Reads {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** Connections for reading on behalf of callers. */
export interface TenantReads {
  /** To its statements the rows of other tenants do not exist. Without a tenant there are no rows at all. */
  of(tenant: string | undefined): Reads;
  close(): Promise<void>;
}

const SERVE = `select set_config('${TENANT_SETTING}', $1, false)`;

/**
 * A pool whose statements each see one tenant, by row-level security: also a statement that forgot to ask for it. A
 * connection runs one statement at a time, and is told for whom only when it last served somebody else.
 */
export function createTenantReads(url: string, options: Omit<PoolOptions, 'tenant'>): TenantReads {
  const pool = createPool(url, { ...options, tenant: NO_TENANT });
  const served = new WeakMap<PoolClient, string>();

  async function serve(client: PoolClient, tenant: string): Promise<void> {
    if (served.get(client) === tenant) return;
    // Until it has answered, the connection is not known to serve anybody.
    served.delete(client);
    await client.query({ name: 'serve-tenant', text: SERVE, values: [tenant] });
    served.set(client, tenant);
  }

  async function run<Row extends object>(tenant: string, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      await serve(client, tenant);
      return (await client.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      client.release(failure);
    }
  }

  return {
    of(tenant = NO_TENANT) {
      if (tenant === EVERY_TENANT) throw new Error('No caller belongs to every tenant');
      return { query: (sql, parameters = []) => run(tenant, sql, parameters) };
    },
    close: () => pool.end(),
  };
}

/** Whether the database's role is beyond row-level security, so that only the statements keep tenants apart. */
export async function bypassesRowSecurity(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ bypasses: boolean }>(
    'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user');
  return rows[0]?.bypasses ?? true;
}
