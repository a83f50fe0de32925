import type { CommandRuntime } from '../src/command-runtime/port';
import { tenant } from './tenant/decider';
import { user } from './user/decider';

/**
 * Whether work may still be done for whoever asked for it: jobs run later than they were asked for, and by then the
 * person may be deactivated or gone, or their tenant suspended.
 */
export async function isStillAllowed(commands: Pick<CommandRuntime, 'recent'>, { tenantId, userId }: { tenantId: string; userId: string }): Promise<boolean> {
  const [{ state: person }, { state: place }] = await Promise.all([commands.recent(user, userId), commands.recent(tenant, tenantId)]);
  return person.exists && !person.deleted && person.active && (!place.exists || place.active);
}
