import { tenantsProjector } from '../../../projections/tenant/projector';
import { projectorSpecification } from '../../support/projector-specification';

const at = (id: string, type: string, data: object = {}) => ({ type, stream: `tenant-${id}`, tenant: id, data: { tenantId: id, ...data } });
const created = (id: string, slug = id) => at(id, 'TenantCreated', { slug, name: `Name of ${id}` });
const granted = (subjectKind: string, subject: string, lists: object, tenant = subject) =>
  ({ type: 'EntitlementsSet', stream: `entitlement-${subjectKind}:${subject}`, tenant, data: { subjectKind, subject, ...lists } });

describe('tenants', () => {
  const specification = projectorSpecification(tenantsProjector);

  it('shows a tenant as it was made', async () => {
    expect((await specification.given([created('t1', 'school_a')])).tenants).toEqual([{
      id: 't1', tenant_id: 't1', slug: 'school_a', name: 'Name of t1', state: 'active', page_title: null, browser_title: null, logo_digest: null, features: null,
      created_at: new Date('2026-01-01T00:00:00.000Z'), updated_at: new Date('2026-01-01T00:00:00.000Z'), revision: '0', position: '10',
    }]);
  });

  it('calls a tenant of the first version the default one', async () => {
    const { tenants } = await specification.given([{ ...at('t1', 'TenantCreated', { name: 'Acme' }), v: 1 }]);
    expect(tenants).toMatchObject([{ id: 't1', slug: 'default', name: 'Acme' }]);
  });

  it('follows name, branding, logo and state', async () => {
    const { tenants } = await specification.given([
      created('t1'), created('t2'), at('t1', 'TenantRenamed', { name: 'Other' }), at('t1', 'BrandingChanged', { pageTitle: 'P', browserTitle: null }),
      at('t1', 'LogoChanged', { digest: 'd1', contentType: 'image/png' }), at('t2', 'TenantSuspended'), at('t1', 'TenantSuspended'), at('t1', 'TenantResumed'),
      at('t1', 'OwnerAdded', { userId: 'u1', term: 0 }),
    ]);
    expect(tenants).toMatchObject([
      { id: 't1', name: 'Other', page_title: 'P', browser_title: null, logo_digest: 'd1', state: 'active', revision: '6', position: '90' },
      { id: 't2', name: 'Name of t2', state: 'suspended', revision: '1' },
    ]);
  });

  it('takes a logo away', async () => {
    const { tenants } = await specification.given([
      created('t1'), at('t1', 'LogoChanged', { digest: 'd1', contentType: 'image/png' }), at('t1', 'LogoChanged', { digest: null, contentType: null }),
    ]);
    expect(tenants).toMatchObject([{ logo_digest: null }]);
  });

  it('shows the features of the tenant, not those of tiers and users', async () => {
    const { tenants } = await specification.given([
      created('t1'), created('t2'), granted('tenant', 't1', { features: ['chat'] }), granted('tier', 'free', { features: ['runs'] }, 't1'),
      granted('user', 'u1', { features: [] }, 't1'), granted('tenant', 't1', { models: ['m'] }), granted('tenant', 't2', { features: [] }), granted('tenant', 't2', { features: null }),
    ]);
    expect(tenants).toMatchObject([{ id: 't1', features: ['chat'], position: '30' }, { id: 't2', features: null }]);
  });
});
