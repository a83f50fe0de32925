import { effective, type Grants } from '../../schema/entitlement/effective';
import type { Feature } from '../../schema/access/types';
import type { EffectiveEntitlements, Entitlements } from '../../schema/entitlement/types';

/** A row of `views.entitlements`. */
export interface EntitlementRow {
  id: string;
  subject: string;
  models: string[] | null;
  services: string[] | null;
  features: Feature[] | null;
}

export const NOTHING_SET: Entitlements = { models: null, services: null, features: null };

export function toEntitlements({ models, services, features }: EntitlementRow): Entitlements {
  return { models, services, features };
}

/** What somebody has by what was set for their tenant, their tier and themselves. */
export function toEffective(fromTenant: Entitlements, fromTier: Entitlements, fromUser: Entitlements): EffectiveEntitlements {
  const { models, services, features } = effective(grants(fromTenant), grants(fromTier), grants(fromUser));
  return { models: [...models], services: [...services], features: [...features] as Feature[], fromTenant, fromTier, fromUser };
}

function grants({ models, services, features }: Entitlements): Grants {
  return { models: models ?? undefined, services: services ?? undefined, features: features ?? undefined };
}
