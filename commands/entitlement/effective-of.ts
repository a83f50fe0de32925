import { effective, notGranted, type EffectiveGrants } from '../../schema/entitlement/effective';
import { entitlementId, type Subject } from '../../schema/entitlement/subject';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { entitlement } from './decider';

export interface Holder {
  tenantId: string;
  userId: string;
  tier: string;
}

/** What a user has, as the log says; what another node changed in the last moment may not be in it yet. */
export async function effectiveOf(commands: CommandRuntime, { tenantId, userId, tier }: Holder): Promise<EffectiveGrants> {
  const subjects: readonly Subject[] = [{ kind: 'tenant', name: tenantId }, { kind: 'tier', name: tier }, { kind: 'user', name: userId }];
  const [ofTenant, ofTier, ofUser] = await Promise.all(
    subjects.map(async (subject) => (await commands.recent(entitlement, entitlementId(tenantId, subject))).state));
  return effective(ofTenant!, ofTier!, ofUser!);
}

/** @throws RefusedError B2001 rule `model_not_granted` when a user may not use one of these models */
export async function requireModels(
  commands: CommandRuntime, holder: Holder, models: readonly string[], path: readonly string[],
): Promise<void> {
  const missing = notGranted(await effectiveOf(commands, holder), models);
  if (missing.length === 0) return;
  throw new RefusedError({
    code: 'B2001', rule: 'model_not_granted', message: `Not granted: ${missing.join(', ')}.`, path, details: { models: missing.join(', ') },
  });
}
