import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import type { Logo, Logos } from '../../src/images/logos';
import { tenant } from './decider';

interface LogoServices {
  commands: CommandRuntime;
  logos: Logos;
}

/**
 * Gives a tenant a logo. The picture is kept before the event that names it and once more after it, because another
 * change may have tidied up in between.
 */
export async function changeLogo(services: LogoServices, command: CommandContext, tenantId: string, logo: Logo): Promise<CommandOutcome<{ tenantId: string }>> {
  const { digest, contentType } = logo;
  await services.logos.put(tenantId, logo);
  const outcome = await services.commands.execute(tenant, tenantId, { type: 'ChangeLogo', logo: { digest, contentType } }, command, () => ({ tenantId }));
  if (outcome.accepted && (await logoOf(services, tenantId)) === digest) await services.logos.put(tenantId, logo);
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
  await services.logos.keepOnly(tenantId, await logoOf(services, tenantId));
}

