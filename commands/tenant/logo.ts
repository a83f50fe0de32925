import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import type { Logo, Logos } from '../../src/images/logos';
import { tenant } from './decider';

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

/** Digest of the logo that a tenant has now. */
export async function logoOf({ commands }: Pick<LogoServices, 'commands'>, tenantId: string): Promise<string | undefined> {
  const { state } = await commands.load(tenant, tenantId);
  return state.exists ? state.logo?.digest : undefined;
}

/** Forgets the pictures that are no logo of the tenant any more. */
export async function settleLogo(services: LogoServices, tenantId: string): Promise<void> {
  const { state, revision } = await services.commands.load(tenant, tenantId);
  await services.logos.keepOnly(tenantId, state.exists ? state.logo?.digest : undefined, revision);
}

