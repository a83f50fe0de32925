import path from 'node:path';
import { serviceClientEvents, type ServiceClientEvent } from '../../schema/service-client/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/** View `service_clients`: one row a service client, newest state; deleted ones stay, so that history has names. */
export const serviceClientsProjector: Projector<typeof serviceClientEvents> = {
  name: 'service_clients',
  version: 1,
  events: serviceClientEvents,
  tables: path.join(projectRoot, 'projections/service-client/tables.sql'),
  live: { table: 'service_clients', key: 'id' },
  project: (events) => events.map(change),
};

function change(event: Projected<ServiceClientEvent>): Change {
  const { position, revision, metadata } = event.at;
  const table = 'service_clients';
  const key = { id: event.data.clientId };
  const seen = { updated_at: new Date(metadata.at), revision };
  switch (event.type) {
    case 'ServiceClientCreated': {
      const { name, scopes } = event.data;
      return {
        kind: 'put', table, key, position,
        set: { tenant_id: metadata.tenant, name, scopes, deleted: false, created_at: new Date(metadata.at), ...seen },
      };
    }
    case 'ServiceClientUpdated': {
      const { name, scopes } = event.data;
      return { kind: 'patch', table, key, position, set: { ...(name !== undefined && { name }), ...(scopes && { scopes }), ...seen } };
    }
    case 'ServiceClientDeleted':
      return { kind: 'patch', table, key, position, set: { deleted: true, ...seen } };
    default:
      return event satisfies never;
  }
}
