import { entitlementId } from '../../schema/entitlement/subject';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { entitlement, type SetEntitlements } from './decider';
import { settleFeatures } from './standing';

/** Grants something in the tenant of the command, and lets callers be judged by it at once, before the reactor would. */
export async function grant(
  services: { commands: CommandRuntime; auth: Auth }, command: CommandContext, wanted: Omit<SetEntitlements, 'type'>,
): Promise<CommandOutcome<undefined>> {
  const { tenant: tenantId } = command;
  const { subject } = wanted;
  const set = { type: 'SetEntitlements', ...wanted } as const;
  const outcome = await services.commands.execute(entitlement, entitlementId(tenantId, subject), set, command);
  if (outcome.accepted) await settleFeatures(services, { tenantId, subject });
  return outcome;
}
