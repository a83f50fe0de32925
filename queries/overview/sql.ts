import type { Overview } from '../../schema/overview/types';
import type { Db } from '../../src/graphql/context';

export type Counts = Omit<Overview, 'projections' | 'log'>;

const COUNTS = `
  select
    (select count(*)::int from views.users where tenant_id = $1 and state = 'active') as "users",
    (select count(*)::int from views.virtual_keys where tenant_id = $1 and state = 'active') as "activeKeys",
    (select count(*)::int from views.virtual_keys where tenant_id = $1 and state = 'pending') as "pendingKeys",
    (select coalesce(sum(active_leases), 0)::int from views.key_pools where tenant_id = $1) as "activeLeases",
    (select coalesce(sum(waiting), 0)::int from views.key_pools where tenant_id = $1) as "waiting",
    (select count(*)::int from views.runs where tenant_id = $1 and state in ('requested', 'queued', 'leased', 'submitted', 'polling')) as "runsRunning",
    (select count(*)::int from views.runs where tenant_id = $1 and state in ('failed', 'timed_out') and updated_at > $2) as "runsFailedLastHour",
    (select count(*)::int from views.chat_sessions where tenant_id = $1) as "chatSessions"`;

const HOUR_MS = 3_600_000;

/** All figures of a tenant in one statement. */
export async function readCounts(db: Db, tenantId: string, now: Date): Promise<Counts> {
  const [counts] = await db.query<Counts>(COUNTS, [tenantId, new Date(now.getTime() - HOUR_MS)]);
  return counts!;
}
