import path from 'node:path';
import { virtualKeyEvents, type VirtualKeyEvent } from '../../schema/virtual-key/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/** View `virtual_keys`: one row a virtual key, newest state, never its secret. */
export const virtualKeysProjector: Projector<typeof virtualKeyEvents> = {
  name: 'virtual_keys',
  version: 1,
  events: virtualKeyEvents,
  tables: path.join(projectRoot, 'projections/virtual-key/tables.sql'),
  live: { table: 'virtual_keys', key: 'id' },
  project: (events) => events.map(change),
};

function change(event: Projected<VirtualKeyEvent>): Change {
  const { position, revision, metadata } = event.at;
  const table = 'virtual_keys';
  const key = { id: event.data.keyId };
  const seen = { updated_at: new Date(metadata.at), revision };
  switch (event.type) {
    case 'VirtualKeyRequested': {
      const { keyAlias, ownerId, lastFour, models, simulated, maxBudget, budgetDuration } = event.data;
      const { rpmLimit, tpmLimit, maxParallelRequests } = event.data;
      return {
        kind: 'put', table, key, position,
        set: {
          tenant_id: metadata.tenant,
          key_alias: keyAlias,
          owner_id: ownerId,
          last_four: lastFour,
          models,
          max_budget: maxBudget,
          budget_duration: budgetDuration,
          rpm_limit: rpmLimit,
          tpm_limit: tpmLimit,
          max_parallel_requests: maxParallelRequests,
          state: 'pending',
          simulated,
          created_at: new Date(metadata.at),
          ...seen,
        },
      };
    }
    case 'VirtualKeyProvisioned': {
      const { tokenHash, expiresAt } = event.data;
      const expires = expiresAt === null ? null : new Date(expiresAt);
      const set = { state: 'active', failure: null, token_hash: tokenHash, expires_at: expires, ...seen };
      return { kind: 'patch', table, key, position, set };
    }
    case 'VirtualKeyProvisioningFailed': {
      const { reason, final } = event.data;
      return { kind: 'patch', table, key, position, set: { state: final ? 'failed' : 'pending', failure: reason, ...seen } };
    }
    default:
      return event satisfies never;
  }
}
