import path from 'node:path';
import { concurrencySlotEvents, type ConcurrencySlotEvent } from '../../schema/concurrency-slot/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/**
 * View `concurrency_slots`: one row a run that may go on. The limit on all of them is one for all tenants, so how many
 * there are is counted over all, and nothing but numbers is shown.
 */
export const concurrencySlotsProjector: Projector<typeof concurrencySlotEvents> = {
  name: 'concurrency_slots',
  version: 1,
  events: concurrencySlotEvents,
  tables: path.join(projectRoot, 'projections/concurrency-slot/tables.sql'),
  shared: true,
  project: (events) => events.map(change),
};

function change(event: Projected<ConcurrencySlotEvent>): Change {
  const { position } = event.at;
  const table = 'concurrency_slots';
  const key = { run_id: event.data.runId };
  switch (event.type) {
    case 'SlotReserved': {
      const { tenant, userId, expiresAt } = event.data;
      return { kind: 'put', table, key, position, set: { tenant_id: tenant, user_id: userId, expires_at: new Date(expiresAt) } };
    }
    case 'SlotRenewed':
      return { kind: 'patch', table, key, position, set: { expires_at: new Date(event.data.expiresAt) } };
    case 'SlotReleased':
      return { kind: 'remove', table, key, position };
    default:
      return event satisfies never;
  }
}
