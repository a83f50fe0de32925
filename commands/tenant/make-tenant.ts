import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { tenant } from './decider';
import { settleTenant } from './standing';
import { tenantIdOf } from './tenant-id';

export interface NewTenant {
  slug: string;
  name: string;
  /** Who is going to be its first owner. */
  ownerId?: string;
}

/** Makes a tenant, or takes up one that has no owner yet, and lets callers be judged by it at once. */
export async function makeTenant(
  services: { commands: CommandRuntime; auth: Auth }, command: CommandContext, { slug, name, ownerId }: NewTenant,
): Promise<CommandOutcome<undefined>> {
  const tenantId = tenantIdOf(slug);
  const create = { type: 'CreateTenant', tenantId, slug, name: name.trim(), ownerId } as const;
  const outcome = await services.commands.execute(tenant, tenantId, create, command);
  if (outcome.accepted) await settleTenant(services, tenantId);
  return outcome;
}
