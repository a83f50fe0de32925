import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { callerIdOf } from '../../src/graphql/tenant';

/** A command of an operator on another tenant: it stands in that tenant's log, and so does where the operator was. */
export async function inTenant(
  context: Pick<Context, 'principal' | 'vault' | 'address'>, command: CommandContext, tenantId: string,
): Promise<CommandContext> {
  if (command.tenant === tenantId) return command;
  const address = await context.vault.seal({ tenant: tenantId, subject: callerIdOf(context), field: 'address' }, context.address);
  return { ...command, tenant: tenantId, address };
}
