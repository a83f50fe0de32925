import { preferencesProjector } from '../../../projections/account/projector';
import { projectorSpecification } from '../../support/projector-specification';

const preferences = { pythonSkillLevel: 'beginner', codeOutputStructure: 'standard', explanationStyle: 'educational' };
const set = (userId: string, more: object = {}) => ({ type: 'PreferencesSet', data: { userId, preferences: { ...preferences, ...more } } });

describe('preferences', () => {
  const specification = projectorSpecification(preferencesProjector);

  it('are the newest of each person', async () => {
    const rows = (await specification.given([set('u1'), set('u2'), set('u1', { explanationStyle: 'brief' })])).preferences!;
    expect(rows).toEqual([
      { user_id: 'u1', tenant_id: 'tenant-1', python_skill_level: 'beginner', code_output_structure: 'standard', explanation_style: 'brief', position: '30' },
      expect.objectContaining({ user_id: 'u2', explanation_style: 'educational' }),
    ]);
  });

  it('go with the person', async () => {
    expect((await specification.given([set('u1'), { type: 'UserDeleted', data: { userId: 'u1' } }])).preferences).toEqual([]);
  });
});
