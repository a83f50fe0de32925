import { featuresReactor } from '../../../commands/entitlement/reactor';
import { tenantStandingReactor } from '../../../commands/tenant/reactor';
import type { Projected } from '../../../src/projection-runtime/projector';

const at = { metadata: { tenant: 't1' } };
const happened = (type: string, data: object): Projected<any> => ({ type, data: { tenantId: 't1', ...data }, at }) as unknown as Projected<any>;

test('every tenant settles: those of before, those that are suspended or resumed; names settle nothing', () => {
  const events = ['TenantCreated', 'TenantSuspended', 'TenantResumed', 'TenantRenamed', 'OwnerAdded'].map((type) => happened(type, {}));
  expect(tenantStandingReactor.react(events)).toEqual([1, 2, 3].map(() => ({
    kind: 'job', task: 'settle-tenant', payload: { tenantId: 't1' }, jobKey: 'settle-tenant:t1',
  })));
});

test('a changed logo has the ones before forgotten', () => {
  expect(tenantStandingReactor.react([happened('LogoChanged', { digest: null })])).toMatchObject([{ task: 'settle-logo', payload: { tenantId: 't1' } }]);
});

test('features settle for whom they were set, tiers apart by tenant; models alone settle nothing', () => {
  const set = (subjectKind: string, subject: string, lists: object): Projected<any> => happened('EntitlementsSet', { subjectKind, subject, ...lists });
  expect(featuresReactor.react([set('tier', 'free', { features: [] }), set('user', 'u1', { features: null }), set('user', 'u2', { models: [] })])).toEqual([
    { kind: 'job', task: 'settle-features', payload: { tenantId: 't1', subject: { kind: 'tier', name: 'free' } }, jobKey: 'settle-features:tier:t1/free' },
    { kind: 'job', task: 'settle-features', payload: { tenantId: 't1', subject: { kind: 'user', name: 'u1' } }, jobKey: 'settle-features:user:u1' },
  ]);
});
