import type { Pool } from 'pg';
import type { EventStore } from '../event-store/port';
import { BEFORE_ALL } from './checkpoints';

/** One build of a projection as an operator sees it, on whatever node it runs. */
export interface ProjectionStatus {
  name: string;
  version: number;
  build: number;
  kind: 'view' | 'reactor';
  role: 'building' | 'live' | 'retired';
  /** `unowned`: no living process keeps it. */
  state: 'running' | 'retrying' | 'stopped' | 'unowned';
  owner: string | null;
  /** Position of the last event behind the rows, undefined before the first. */
  position: bigint | undefined;
  /** Newest position of the log, undefined while the log is empty or, for the CLI, unknown. */
  head: bigint | undefined;
  /** Part of the log that is done, 0 to 1. */
  progress: number;
  error: string | null;
  errorPosition: bigint | null;
  errorEventType: string | null;
  updatedAt: Date;
}

interface StatusRow {
  name: string;
  version: number;
  build: number;
  kind: ProjectionStatus['kind'];
  role: ProjectionStatus['role'];
  state: 'running' | 'retrying' | 'stopped';
  owner: string | null;
  owned: boolean;
  position: string;
  error: string | null;
  error_position: string | null;
  error_event_type: string | null;
  updated_at: Date;
}

/** All builds of all projections in this database. */
export async function readStatus(pool: Pool, store?: Pick<EventStore, 'head'>): Promise<ProjectionStatus[]> {
  const { rows } = await pool.query<StatusRow>(
    'select *, coalesce(lease_until > now(), false) as owned from projection_checkpoint order by name, version, build');
  const positions = rows.map((row) => BigInt(row.position));
  // Without the log at hand, the projection that is furthest shows how long it is at least.
  const head = (await store?.head()) ?? positions.reduce((most, position) => (position > most ? position : most), BEFORE_ALL);
  return rows.map((row, index) => ({
    name: row.name,
    version: row.version,
    build: row.build,
    kind: row.kind,
    role: row.role,
    state: row.owned ? row.state : 'unowned',
    owner: row.owned ? row.owner : null,
    position: positions[index]! === BEFORE_ALL ? undefined : positions[index]!,
    head: head === BEFORE_ALL ? undefined : head,
    progress: head <= 0n ? 1 : Math.min(1, Math.max(0, Number(positions[index]! * 10_000n / head) / 10_000)),
    error: row.error,
    errorPosition: row.error_position === null ? null : BigInt(row.error_position),
    errorEventType: row.error_event_type,
    updatedAt: row.updated_at,
  }));
}
