import { clientKeysProjector } from '../../../projections/client-key/projector';
import { projectorSpecification } from '../../support/projector-specification';

const issued = (keyId: string, ownerKind = 'service', ownerId = 'c1') => ({
  type: 'ClientKeyIssued', stream: `clientKey-${keyId}`,
  data: {
    keyId, tenantId: 'tenant-1', ownerKind, ownerId, name: `name of ${keyId}`, scopes: ['users:read'], lastFour: 'x9Zq', fingerprint: 'c0ffee',
    expiresAt: '2027-01-31T00:00:00.000Z',
  },
});
const revoked = (keyId: string) => ({ type: 'ClientKeyRevoked', stream: `clientKey-${keyId}`, data: { keyId } });

describe('client_keys', () => {
  const specification = projectorSpecification(clientKeysProjector);

  it('HAPA-02: shows a key as it was issued, and nothing that it could be found by', async () => {
    const [row] = (await specification.given([issued('k1')])).client_keys!;
    expect(row).toEqual({
      id: 'k1', tenant_id: 'tenant-1', owner_kind: 'service', owner_id: 'c1', name: 'name of k1', scopes: ['users:read'], last_four: 'x9Zq',
      expires_at: new Date('2027-01-31T00:00:00.000Z'), revoked: false, created_at: new Date('2026-01-01T00:00:00.000Z'), position: '10',
    });
  });

  it('shows which were revoked', async () => {
    const { client_keys: rows } = await specification.given([issued('k1'), issued('k2', 'user', 'u1'), revoked('k1')]);
    expect(rows).toMatchObject([{ id: 'k1', revoked: true, position: '30' }, { id: 'k2', owner_kind: 'user', owner_id: 'u1', revoked: false }]);
  });
});
