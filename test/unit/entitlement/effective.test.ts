import fc from 'fast-check';
import { featureNames } from '../../../schema/access/features';
import { effective, notGranted, type Grants } from '../../../schema/entitlement/effective';

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const models = fc.oneof(names, fc.constant(['all-team-models']));
const grants = fc.record({ models, services: names, features: fc.subarray([...featureNames]) }, { requiredKeys: [] }) as fc.Arbitrary<Grants>;

test('where nothing is set for the tenant there is everything', () => {
  expect(effective({}, {}, {})).toEqual({ models: ['all-team-models'], services: ['all-services'], features: [...featureNames] });
  expect(effective({}, { models: [] }, { models: ['a'], services: ['s'], features: [] })).toEqual(effective({}, {}, {}));
});

test('kinds are judged one by one', () => {
  expect(effective({ models: ['a'] }, {}, {})).toEqual({ models: ['a'], services: ['all-services'], features: [...featureNames] });
});

test('the tenant, the tier and the user add up', () => {
  expect(effective({ models: ['a'], features: [] }, { models: ['b'] }, { models: ['a', 'c'], features: ['chat'] }))
    .toEqual({ models: ['a', 'b', 'c'], services: ['all-services'], features: ['chat'] });
});

test('nothing granted is nothing', () => {
  expect(effective({ models: [], services: [], features: [] }, {}, {})).toEqual({ models: [], services: [], features: [] });
  expect(notGranted({ models: [] }, ['a', 'b'])).toEqual(['a', 'b']);
});

test('everything stands alone and includes every name', () => {
  expect(effective({ models: ['a'] }, { models: ['all-team-models'] }, {}).models).toEqual(['all-team-models']);
  expect(notGranted({ models: ['all-team-models'] }, ['x', 'all-team-models'])).toEqual([]);
  expect(notGranted({ models: ['a'] }, ['all-team-models'])).toEqual(['all-team-models']);
});

test('a name is granted exactly when one of the three grants it', () => {
  fc.assert(fc.property(grants, grants, grants, fc.constantFrom('a', 'b', 'c', 'd'), (tenant, tier, user, model) => {
    const grantedBy = ({ models: list }: Grants): boolean => list?.some((name) => name === model || name === 'all-team-models') ?? false;
    const granted = tenant.models === undefined || [tenant, tier, user].some(grantedBy);
    expect(notGranted(effective(tenant, tier, user), [model])).toEqual(granted ? [] : [model]);
  }));
});

test('granting more to tier or user never takes anything away', () => {
  fc.assert(fc.property(grants, grants, grants, (tenant, tier, user) => {
    const [before, after] = [effective(tenant, {}, {}), effective(tenant, tier, user)];
    expect(notGranted(after, before.models)).toEqual([]);
    expect(before.features.filter((feature) => !after.features.includes(feature))).toEqual([]);
  }));
});
