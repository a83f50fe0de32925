import type { Feature } from '../../schema/access/features';
import type { Grants } from '../../schema/entitlement/effective';
import { EVERY_MODEL, EVERY_SERVICE, entitlementEvents, type EntitlementEvent } from '../../schema/entitlement/events';
import type { Subject } from '../../schema/entitlement/subject';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

/** Omitted keeps, an empty list grants nothing, null takes back what was set. */
export interface SetEntitlements {
  type: 'SetEntitlements';
  subject: Subject;
  models?: readonly string[] | null;
  services?: readonly string[] | null;
  features?: readonly Feature[] | null;
}

/** What one tenant, tier or user was granted. */
export const entitlement: Aggregate<Grants, SetEntitlements, typeof entitlementEvents> = {
  category: 'entitlement',
  events: entitlementEvents,
  initial: () => ({}),
  evolve,
  decide,
};

function evolve(state: Grants, { data: { models, services, features } }: EntitlementEvent): Grants {
  return {
    ...state,
    ...(models !== undefined && { models: models ?? undefined }),
    ...(services !== undefined && { services: services ?? undefined }),
    ...(features !== undefined && { features: features ?? undefined }),
  };
}

const kinds = ['models', 'services', 'features'] as const;

function decide(state: Grants, { subject, ...wanted }: SetEntitlements): Decision<EntitlementEvent> {
  for (const [kind, wildcard] of [['models', EVERY_MODEL], ['services', EVERY_SERVICE]] as const) {
    const names = wanted[kind] ?? [];
    if (names.includes(wildcard) && names.length > 1) {
      return refuse('V1001', 'wildcard_alone', `${wildcard} includes all others: name it alone.`, { path: [kind], details: { wildcard } });
    }
  }
  const changed = kinds.filter((kind) => wanted[kind] !== undefined && !same(wanted[kind], state[kind]));
  if (changed.length === 0) return nothing;
  const lists = Object.fromEntries(changed.map((kind) => [kind, wanted[kind]]));
  return { events: [{ type: 'EntitlementsSet', data: { subjectKind: subject.kind, subject: subject.name, ...lists } }] };
}

/** Null and never set are the same; the order is kept as it was given. */
function same(one: readonly string[] | null | undefined, other: readonly string[] | undefined): boolean {
  if (!one || !other) return (one ?? undefined) === other;
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
