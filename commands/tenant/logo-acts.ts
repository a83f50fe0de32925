import { logoPath } from '../../schema/tenant/configuration';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { mutate } from '../../src/graphql/mutate';
import { tenantOf } from '../../src/graphql/tenant';
import type { LogoActs } from '../../src/http/logo-route';
import type { Logos } from '../../src/images/logos';
import { readLogo } from '../../src/images/read-logo';
import { tenant } from './decider';
import { changeLogo, hasLogo } from './logo';

/** The logos of tenants, as the routes for pictures need them. */
export function createLogoActs({ commands, logos }: { commands: CommandRuntime; logos: Logos }): LogoActs {
  return {
    async change(context, { contentType, bytes }) {
      const payload = await mutate(context, { name: 'changeLogo', input: {}, withAddress: true },
        async (command) => changeLogo({ commands, logos }, command, command.tenant, await readLogo(contentType, bytes)), (changed) => changed);
      if (payload.errors.length > 0) return { errors: payload.errors };
      const { state } = await commands.load(tenant, tenantOf(context));
      const { pageTitle = null, browserTitle = null, logo = null } = state.exists ? state : {};
      return { branding: { pageTitle, browserTitle, logoUrl: logo && logoPath(logo.digest) }, position: String(payload.position) };
    },
    async read(tenantId, digest) {
      return (await hasLogo({ commands }, tenantId, digest)) ? logos.get(tenantId, digest) : undefined;
    },
  };
}
