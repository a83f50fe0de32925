import type { ErrorCode } from '../../schema/errors/catalogue';
import { RunKind, RunStage, RunState, type FailureCategory, type Operation, type RunOutputKind, type Scenario } from '../../schema/run/enums';
import type { RunOutput, RunStep } from '../../schema/run/parts';
import type { Run } from '../../schema/run/types';
import { sql, type Sql } from '../../src/graphql/sql';

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
  operation: string | null;
  pool: string | null;
  scenario: string | null;
  auto_poll: boolean | null;
  watched: boolean;
  prompt: string | null;
  key_name: string | null;
  job_id: string | null;
  vendor_status: string | null;
  http_status: number | null;
  failure_category: string | null;
  usage_unit: string | null;
  usage_amount: string | null;
  created_at: Date;
  updated_at: Date;
  revision: string;
  position: string;
}

/** A row of `views.run_details`. */
export interface RunDetailsRow {
  run_id: string;
  parameters: string | null;
  endpoint: string | null;
  request: string | null;
  response: string | null;
  diagnosis: string | null;
  diagnosis_model: string | null;
  diagnosis_attempt: number | null;
}

export interface RunStepRow {
  run_id: string;
  revision: string;
  stage: string;
  attempt: number;
  at: Date;
  data: { keyName?: string; jobId?: string; vendorStatus?: string; httpStatus?: number };
}

/** A row of `views.run_outputs`. */
export interface RunOutputRow {
  id: string;
  run_id: string;
  kind: string;
  content_type: string;
  bytes: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  blob: string | null;
  thumbnail: string | null;
  digest: string | null;
}

/** A stage that was kept, with its place among all changes of the run. */
export interface KeptStep extends RunStep {
  revision: bigint;
}

/** All stages of some runs, in order. A stage that names no attempt belongs to that of the stage before. */
export const stepsOf = (tenantId: string, runIds: readonly string[]): Sql => sql`
  select run_id, revision, stage, at, data, max(attempt) over (partition by run_id order by revision) as attempt
  from views.run_steps where tenant_id = ${tenantId} and run_id = any(${runIds}) order by run_id, revision`;

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
    operation: row.operation as Operation | null,
    pool: row.pool,
    scenario: row.scenario as Scenario | null,
    autoPoll: row.auto_poll,
    watched: row.watched,
    prompt: row.prompt,
    keyName: row.key_name,
    jobId: row.job_id,
    vendorStatus: row.vendor_status,
    httpStatus: row.http_status,
    failureCategory: row.failure_category as FailureCategory | null,
    usage: row.usage_unit === null || row.usage_amount === null ? null : { unit: row.usage_unit, amount: Number(row.usage_amount) },
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    revision: String(row.revision),
    position: BigInt(row.position),
  };
}

const nothingMore = {
  position: null, reason: null, retryAfterMs: null, estimatedWaitMs: null, keyName: null, jobId: null, vendorStatus: null, httpStatus: null,
};

export function toStep({ revision, stage, attempt, at, data }: RunStepRow): KeptStep {
  return { ...nothingMore, ...data, revision: BigInt(revision), stage: stage as RunStage, attempt, at: new Date(at) };
}

/** The stages of work that is no generation, as far as the run itself tells. */
export function plainSteps({ state, attempt, createdAt, updatedAt, revision }: Run): KeptStep[] {
  const start: KeptStep = { ...nothingMore, revision: 0n, stage: RunStage.START, attempt: 1, at: createdAt };
  const stage = PLAIN_STAGES[state];
  return stage ? [start, { ...nothingMore, revision: BigInt(revision), stage, attempt: Math.max(attempt, 1), at: updatedAt }] : [start];
}

const PLAIN_STAGES: Readonly<Partial<Record<RunState, RunStage>>> = {
  [RunState.SUBMITTED]: RunStage.SUBMITTED, [RunState.SUCCEEDED]: RunStage.COMPLETED, [RunState.FAILED]: RunStage.FAILED,
};

export function toOutput({ id, kind, content_type, bytes, width, height, duration_ms, blob, thumbnail }: RunOutputRow): RunOutput {
  return {
    id,
    kind: kind as RunOutputKind,
    contentType: content_type,
    bytes,
    width,
    height,
    durationMs: duration_ms,
    url: blob && outputPath(id),
    thumbnailUrl: thumbnail && `${outputPath(id)}/thumbnail`,
  };
}

/** Where `src/http/output-route.ts` serves it. */
const outputPath = (id: string): string => `/outputs/${encodeURIComponent(id)}`;
