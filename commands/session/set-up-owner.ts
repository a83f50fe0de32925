import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { tenant } from '../tenant/decider';
import { tenantIdOf } from '../tenant/tenant-id';
import { registerUser } from '../user/register-user';

export interface FirstOwner {
  userId: string;
  tenantName: string;
  email: string;
  displayName: string;
  password: string;
}

/** Makes the first tenant and its owner, who counts as the actor: nobody else is there yet. */
export async function setUpOwner(context: Pick<Context, 'commands' | 'vault' | 'auth'>, command: CommandContext, owner: FirstOwner): Promise<CommandOutcome<{ userId: string }>> {
  const tenantId = tenantIdOf(DEFAULT_SLUG);
  const { tenantName, userId, email, displayName, password } = owner;
  const asOwner: CommandContext = { ...command, tenant: tenantId, actor: { kind: 'user', id: userId } };
  const made = await context.commands.execute(tenant, tenantId, { type: 'CreateTenant', tenantId, slug: DEFAULT_SLUG, name: tenantName.trim() }, asOwner, () => ({ userId }));
  if (!made.accepted) return made;
  return registerUser(context, asOwner, { userId, email, displayName, role: 'owner', password });
}
