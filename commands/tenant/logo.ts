import type { CommandContext, CommandOutcome, CommandRuntime, Loaded } from '../../src/command-runtime/port';
import type { Logo, Logos } from '../../src/images/logos';
import { tenant, type TenantState } from './decider';

interface LogoServices {
  commands: CommandRuntime;
  logos: Logos;
}

/**
 * Gives a tenant a logo. The picture is kept before the event that names it, so that there is no name without a picture,
 * and once more after it, because another change may have tidied up in between.
 */
export async function changeLogo(
  services: LogoServices, command: CommandContext, tenantId: string, logo: Logo,
): Promise<CommandOutcome<{ tenantId: string }>> {
  const { digest, contentType } = logo;
  const change = { type: 'ChangeLogo', logo: { digest, contentType } } as const;
  const before = await services.commands.load(tenant, tenantId);
  await services.logos.put(tenantId, logo, before.revision + 1n);
  const outcome = await services.commands.execute(tenant, tenantId, change, command, () => ({ tenantId }));
  if (outcome.accepted) await services.logos.put(tenantId, logo, outcome.revision);
  await settleLogo(services, tenantId);
  return outcome;
}

/** Whether this is the logo of a tenant. Only what this node does not know is looked up in the log: a new logo shows at once everywhere. */
export async function hasLogo({ commands }: Pick<LogoServices, 'commands'>, tenantId: string, digest: string): Promise<boolean> {
  return digestOf(await commands.recent(tenant, tenantId)) === digest || digestOf(await commands.load(tenant, tenantId)) === digest;
}

/** Forgets the pictures that are no logo of the tenant any more. */
export async function settleLogo(services: LogoServices, tenantId: string): Promise<void> {
  const newest = await services.commands.load(tenant, tenantId);
  await services.logos.keepOnly(tenantId, digestOf(newest), newest.revision);
}

function digestOf({ state }: Loaded<TenantState>): string | undefined {
  return state.exists ? state.logo?.digest : undefined;
}
