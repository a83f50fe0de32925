import { entitlement, type SetEntitlements } from '../../../commands/entitlement/decider';
import type { EntitlementEvent } from '../../../schema/entitlement/events';
import { entitlementId } from '../../../schema/entitlement/subject';
import { fold, specification, twiceIsOnce } from '../../support/specification';

const subject = { kind: 'user', name: 'u1' } as const;
const set = (lists: Omit<SetEntitlements, 'type' | 'subject'>): SetEntitlements => ({ type: 'SetEntitlements', subject, ...lists });
const happened = (lists: object): EntitlementEvent => ({ type: 'EntitlementsSet', data: { subjectKind: 'user', subject: 'u1', ...lists } });
const spec = specification(entitlement);

test('what is omitted stays, and only what changes is recorded', () => {
  spec.given([happened({ models: ['a'], services: ['s'] })]).when(set({ models: ['b'] })).then([happened({ models: ['b'] })]);
  expect(fold(entitlement, [happened({ models: ['a'], services: ['s'] }), happened({ models: ['b'] })])).toEqual({ models: ['b'], services: ['s'] });
});

test('an empty list grants nothing, null takes back what was set', () => {
  spec.given([happened({ models: ['a'] })]).when(set({ models: [] })).then([happened({ models: [] })]);
  spec.given([happened({ models: ['a'] })]).when(set({ models: null })).then([happened({ models: null })]);
  expect(fold(entitlement, [happened({ models: ['a'] }), happened({ models: null })]).models).toBeUndefined();
  spec.given().when(set({ models: null })).thenNothing();
  spec.given().when(set({ models: [] })).then([happened({ models: [] })]);
});

test('nothing said is nothing done', () => spec.given([happened({ models: ['a'] })]).when(set({})).thenNothing());

test('twice is once', () => {
  twiceIsOnce(entitlement, [], set({ models: ['a', 'b'], services: [], features: ['chat'] }));
  twiceIsOnce(entitlement, [happened({ models: ['a'] })], set({ models: null }));
});

test('MAMA-53: everything excludes all others', () => {
  spec.given().when(set({ models: ['all-team-models', 'a'] })).thenRefused('V1001', 'wildcard_alone', { wildcard: 'all-team-models' });
  spec.given().when(set({ services: ['s', 'all-services'] })).thenRefused('V1001', 'wildcard_alone', { wildcard: 'all-services' });
  spec.given().when(set({ models: ['all-team-models'], services: ['all-services'] })).then([happened({ models: ['all-team-models'], services: ['all-services'] })]);
});

test('each tenant, tier and user has a stream of its own', () => {
  expect(entitlementId('t1', { kind: 'tenant', name: 't1' })).toBe('tenant:t1');
  expect(entitlementId('t1', { kind: 'tier', name: 'free' })).toBe('tier:t1/free');
  expect(entitlementId('t2', { kind: 'tier', name: 'free' })).toBe('tier:t2/free');
  expect(entitlementId('t1', subject)).toBe('user:u1');
});
