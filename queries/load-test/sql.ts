import type { BurstResult } from '../../schema/load-test/events';
import type { LoadTest, LoadTestState } from '../../schema/load-test/types';

/** A row of `views.load_tests`. */
export interface LoadTestRow {
  id: string;
  tenant_id: string;
  state: LoadTestState;
  plan: { providers: string[]; bursts: number[]; minHoldMs: number; maxHoldMs: number };
  outcome: { results: BurstResult[] };
  failure: string | null;
  requested_by: string;
  created_at: Date;
  finished_at: Date | null;
  revision: string;
  position: string;
}

export function toLoadTest(row: LoadTestRow): LoadTest {
  return {
    id: row.id,
    requestedById: row.requested_by,
    state: row.state,
    ...row.plan,
    results: row.outcome.results.map((result) => ({ ...result, successRate: result.succeeded / result.burst })),
    failure: row.failure,
    createdAt: new Date(row.created_at),
    finishedAt: row.finished_at && new Date(row.finished_at),
    revision: String(row.revision),
    position: BigInt(row.position),
  };
}
