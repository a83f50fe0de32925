import path from 'node:path';
import { tenantEvents } from '../../schema/tenant/events';
import { projectRoot } from '../../src/paths';
import type { Projector } from '../../src/projection-runtime/projector';

/** View `tenants`: one row a tenant. */
export const tenantsProjector: Projector<typeof tenantEvents> = {
  name: 'tenants',
  version: 1,
  events: tenantEvents,
  tables: path.join(projectRoot, 'projections/tenant/tables.sql'),
  live: { table: 'tenants', key: 'id' },
  project: (events) => events.filter((event) => event.type === 'TenantCreated').map(({ data, at }) => ({
    kind: 'put',
    table: 'tenants',
    key: { id: data.tenantId },
    position: at.position,
    set: { tenant_id: data.tenantId, name: data.name, created_at: new Date(at.metadata.at) },
  })),
};
