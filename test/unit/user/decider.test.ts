import { refusalToManage, termOfOffice, user, type By, type UserCommand } from '../../../commands/user/decider';
import type { Role } from '../../../schema/access/roles';
import type { UserEvent } from '../../../schema/user/events';
import { fold, specification, twiceIsOnce } from '../../support/specification';
import { sealedText } from '../../support/sealed';

const sealed = (field: string, text: string) => sealedText('u1', field, text);
const created = (userId: string, role: Role = 'user'): UserEvent => ({
  type: 'UserCreated',
  data: {
    userId, tenantId: 't1', loginName: 'fp', email: sealedText(userId, 'email', 'e'), displayName: sealedText(userId, 'displayName', 'n'), role,
    organization: null, note: null, tier: 'free',
  },
});
const create = { ...created('u1').data, type: 'CreateUser' } as UserCommand;
const deactivated: UserEvent = { type: 'UserDeactivated', data: { userId: 'u1' } };
const reactivated: UserEvent = { type: 'UserReactivated', data: { userId: 'u1' } };
const deleted: UserEvent = { type: 'UserDeleted', data: { userId: 'u1' } };
const owner: By = { id: 'boss', tenantId: 't1', role: 'owner' };
const admin: By = { id: 'clerk', tenantId: 't1', role: 'admin' };
const service: By = { id: 'robot', tenantId: 't1', role: 'service' };
const self = (role: Role): By => ({ id: 'u1', tenantId: 't1', role });
const given = (...events: UserEvent[]) => specification(user).given(events);

describe('create user', () => {
  test('records the account', () => given().when(create).then([created('u1')]));
  test('twice is once', () => twiceIsOnce(user, [], create));
});

describe('who may', () => {
  test.each<[By['role'], Role[]]>([
    ['owner', ['owner', 'admin', 'auditor', 'user']], ['admin', ['auditor', 'user']], ['auditor', []], ['user', []], ['service', ['user']],
  ])('%s manages %j', (role, managed) => {
    const all: Role[] = ['owner', 'admin', 'auditor', 'user'];
    expect(all.filter((each) => refusalToManage(each, { role }) === undefined)).toEqual(managed);
  });

  const acts: [string, (by: By) => UserCommand][] = [
    ['update', (by) => ({ type: 'UpdateUser', changes: { organization: 'B' }, by })],
    ['assign a role', (by) => ({ type: 'AssignRole', role: 'user', term: 0, by })],
    ['assign a tier', (by) => ({ type: 'AssignTier', tier: 'plus', by })],
    ['set a limit', (by) => ({ type: 'SetDailyLimit', requests: 0, by })],
    ['set a password', (by) => ({ type: 'RecordPasswordSet', by })],
    ['make a password link', (by) => ({ type: 'RecordPasswordLink', linkId: 'l', expiresAt: '2026-01-01T00:00:00.000Z', by })],
    ['deactivate', (by) => ({ type: 'DeactivateUser', term: 0, by })],
    ['delete', (by) => ({ type: 'DeleteUser', term: 0, by })],
  ];
  test.each(acts)('to %s is refused on somebody of a higher or the same role', (_name, command) => {
    given(created('u1', 'owner')).when(command(admin)).thenRefused('B2003', 'role_above', { role: 'owner', yours: 'admin' });
    given(created('u1', 'admin')).when(command(admin)).thenRefused('B2003', 'role_above');
    given(created('u1', 'auditor')).when(command(service)).thenRefused('B2003', 'role_above');
  });
  test.each(acts)('to %s somebody unknown, of another tenant or deleted is the same refusal', (_name, command) => {
    given().when(command(admin)).thenRefused('E4041', 'user_unknown');
    given(created('u1')).when(command({ ...admin, tenantId: 't2' })).thenRefused('E4041', 'user_unknown');
    given(created('u1'), deleted).when(command(admin)).thenRefused('E4041', 'user_unknown');
  });
});

describe('update user', () => {
  const update: UserCommand = { type: 'UpdateUser', changes: { organization: 'Class 3', note: null }, by: admin };

  test('records what was given, and only that', () =>
    given(created('u1')).when(update).then([{ type: 'UserUpdated', data: { userId: 'u1', note: null, organization: 'Class 3' } }]));
  test('an organisation that stays is no change', () => given(created('u1')).when({ ...update, changes: { organization: null } }).thenNothing());
  test('keeps what was not given', () =>
    given(created('u1'), { type: 'UserUpdated', data: { userId: 'u1', picture: sealed('picture', 'p') } }).when(update).thenState((state) => {
      expect(state).toMatchObject({ organization: 'Class 3', note: null, picture: sealed('picture', 'p'), displayName: sealed('displayName', 'n') });
    }));
});

