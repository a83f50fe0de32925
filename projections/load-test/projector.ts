import path from 'node:path';
import { loadTestEvents, type LoadTestEvent } from '../../schema/load-test/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/** View `load_tests`: one row a load test, with its figures. */
export const loadTestsProjector: Projector<typeof loadTestEvents> = {
  name: 'load_tests',
  version: 1,
  events: loadTestEvents,
  tables: path.join(projectRoot, 'projections/load-test/tables.sql'),
  live: { table: 'load_tests', key: 'id' },
  project: (events) => events.map(change),
};

function change(event: Projected<LoadTestEvent>): Change {
  const { position, revision, metadata } = event.at;
  const at = new Date(metadata.at);
  const to = { table: 'load_tests', key: { id: event.data.loadTestId }, position };
  switch (event.type) {
    case 'LoadTestRequested': {
      const { providers, bursts, minHoldMs, maxHoldMs, requestedBy } = event.data;
      return {
        kind: 'put', ...to,
        set: {
          tenant_id: metadata.tenant, state: 'running', plan: { providers, bursts, minHoldMs, maxHoldMs }, outcome: { results: [] }, failure: null,
          requested_by: requestedBy, created_at: at, finished_at: null, revision,
        },
      };
    }
    case 'LoadTestFinished':
      return { kind: 'patch', ...to, set: { state: 'finished', outcome: { results: event.data.results }, finished_at: at, revision } };
    case 'LoadTestFailed':
      return { kind: 'patch', ...to, set: { state: 'failed', failure: event.data.reason, finished_at: at, revision } };
    default:
      return event satisfies never;
  }
}
