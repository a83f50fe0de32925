import { entitlementEvents } from '../../schema/entitlement/events';
import { entitlementId } from '../../schema/entitlement/subject';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { settleFeatures, type SubjectOfTenant } from './standing';

export const SETTLE_FEATURES = 'settle-features';

/** Makes sure that callers are judged by the features that the log grants, also when the server died right after the append. */
export const featuresReactor: Reactor<typeof entitlementEvents> = {
  name: 'entitlement_features',
  events: entitlementEvents,
  react: (events) => events.flatMap(({ data, at }) => {
    if (data.features === undefined) return [];
    const of: SubjectOfTenant = { tenantId: at.metadata.tenant, subject: { kind: data.subjectKind, name: data.subject } };
    return [{ kind: 'job', task: SETTLE_FEATURES, payload: { ...of }, jobKey: `${SETTLE_FEATURES}:${entitlementId(of.tenantId, of.subject)}` }];
  }),
};

/** Task `settle-features`: what one tenant, tier or user was granted. */
export function settleFeaturesTask(services: { commands: CommandRuntime; auth: Auth }): Task {
  return (of: SubjectOfTenant) => settleFeatures(services, of);
}
