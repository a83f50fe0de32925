import type { Pool } from 'pg';
import type { EventStore } from './event-store/port';
import type { ReadinessCheck } from './http/health';
import type { ProjectionRuntime } from './projection-runtime/runtime';

/** What the server cannot work without: the log, Postgres, and views that are kept by somebody. */
export function readinessChecks(
  { store, pool, rowSecurity, projections }: { store: EventStore; pool: Pool; rowSecurity: boolean; projections: ProjectionRuntime },
): ReadinessCheck[] {
  return [
    { name: 'event_store', check: async () => ({ ok: true, details: { head: String((await store.head()) ?? 0n) } }) },
    {
      name: 'postgres',
      check: async () => {
        await pool.query('select 1');
        return { ok: true, details: { connections: pool.totalCount, waiting: pool.waitingCount, rowSecurity } };
      },
    },
    {
      name: 'projections',
      check: async () => {
        const live = (await projections.status()).filter(({ role }) => role === 'live');
        const bad = live.filter(({ state }) => state !== 'running');
        return { ok: bad.length === 0, details: { running: live.length - bad.length, failing: bad.map(({ name }) => name).join(', ') } };
      },
    },
  ];
}
