import { randomUUID } from 'node:crypto';
import { entitlement } from '../../commands/entitlement/decider';
import { user } from '../../commands/user/decider';
import type { Role } from '../../schema/access/roles';
import type { Grants } from '../../schema/entitlement/effective';
import { entitlementId } from '../../schema/entitlement/subject';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { sealedText } from './sealed';

/** Puts a user into the log, as `createUser` leaves them. */
export async function logUser(commands: CommandRuntime, { userId, tenantId, role = 'user' }: { userId: string; tenantId: string; role?: Role }): Promise<void> {
  await commands.execute(user, userId, {
    type: 'CreateUser', userId, tenantId, loginName: `login-name-of-${userId}`, email: sealedText(userId, 'email', 'e-mail'),
    displayName: sealedText(userId, 'displayName', 'name'), role,
    organization: null, note: null, tier: 'free',
  }, bySystem(tenantId));
}

/** Deactivates them, as an operator would. */
export async function deactivateUser(commands: CommandRuntime, { userId, tenantId }: { userId: string; tenantId: string }): Promise<void> {
  await commands.execute(user, userId, { type: 'DeactivateUser', term: 0, by: { id: 'operator', tenantId, role: 'owner' } }, bySystem(tenantId));
}

/** Sets what a tenant gives everybody, as an operator would. */
export async function grantTenant(commands: CommandRuntime, tenantId: string, grants: Grants): Promise<void> {
  const subject = { kind: 'tenant', name: tenantId } as const;
  await commands.execute(entitlement, entitlementId(tenantId, subject), { type: 'SetEntitlements', subject, ...grants }, bySystem(tenantId));
}

function bySystem(tenant: string): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant };
}
