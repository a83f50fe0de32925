import type { ErrorCode } from '../../schema/errors/catalogue';
import { RunKind, RunState, type Run } from '../../schema/run/types';

/** A row of `views.runs`. */
export interface RunRow {
  id: string;
  tenant_id: string;
  kind: string;
  state: string;
  model: string;
  provider: string;
  simulated: boolean;
  requested_by: string;
  attempt: number;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  cost: string | null;
  duration_ms: number | null;
  failure: string | null;
  failure_code: string | null;
  created_at: Date;
  updated_at: Date;
  revision: string;
  position: string;
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    requestedById: row.requested_by,
    kind: row.kind as RunKind,
    state: row.state as RunState,
    model: row.model,
    provider: row.provider,
    simulated: row.simulated,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    cost: row.cost,
    durationMs: row.duration_ms,
    failure: row.failure,
    failureCode: row.failure_code as ErrorCode | null,
    attempt: row.attempt,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
    position: BigInt(row.position),
  };
}
