import type { Feature } from '../schema/access/features';
import { reachOf, scopes, type Scope, type ScopeDefinition } from '../schema/access/scopes';
import { notGranted } from '../schema/entitlement/effective';
import type { CommandRuntime } from '../src/command-runtime/port';
import type { Actor } from '../src/event-store/port';
import { effectiveOf } from './entitlement/effective-of';
import { serviceClient } from './service-client/decider';
import { tenant } from './tenant/decider';
import { user } from './user/decider';

/** What work needs: a right, a part of the product beside the one of the right, and models that must be granted. */
export interface Needs {
  scope?: Scope;
  feature?: Feature;
  models?: readonly string[];
}

/**
 * Whether work may still be done for somebody: jobs run later than they were asked for, and by then the person may be
 * deactivated or gone, have another role, have lost the feature or the model, or their tenant may be suspended.
 */
export async function isStillAllowed(
  commands: CommandRuntime, { tenantId, userId }: { tenantId: string; userId: string }, { scope, feature, models = [] }: Needs,
): Promise<boolean> {
  const [{ state: person }, { state: place }] = await Promise.all([commands.recent(user, userId), commands.recent(tenant, tenantId)]);
  if (!person.exists || person.deleted || !person.active || (place.exists && !place.active)) return false;
  if (scope && !reachOf(scope, person.role)) return false;
  const granted = await effectiveOf(commands, { tenantId, userId, tier: person.tier });
  const features = [feature, scope && (scopes[scope] as ScopeDefinition).feature].filter((name) => name !== undefined);
  return features.every((name) => granted.features.includes(name)) && notGranted(granted, models).length === 0;
}

/** Whether whoever asked for work, a person or a program, still has the right to. What the server does by itself it may do. */
export async function mayStillAct(commands: CommandRuntime, tenantId: string, actor: Actor, scope: Scope): Promise<boolean> {
  switch (actor.kind) {
    case 'system': return true;
    case 'anonymous': return false;
    case 'user': return isStillAllowed(commands, { tenantId, userId: actor.id }, { scope });
    case 'service': {
      const { state: client } = await commands.recent(serviceClient, actor.id);
      return client.exists && !client.deleted && client.scopes.includes(scope);
    }
  }
}
