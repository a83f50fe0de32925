import type { Pool } from 'pg';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import { createNotifications, type Notifications } from '../../../src/postgres/notifications';
import { createPool } from '../../../src/postgres/pool';
import { createTenantReads, type TenantReads } from '../../../src/postgres/tenant-reads';
import { createProjectionRuntime, type ProjectionRuntime, type ProjectionRuntimeOptions } from '../../../src/projection-runtime/runtime';
import { createMigratedDatabase } from '../../support/database';
import { asPlainRole } from '../../support/plain-role';

export interface Setting {
  url: string;
  pool: Pool;
  /** Sees one tenant. */
  reads: TenantReads;
  notifications: Notifications;
  store: EventStore;
  /** A started runtime with short times; stopped with the setting. */
  runtime(options: Partial<ProjectionRuntimeOptions>): Promise<ProjectionRuntime>;
  close(): Promise<void>;
}

const neverOpened = { open: () => Promise.reject(new Error('nothing is sealed here')) };

/** A migrated database of its own, of a role that row-level security holds for, and an empty log. */
export async function createSetting(): Promise<Setting> {
  const database = await createMigratedDatabase();
  const url = await asPlainRole(database.url);
  const pool = createPool(url, { max: 12, applicationName: 'test' });
  const reads = createTenantReads(url, { max: 4, applicationName: 'test reads' });
  const notifications = createNotifications(url);
  const store = createInMemoryEventStore();
  const runtimes: ProjectionRuntime[] = [];
  return {
    url, pool, reads, notifications, store,
    async runtime(options) {
      const runtime = createProjectionRuntime({ store, pool, notifications, vault: neverOpened, projectors: [], ...options });
      runtimes.push(runtime);
      await runtime.start();
      return runtime;
    },
    async close() {
      await Promise.all(runtimes.map((runtime) => runtime.stop()));
      await notifications.stop();
      await Promise.all([reads.close(), pool.end()]);
      await database.drop();
    },
  };
}

type MaybeLater<Value> = Value | Promise<Value>;

/** Ends the connections of one name in this database, as a restart of Postgres does. */
export async function cutConnections(pool: Pool, applicationName: string): Promise<void> {
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = $1 and datname = current_database() and pid <> pg_backend_pid()`,
    [applicationName],
  );
}

/** Waits until `condition` answers something else than undefined or false. */
export async function eventually<Result>(condition: () => MaybeLater<Result | undefined | false>, timeoutMs = 10_000): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) throw new Error('The condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
