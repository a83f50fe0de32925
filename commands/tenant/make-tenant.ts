import { randomUUID } from 'node:crypto';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { tenant, type Claim } from './decider';
import { settleTenant } from './standing';
import { tenantIdOf } from './tenant-id';

export interface NewTenant {
  slug: string;
  name: string;
  claim?: Claim;
}

/** Makes a tenant, or takes up one that has no owner yet, and lets callers be judged by it at once. */
export async function makeTenant(
  services: { commands: CommandRuntime; auth: Auth }, command: CommandContext, { slug, name, claim }: NewTenant,
): Promise<CommandOutcome<undefined>> {
  const tenantId = tenantIdOf(slug);
  const create = { type: 'CreateTenant', tenantId, slug, name: name.trim(), claim } as const;
  // Judged anew when the command is repeated: by now somebody else may have taken up what it had left without an owner.
  const outcome = await services.commands.execute(tenant, tenantId, create, { ...command, commandId: randomUUID() });
  if (outcome.accepted) await settleTenant(services, tenantId);
  return outcome;
}
