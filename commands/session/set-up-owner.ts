import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { makeTenant } from '../tenant/make-tenant';
import { tenantIdOf } from '../tenant/tenant-id';
import { registerUser } from '../user/register-user';

export interface FirstOwner {
  userId: string;
  tenantName: string;
  email: string;
  displayName: string;
}

/** Makes the default tenant and its owner, whose password is kept already and who counts as the actor: nobody else is there yet. */
export async function setUpOwner(
  context: Pick<Context, 'commands' | 'vault' | 'auth'>, command: CommandContext, owner: FirstOwner,
): Promise<CommandOutcome<{ userId: string }>> {
  const { tenantName, userId, email, displayName } = owner;
  const asOwner: CommandContext = { ...command, tenant: tenantIdOf(DEFAULT_SLUG), actor: { kind: 'user', id: userId } };
  const made = await makeTenant(context, asOwner, { slug: DEFAULT_SLUG, name: tenantName });
  if (!made.accepted) return made;
  return registerUser(context, asOwner, { userId, email, displayName, role: 'owner' });
}
