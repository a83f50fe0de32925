import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { tenant } from './decider';

/** Lets callers of a tenant be judged by what the log says of it now, on every node within a second. */
export async function settleTenant({ commands, auth }: { commands: CommandRuntime; auth: Auth }, tenantId: string): Promise<void> {
  const { state, revision } = await commands.load(tenant, tenantId);
  if (state.exists) await auth.standings.setTenant(tenantId, { active: state.active, isDefault: state.slug === DEFAULT_SLUG, revision });
}
