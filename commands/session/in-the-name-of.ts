import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';

/** Whose account it is. */
export interface AccountHolder {
  userId: string;
  tenantId: string;
}

/** A command of somebody who was anonymous when they sent it and has proven since who they are. */
export async function inTheNameOf(
  { vault, address }: Pick<Context, 'vault' | 'address'>, command: CommandContext, { userId, tenantId }: AccountHolder,
): Promise<CommandContext> {
  return {
    ...command, tenant: tenantId, actor: { kind: 'user', id: userId },
    address: await vault.seal({ tenant: tenantId, subject: userId, field: 'address' }, address),
  };
}
