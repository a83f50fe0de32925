import { serviceClientsProjector } from '../../../projections/service-client/projector';
import { projectorSpecification } from '../../support/projector-specification';

const created = (clientId: string) => ({
  type: 'ServiceClientCreated', stream: `serviceClient-${clientId}`,
  data: { clientId, tenantId: 'tenant-1', name: `name of ${clientId}`, scopes: ['users:read', 'leases:write'] },
});
const updated = (clientId: string, change: { name?: string; scopes?: string[] }) => ({
  type: 'ServiceClientUpdated', stream: `serviceClient-${clientId}`, data: { clientId, ...change },
});
const deleted = (clientId: string) => ({ type: 'ServiceClientDeleted', stream: `serviceClient-${clientId}`, data: { clientId } });

describe('service_clients', () => {
  const specification = projectorSpecification(serviceClientsProjector);

  it('shows a service client as it was made', async () => {
    const [row] = (await specification.given([created('c1')])).service_clients!;
    expect(row).toEqual({
      id: 'c1', tenant_id: 'tenant-1', name: 'name of c1', scopes: ['users:read', 'leases:write'], deleted: false,
      created_at: new Date('2026-01-01T00:00:00.000Z'), updated_at: new Date('2026-01-01T00:00:00.000Z'), revision: '0', position: '10',
    });
  });

  it('changes what was changed and keeps the rest, also of those that were deleted', async () => {
    const { service_clients: rows } = await specification.given([
      created('c1'), created('c2'), created('c3'), updated('c1', { name: 'new' }), updated('c2', { scopes: [] }), deleted('c3'), updated('c1', { scopes: ['audit:read'] }),
    ]);
    expect(rows).toMatchObject([
      { id: 'c1', name: 'new', scopes: ['audit:read'], deleted: false, revision: '2', position: '70', updated_at: new Date('2026-01-01T00:00:06.000Z') },
      { id: 'c2', name: 'name of c2', scopes: [], deleted: false, revision: '1' },
      { id: 'c3', name: 'name of c3', scopes: ['users:read', 'leases:write'], deleted: true, revision: '1' },
    ]);
  });
});
