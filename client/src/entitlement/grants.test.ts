import { changedGrants, listOf, modeOf, originsOf, type EffectiveGrants, type Grants } from './grants';

const nothing: Grants = { models: null, services: null, features: null };

const effective: EffectiveGrants = {
  models: ['gpt-4o', 'gpt-4o-mini'],
  services: ['all-services'],
  features: ['CHAT', 'RUNS'],
  fromTenant: { models: ['gpt-4o'], services: null, features: ['CHAT'] },
  fromTier: { models: ['gpt-4o', 'gpt-4o-mini'], services: null, features: null },
  fromUser: { models: null, services: ['image'], features: ['RUNS'] },
};

describe('where a grant comes from', () => {
  it('is everybody who named it', () => {
    expect(originsOf(effective, 'models', 'gpt-4o')).toEqual(['tenant', 'tier']);
    expect(originsOf(effective, 'models', 'gpt-4o-mini')).toEqual(['tier']);
    expect(originsOf(effective, 'features', 'RUNS')).toEqual(['user']);
  });

  it('is the tenant where nothing was set for it', () => {
    expect(originsOf(effective, 'services', 'all-services')).toEqual(['tenant']);
  });
});

describe('a list of grants', () => {
  it.each([
    [null, 'unset'], [[], 'named'], [['all-team-models'], 'all'], [['gpt-4o'], 'named'],
  ] as const)('%j means %s, and back', (held, mode) => {
    expect(modeOf('models', held)).toBe(mode);
    expect(listOf('models', mode, held ?? [])).toEqual(held);
  });

  it('names everything alone', () => {
    expect(listOf('models', 'all', ['gpt-4o'])).toEqual(['all-team-models']);
    expect(listOf('models', 'named', ['all-team-models', 'gpt-4o'])).toEqual(['gpt-4o']);
  });

  it('is sent only when it was changed, and an empty one is not the same as none', () => {
    expect(changedGrants(nothing, nothing)).toEqual({});
    expect(changedGrants({ ...nothing, models: ['a'] }, { models: ['a'], services: [], features: null })).toEqual({ services: [] });
    expect(changedGrants({ ...nothing, models: ['a'] }, { models: null, services: null, features: ['CHAT'] }))
      .toEqual({ models: null, features: ['CHAT'] });
  });
});
