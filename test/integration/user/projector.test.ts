import { usersProjector } from '../../../projections/user/projector';
import { projectorSpecification } from '../../support/projector-specification';
import { sealedText } from '../../support/sealed';

const stream = (userId: string) => ({ stream: `user-${userId}` });
const sealed = (userId: string, field: string, text: string) => sealedText(userId, field, text);
const created = (userId: string, more: object = {}) => ({
  type: 'UserCreated', ...stream(userId),
  data: {
    userId, tenantId: 'tenant-1', loginName: 'fp', email: sealed(userId, 'email', `${userId}@example.test`),
    displayName: sealed(userId, 'displayName', `Name of ${userId}`), role: 'user', organization: 'Class 3', note: sealed(userId, 'note', 'late payer'),
    tier: 'plus', ...more,
  },
});
const happened = (type: string, userId: string, data: object = {}) => ({ type, ...stream(userId), data: { userId, ...data } });

describe('users', () => {
  const specification = projectorSpecification(usersProjector);

  it('shows a user as they were made', async () => {
    const { users } = await specification.given([created('u1'), created('u2', { organization: null, note: null, tier: 'free' })]);
    expect(users).toEqual([
      {
        id: 'u1', tenant_id: 'tenant-1', email: 'u1@example.test', display_name: 'Name of u1', role: 'user', state: 'active', organization: 'Class 3',
        organization_order: 'Class 3', note: 'late payer', picture: null, tier: 'plus', daily_limit: null, daily_limited: false,
        created_at: new Date('2026-01-01T00:00:00.000Z'), updated_at: new Date('2026-01-01T00:00:00.000Z'), revision: '0', position: '10',
      },
      expect.objectContaining({ id: 'u2', organization: null, organization_order: '', note: null, tier: 'free' }),
    ]);
  });

  it('reads users of logs from before there were tiers', async () => {
    const { organization: _organization, note: _note, tier: _tier, ...data } = created('u1').data;
    const [row] = (await specification.given([{ ...created('u1'), v: 1, data }])).users!;
    expect(row).toMatchObject({ organization: null, note: null, tier: 'free', daily_limited: false });
  });

  it('changes what was given and nothing else; null clears', async () => {
    const { users } = await specification.given([
      created('u1'), created('u2'),
      happened('UserUpdated', 'u1', { displayName: sealed('u1', 'displayName', 'Kim'), picture: sealed('u1', 'picture', 'https://pictures.example.test/kim.png') }),
      happened('UserUpdated', 'u2', { organization: null, note: null }),
      happened('UserUpdated', 'u1', { picture: null }),
      happened('TierAssigned', 'u1', { tier: 'free', previous: 'plus' }),
      happened('RoleAssigned', 'u1', { role: 'admin', previous: 'user' }),
    ]);
    expect(users).toMatchObject([
      { id: 'u1', display_name: 'Kim', organization: 'Class 3', note: 'late payer', picture: null, tier: 'free', role: 'admin', revision: '4', position: '70' },
      { id: 'u2', display_name: 'Name of u2', organization: null, organization_order: '', note: null, revision: '1' },
    ]);
  });

  it('tells a limit that was set from none, also when it is unlimited', async () => {
    const { users } = await specification.given([
      created('u1'), created('u2'), happened('DailyLimitSet', 'u1', { requests: null }), happened('DailyLimitSet', 'u2', { requests: 0 }),
    ]);
    expect(users).toMatchObject([{ daily_limited: true, daily_limit: null }, { daily_limited: true, daily_limit: 0 }]);
  });

  it('keeps the name of a deleted user, and takes the address away', async () => {
    const { users } = await specification.given([
      created('u1'), created('u2'), created('u3'), happened('UserDeactivated', 'u1'), happened('UserDeactivated', 'u2'), happened('UserReactivated', 'u2'),
      happened('UserDeleted', 'u3'),
    ]);
    expect(users).toMatchObject([
      { state: 'deactivated' }, { state: 'active' }, { state: 'deleted', email: null, display_name: 'Name of u3', organization: 'Class 3' },
    ]);
  });

  it('counts what it does not show', async () => {
    const [row] = (await specification.given([created('u1'), happened('PasswordChanged', 'u1', { by: 'self' })])).users!;
    expect(row).toMatchObject({ revision: '1', position: '20', state: 'active' });
  });
});
