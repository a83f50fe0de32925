import path from 'node:path';
import { runEvents, type RunEvent } from '../../schema/run/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/** View `runs`: one row a run, newest state. */
export const runsProjector: Projector<typeof runEvents> = {
  name: 'runs',
  version: 1,
  events: runEvents,
  tables: path.join(projectRoot, 'projections/run/tables.sql'),
  live: { table: 'runs', key: 'id' },
  project: (events) => events.map(change),
};

function change(event: Projected<RunEvent>): Change {
  const { position, revision, metadata } = event.at;
  const table = 'runs';
  const key = { id: event.data.runId };
  const seen = { updated_at: new Date(metadata.at), revision };
  switch (event.type) {
    case 'RunRequested': {
      const { kind, model, provider, simulated, requestedBy, sessionId, messageId } = event.data;
      return {
        kind: 'put', table, key, position,
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
          attempt: 0,
          created_at: new Date(metadata.at),
          ...seen,
        },
      };
    }
    case 'RunStarted':
      return { kind: 'patch', table, key, position, set: { state: 'submitted', attempt: event.data.attempt, ...seen } };
    case 'RunSucceeded': {
      const { promptTokens, completionTokens, cost, durationMs, outputRef } = event.data;
      return {
        kind: 'patch', table, key, position,
        set: {
          state: 'succeeded',
          prompt_tokens: promptTokens,
          completion_tokens: completionTokens,
          cost,
          duration_ms: durationMs,
          output_ref: outputRef,
          ...seen,
        },
      };
    }
    case 'RunFailed': {
      const { code, reason, durationMs } = event.data;
      const set = { state: 'failed', failure: reason, failure_code: code, duration_ms: durationMs, ...seen };
      return { kind: 'patch', table, key, position, set };
    }
    default:
      return event satisfies never;
  }
}
