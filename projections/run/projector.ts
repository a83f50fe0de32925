import path from 'node:path';
import { runEvents, type RunEvent, type RunOutputData } from '../../schema/run/events';
import { projectRoot } from '../../src/paths';
import type { Change, Open, Projected, Projector, Row } from '../../src/projection-runtime/projector';
import { promptLine } from './prompt-line';
import { stepOf } from './step';

/**
 * View `runs`: one row a run, newest state; beside it what is long, every stage, and the files it made. Texts stand here in
 * clear: these tables can be erased, the log cannot.
 */
export const runsProjector: Projector<typeof runEvents> = {
  name: 'runs',
  version: 2,
  events: runEvents,
  tables: path.join(projectRoot, 'projections/run/tables.sql'),
  live: { table: 'runs', key: 'id' },
  project: (events, open) => events.flatMap((event) => [...changes(event, open), ...stepChanges(event)]),
};

type Event = Projected<RunEvent>;

function stepChanges(event: Event): Change[] {
  const { position, revision, metadata } = event.at;
  const step = stepOf(event);
  if (!step) return [];
  const { stage, attempt, data } = step;
  return [{
    kind: 'put', table: 'run_steps', key: { run_id: event.data.runId, revision }, position,
    set: { tenant_id: metadata.tenant, stage, attempt, at: new Date(metadata.at), data },
  }];
}

/** Nothing of how an earlier attempt, or look for its outcome, ended. */
const NOT_ENDED = { failure: null, failure_code: null, failure_category: null, duration_ms: null };

function changes(event: Event, open: Open): Change[] {
  const { position, revision, metadata } = event.at;
  const { runId } = event.data;
  const seen = { updated_at: new Date(metadata.at), revision };
  const patch = (set: Row): Change => ({ kind: 'patch', table: 'runs', key: { id: runId }, position, set: { ...set, ...seen } });
  const patchDetails = (set: Row): Change => ({ kind: 'patch', table: 'run_details', key: { run_id: runId }, position, set });
  switch (event.type) {
    case 'RunRequested':
      return requested(event, open, seen);
    case 'RunStarted':
      return [patch({ state: 'submitted', attempt: event.data.attempt })];
    case 'RunQueued':
      return [patch({ state: 'queued', attempt: event.data.attempt })];
    case 'RunRejected': {
      const { attempt, code, reason, durationMs } = event.data;
      return [patch({ state: 'rejected', attempt, failure: reason, failure_code: code, duration_ms: durationMs })];
    }
    case 'RunLeased':
      return [patch({ state: 'leased', key_name: event.data.keyName })];
    case 'RunSubmissionBegun': {
      const { endpoint, request } = event.data;
      return [patch({}), patchDetails({ endpoint, request: open(request) })];
    }
    case 'RunSubmitted': {
      const { jobId, httpStatus, response } = event.data;
      return [patch({ state: 'submitted', job_id: jobId, http_status: httpStatus }), patchDetails({ response: open(response) })];
    }
    case 'RunPollingStarted':
      return [patch({ state: 'polling' })];
    case 'RunVendorStatusChanged':
      return [patch({ vendor_status: event.data.status })];
    case 'RunWatchRequested':
      return [patch({ state: 'submitted', watched: true, ...NOT_ENDED })];
    case 'RunRetryRequested': {
      const nothingYet = { key_name: null, job_id: null, vendor_status: null, http_status: null, watched: false };
      return [
        patch({ state: 'requested', attempt: event.data.attempt, ...NOT_ENDED, ...nothingYet }),
        patchDetails({ endpoint: null, request: null, response: null }),
      ];
    }
    case 'RunTimedOut': {
      const { reason, durationMs } = event.data;
      return [patch({ state: 'timed_out', failure: reason, failure_code: 'E5041', failure_category: 'timeout', duration_ms: durationMs })];
    }
    case 'RunCancelled':
      return [patch({ state: 'cancelled', duration_ms: event.data.durationMs })];
    case 'RunDiagnosed': {
      const { attempt, model, report } = event.data;
      return [patch({}), patchDetails({ diagnosis: open(report), diagnosis_model: model, diagnosis_attempt: attempt })];
    }
    case 'RunSucceeded':
      return succeeded(event, open, patch, patchDetails);
    case 'RunFailed': {
      const { code, reason, durationMs, category = null, httpStatus, response } = event.data;
      const ended = { state: 'failed', failure: reason, failure_code: code, failure_category: category, duration_ms: durationMs };
      return [patch({ ...ended, ...statusColumn(httpStatus) }), ...(response ? [patchDetails({ response: open(response) })] : [])];
    }
    default:
      return event satisfies never;
  }
}

function requested({ data, at }: Extract<Event, { type: 'RunRequested' }>, open: Open, seen: Row): Change[] {
  const { runId, kind, model, provider, simulated, requestedBy, sessionId, messageId, generation } = data;
  const { position, metadata } = at;
  const parameters = generation ? open(generation.parameters) : null;
  const run: Change = {
    kind: 'put', table: 'runs', key: { id: runId }, position,
    set: {
      tenant_id: metadata.tenant,
      kind,
      state: 'requested',
      model,
      provider,
      simulated,
      requested_by: requestedBy,
      session_id: sessionId ?? null,
      message_id: messageId ?? null,
      attempt: generation ? 1 : 0,
      operation: generation?.operation ?? null,
      pool: generation?.pool ?? null,
      scenario: generation?.scenario ?? null,
      auto_poll: generation?.autoPoll ?? null,
      watched: false,
      prompt: promptLine(parameters),
      created_at: new Date(metadata.at),
      ...seen,
    },
  };
  if (!generation) return [run];
  return [run, { kind: 'put', table: 'run_details', key: { run_id: runId }, position, set: { tenant_id: metadata.tenant, parameters } }];
}

function succeeded(
  { data, at }: Extract<Event, { type: 'RunSucceeded' }>, open: Open, patch: (set: Row) => Change, patchDetails: (set: Row) => Change,
): Change[] {
  const { runId, promptTokens, completionTokens, cost, durationMs, outputRef, outputs = [], httpStatus, response, usage } = data;
  const ended: Row = {
    ...NOT_ENDED,
    state: 'succeeded',
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cost,
    duration_ms: durationMs,
    output_ref: outputRef,
    ...(usage ? { usage_unit: usage.unit, usage_amount: usage.amount } : {}),
    ...statusColumn(httpStatus),
  };
  return [
    patch(ended),
    ...(response ? [patchDetails({ response: open(response) })] : []),
    ...outputs.map((output, ordinal) => outputChange(runId, output, ordinal, at)),
  ];
}

const statusColumn = (httpStatus: number | undefined): Row => (httpStatus === undefined ? {} : { http_status: httpStatus });

function outputChange(runId: string, output: RunOutputData, ordinal: number, { position, metadata }: Event['at']): Change {
  const { outputId, kind, contentType, bytes, width, height, durationMs, blob, thumbnail, digest } = output;
  return {
    kind: 'put', table: 'run_outputs', key: { id: outputId }, position,
    set: {
      tenant_id: metadata.tenant, run_id: runId, ordinal, kind, content_type: contentType, bytes, width, height,
      duration_ms: durationMs, blob, thumbnail, digest,
    },
  };
}
