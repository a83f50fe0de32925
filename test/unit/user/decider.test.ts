import { user, type By, type UserCommand } from '../../../commands/user/decider';
import type { UserEvent } from '../../../schema/user/events';
import { sealedText } from '../../support/sealed';
import { specification, twiceIsOnce } from '../../support/specification';

const created = (userId: string, role: 'owner' | 'admin' | 'user' = 'user'): UserEvent => ({
  type: 'UserCreated',
  data: { userId, tenantId: 't1', loginName: 'fp', email: sealedText(userId, 'email', 'e'), displayName: sealedText(userId, 'displayName', 'n'), role },
});
const create: UserCommand = { ...created('u1').data, type: 'CreateUser' } as UserCommand;
const owner: By = { userId: 'boss', tenantId: 't1', role: 'owner' };
const admin: By = { userId: 'clerk', tenantId: 't1', role: 'admin' };

describe('create user', () => {
  test('records the account', () => specification(user).given().when(create).then([created('u1')]));
  test('twice is once', () => twiceIsOnce(user, [], create));
});

describe('assign role', () => {
  const assign: UserCommand = { type: 'AssignRole', role: 'admin', by: owner };

  test('records old and new role', () =>
    specification(user).given([created('u1')]).when(assign).then([{ type: 'RoleAssigned', data: { userId: 'u1', role: 'admin', previous: 'user' } }]));
  test('twice is once', () => twiceIsOnce(user, [created('u1')], assign));
  test('of an unknown user is refused', () => specification(user).given().when(assign).thenRefused('E4041', 'user_unknown'));
  test('of another tenant is as if unknown', () =>
    specification(user).given([created('u1')]).when({ ...assign, by: { ...owner, tenantId: 't2' } }).thenRefused('E4041', 'user_unknown'));
  test('nobody changes their own', () =>
    specification(user).given([created('boss', 'owner')]).when({ ...assign, role: 'user' }).thenRefused('B2003', 'own_role'));
  test('only an owner makes an owner', () =>
    specification(user).given([created('u1')]).when({ type: 'AssignRole', role: 'owner', by: admin }).thenRefused('B2003', 'owner_by_owner'));
  test('only an owner unmakes an owner', () =>
    specification(user).given([created('u1', 'owner')]).when({ type: 'AssignRole', role: 'user', by: admin }).thenRefused('B2003', 'owner_by_owner'));
});

describe('deactivate user', () => {
  const deactivate: UserCommand = { type: 'DeactivateUser', by: owner };

  test('records it', () => specification(user).given([created('u1')]).when(deactivate).then([{ type: 'UserDeactivated', data: { userId: 'u1' } }]));
  test('twice is once', () => twiceIsOnce(user, [created('u1')], deactivate));
  test('of an unknown user is refused', () => specification(user).given().when(deactivate).thenRefused('E4041', 'user_unknown'));
  test('nobody deactivates their own account', () =>
    specification(user).given([created('boss', 'owner')]).when(deactivate).thenRefused('B2003', 'own_account'));
  test('only an owner deactivates an owner', () =>
    specification(user).given([created('u1', 'owner')]).when({ type: 'DeactivateUser', by: admin }).thenRefused('B2003', 'owner_by_owner'));
});
