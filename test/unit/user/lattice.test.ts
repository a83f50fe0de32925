import fc from 'fast-check';
import { refusalToManage, user, type By, type UserCommand, type UserState } from '../../../commands/user/decider';
import { manages, roles, type Role } from '../../../schema/access/roles';
import { sealedText } from '../../support/sealed';

/** Four people who are there before, one of each role; the attacker begins as one of them. */
const bystanders = Object.fromEntries(roles.map((role) => [`first ${role}`, role]));
const people = [...Object.keys(bystanders), 'new 0', 'new 1', 'new 2'];

const person = fc.constantFrom(...people);
const role = fc.constantFrom(...roles);
const step = fc.oneof(
  fc.record({ act: fc.constant('create' as const), by: person, whom: fc.constantFrom('new 0', 'new 1', 'new 2'), role }),
  fc.record({ act: fc.constantFrom('role' as const), by: person, whom: person, role }),
  fc.record({ act: fc.constantFrom('password' as const, 'link' as const, 'deactivate' as const, 'reactivate' as const, 'delete' as const), by: person, whom: person }),
);
type Step = { act: 'create' | 'role' | 'password' | 'link' | 'deactivate' | 'reactivate' | 'delete'; by: string; whom: string; role?: Role };

function created(userId: string, given: Role): UserCommand {
  return {
    type: 'CreateUser', userId, tenantId: 't1', loginName: userId, email: sealedText(userId, 'email', 'e'),
    displayName: sealedText(userId, 'displayName', 'n'), role: given, organization: null, note: null, tier: 'free',
  };
}

function commandOf({ act, whom, role: given }: Step, by: By, term: number): UserCommand {
  switch (act) {
    case 'create': return created(whom, given!);
    case 'role': return { type: 'AssignRole', role: given!, term, by };
    case 'password': return { type: 'RecordPasswordSet', by };
    case 'link': return { type: 'RecordPasswordLink', linkId: 'l', expiresAt: '2026-01-01T00:00:00.000Z', by };
    case 'deactivate': return { type: 'DeactivateUser', term, by };
    case 'reactivate': return { type: 'ReactivateUser', term, by };
    case 'delete': return { type: 'DeleteUser', term, by };
  }
}

const alive = (state: UserState | undefined) => (state?.exists && !state.deleted ? state : undefined);

/**
 * Plays the attacker, who acts with every account they hold: their own, those they made and those into which they let
 * themselves with a new password.
 * @returns the roles that were ever within their reach
 */
function rolesReached(start: Role, steps: readonly Step[], judge = refusalToManage): Set<Role> {
  const world = new Map<string, UserState>();
  const execute = (userId: string, command: UserCommand): boolean => {
    const state = world.get(userId) ?? user.initial();
    const decision = user.decide(state, command);
    if ('refusal' in decision) return false;
    world.set(userId, decision.events.reduce(user.evolve, state));
    return true;
  };
  for (const [userId, given] of Object.entries(bystanders)) execute(userId, created(userId, given));
  const held = new Set([`first ${start}`]);
  const reached = new Set<Role>([start]);
  for (const each of steps) {
    const actor = alive(world.get(each.by));
    if (!actor?.active || !held.has(each.by)) continue;
    const by: By = { id: each.by, tenantId: 't1', role: actor.role };
    const before = world.get(each.whom);
    if (each.act === 'create' && (before?.exists || judge(each.role!, by))) continue;
    const done = execute(each.whom, commandOf(each, by, alive(before)?.term ?? 0));
    if (done && ['create', 'password', 'link'].includes(each.act)) held.add(each.whom);
    for (const userId of held) {
      const account = alive(world.get(userId));
      if (account) reached.add(account.role);
    }
  }
  return reached;
}

test.each(roles)('whoever begins as %s never reaches a role above it, whatever they do (item 89)', (start) => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    for (const reachedRole of rolesReached(start, steps as Step[])) {
      expect(reachedRole === start || manages(start, reachedRole)).toBe(true);
    }
  }), { numRuns: 400 });
});

test('the property finds a rule that is too weak', () => {
  const tooWeak = (): undefined => undefined;
  expect(() => fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    expect([...rolesReached('admin', steps as Step[], tooWeak)]).not.toContain('owner');
  }), { numRuns: 400 })).toThrow();
});