describe('assign role', () => {
  const assign: UserCommand = { type: 'AssignRole', role: 'admin', term: 0, by: owner };

  test('records old and new role', () =>
    given(created('u1')).when(assign).then([{ type: 'RoleAssigned', data: { userId: 'u1', role: 'admin', previous: 'user' } }]));
  test('twice is once', () => twiceIsOnce(user, [created('u1')], assign));
  test('nobody changes their own', () => given(created('u1', 'owner')).when({ ...assign, role: 'user', by: self('owner') }).thenRefused('B2003', 'own_role'));
  test('nobody gives a role that they do not manage', () =>
    given(created('u1')).when({ ...assign, by: admin }).thenRefused('B2003', 'role_above', { role: 'admin', yours: 'admin' }));
  test('decided on a standing that has changed meanwhile is refused', () =>
    given(created('u1'), deactivated, reactivated).when(assign).thenRefused('E4091', 'changed_meanwhile'));
});

describe('tier and limit', () => {
  const tier: UserCommand = { type: 'AssignTier', tier: 'plus', by: admin };
  const limit: UserCommand = { type: 'SetDailyLimit', requests: 0, by: admin };

  test('record the tier with the one before', () =>
    given(created('u1')).when(tier).then([{ type: 'TierAssigned', data: { userId: 'u1', tier: 'plus', previous: 'free' } }]));
  test('record the limit', () => given(created('u1')).when(limit).then([{ type: 'DailyLimitSet', data: { userId: 'u1', requests: 0 } }]));
  test('unlimited is not the same as never set', () =>
    given(created('u1')).when({ ...limit, requests: null }).then([{ type: 'DailyLimitSet', data: { userId: 'u1', requests: null } }]));
  test.each([tier, limit])('twice is once', (command) => twiceIsOnce(user, [created('u1')], command));
});

describe.each([
  ['deactivate', { type: 'DeactivateUser', term: 0, by: owner }, deactivated],
  ['delete', { type: 'DeleteUser', term: 0, by: owner }, deleted],
] as const)('%s', (_name, command, event) => {
  test('records it', () => given(created('u1')).when(command).then([event]));
  test('twice is once', () => twiceIsOnce(user, [created('u1')], command));
  test('nobody does it to their own account', () => given(created('u1', 'owner')).when({ ...command, by: self('owner') }).thenRefused('B2003', 'own_account'));
  test('decided on a standing that has changed meanwhile is refused', () =>
    given(created('u1'), deactivated, reactivated).when(command).thenRefused('E4091', 'changed_meanwhile'));
});

describe('reactivate', () => {
  const reactivate: UserCommand = { type: 'ReactivateUser', term: 1, by: admin };

  test('records it', () => given(created('u1'), deactivated).when(reactivate).then([reactivated]));
  test('twice is once', () => twiceIsOnce(user, [created('u1'), deactivated], reactivate));
});

describe('office', () => {
  const term = (...events: UserEvent[]) => termOfOffice(fold(user, events));
  const assigned = (role: Role, previous: Role): UserEvent => ({ type: 'RoleAssigned', data: { userId: 'u1', role, previous } });

  test('is held by active owners, in a new term each time', () => {
    expect(term(created('u1', 'owner'))).toBe(0);
    expect(term(created('u1', 'admin'))).toBeUndefined();
    expect(term(created('u1', 'owner'), deactivated)).toBeUndefined();
    expect(term(created('u1', 'owner'), deactivated, reactivated)).toBe(2);
    expect(term(created('u1'), assigned('owner', 'user'))).toBe(1);
    expect(term(created('u1', 'owner'), deleted)).toBeUndefined();
  });
  test('is renewed for the term that was seen only', () => {
    given(created('u1', 'owner')).when({ type: 'RenewOffice', term: 0 }).then([assigned('owner', 'owner')]);
    given(created('u1', 'owner')).when({ type: 'RenewOffice', term: 1 }).thenNothing();
    given(created('u1', 'owner'), deactivated).when({ type: 'RenewOffice', term: 1 }).thenNothing();
  });
});

describe('own account', () => {
  test('nobody sets their own password without the old one', () =>
    given(created('u1', 'owner')).when({ type: 'RecordPasswordSet', by: self('owner') }).thenRefused('B2003', 'own_password'));
  test('a changed password is recorded, never the password', () =>
    given(created('u1')).when({ type: 'RecordPasswordChange', way: 'self' }).then([{ type: 'PasswordChanged', data: { userId: 'u1', by: 'self' } }]));
  test('preferences keep what is not given', () => given(created('u1')).when({ type: 'SetPreferences', preferences: { explanationStyle: 'brief' } }).then([{
    type: 'PreferencesSet',
    data: { userId: 'u1', preferences: { pythonSkillLevel: 'intermediate', codeOutputStructure: 'standard', explanationStyle: 'brief' } },
  }]));
  test('preferences that are so already are no change', () =>
    twiceIsOnce(user, [created('u1')], { type: 'SetPreferences', preferences: { explanationStyle: 'brief' } }));
});
