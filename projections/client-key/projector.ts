import path from 'node:path';
import { clientKeyEvents, type ClientKeyEvent } from '../../schema/client-key/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/** View `client_keys`: one row a key, newest state; neither the key nor anything it could be found by. */
export const clientKeysProjector: Projector<typeof clientKeyEvents> = {
  name: 'client_keys',
  version: 1,
  events: clientKeyEvents,
  tables: path.join(projectRoot, 'projections/client-key/tables.sql'),
  live: { table: 'client_keys', key: 'id' },
  project: (events) => events.map(change),
};

function change(event: Projected<ClientKeyEvent>): Change {
  const { position, metadata } = event.at;
  const table = 'client_keys';
  const key = { id: event.data.keyId };
  switch (event.type) {
    case 'ClientKeyIssued': {
      const { ownerKind, ownerId, name, scopes, lastFour, expiresAt } = event.data;
      return {
        kind: 'put', table, key, position,
        set: {
          tenant_id: metadata.tenant, owner_kind: ownerKind, owner_id: ownerId, name, scopes, last_four: lastFour,
          expires_at: new Date(expiresAt), revoked: false, created_at: new Date(metadata.at),
        },
      };
    }
    case 'ClientKeyRevoked':
      return { kind: 'patch', table, key, position, set: { revoked: true } };
    default:
      return event satisfies never;
  }
}
