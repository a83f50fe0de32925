import { entitlementsProjector } from '../../../projections/entitlement/projector';
import { projectorSpecification } from '../../support/projector-specification';

const set = (id: string, lists: object, tenant = 't1') => {
  const [subjectKind, subject] = [id.slice(0, id.indexOf(':')), id.slice(id.lastIndexOf('/') + 1).replace(/^\w+:/, '')];
  return { type: 'EntitlementsSet', stream: `entitlement-${id}`, tenant, data: { subjectKind, subject, ...lists } };
};

describe('entitlements', () => {
  const specification = projectorSpecification(entitlementsProjector);

  it('keeps what is omitted, empties what is empty, takes back what is null', async () => {
    const { entitlements } = await specification.given([
      set('user:u1', { models: ['a', 'b'], services: ['s'] }), set('user:u1', { models: [] }), set('user:u1', { features: ['chat'] }), set('user:u1', { services: null }),
    ]);
    expect(entitlements).toEqual([
      { id: 'user:u1', tenant_id: 't1', subject_kind: 'user', subject: 'u1', models: [], services: null, features: ['chat'], position: '40' },
    ]);
  });

  it('keeps tenants, tiers and users apart', async () => {
    const { entitlements } = await specification.given([
      set('tenant:t1', { models: ['a'] }), set('tier:t1/free', { models: ['b'] }), set('tier:t2/free', { models: ['c'] }, 't2'), set('user:u1', { models: ['d'] }),
    ]);
    expect(entitlements).toMatchObject([
      { id: 'tenant:t1', tenant_id: 't1', subject_kind: 'tenant', subject: 't1', models: ['a'] },
      { id: 'tier:t1/free', tenant_id: 't1', subject_kind: 'tier', subject: 'free', models: ['b'] },
      { id: 'tier:t2/free', tenant_id: 't2', subject_kind: 'tier', subject: 'free', models: ['c'] },
      { id: 'user:u1', tenant_id: 't1', subject_kind: 'user', subject: 'u1', models: ['d'] },
    ]);
  });
});
