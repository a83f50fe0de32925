import { randomUUID } from 'node:crypto';
import { user } from '../../commands/user/decider';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { sealedText } from './sealed';

/** Puts a plain user into the log, as `createUser` leaves them. */
export async function logUser(commands: CommandRuntime, { userId, tenantId }: { userId: string; tenantId: string }): Promise<void> {
  await commands.execute(user, userId, {
    type: 'CreateUser', userId, tenantId, loginName: `login-name-of-${userId}`, email: sealedText(userId, 'email', 'e-mail'),
    displayName: sealedText(userId, 'displayName', 'name'), role: 'user',
    organization: null, note: null, tier: 'free',
  }, bySystem(tenantId));
}

/** Deactivates them, as an operator would. */
export async function deactivateUser(commands: CommandRuntime, { userId, tenantId }: { userId: string; tenantId: string }): Promise<void> {
  await commands.execute(user, userId, { type: 'DeactivateUser', term: 0, by: { id: 'operator', tenantId, role: 'owner' } }, bySystem(tenantId));
}

function bySystem(tenant: string): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant };
}
