import { featureNames, type Feature } from '../access/features';
import { EVERY_MODEL, EVERY_SERVICE } from './events';

/** What was set for one tenant, tier or user; what is undefined was never set. */
export interface Grants {
  models?: readonly string[];
  services?: readonly string[];
  features?: readonly Feature[];
}

export interface EffectiveGrants {
  models: readonly string[];
  services: readonly string[];
  features: readonly Feature[];
}

/** What somebody has: all that their tenant, their tier or they themselves were granted. A tenant for which nothing is set has everything. */
export function effective(tenant: Grants, tier: Grants, user: Grants): EffectiveGrants {
  const union = <Name extends string>(kind: keyof Grants, everything: readonly Name[]): Name[] => {
    const granted = [tenant[kind] ?? everything, tier[kind] ?? [], user[kind] ?? []].flat() as Name[];
    return [...new Set(granted)];
  };
  return {
    models: unlessEvery(EVERY_MODEL, union('models', [EVERY_MODEL])),
    services: unlessEvery(EVERY_SERVICE, union('services', [EVERY_SERVICE])),
    features: featureNames.filter((feature) => union('features', featureNames).includes(feature)),
  };
}

/** Those of `wanted` that are not granted; everything includes every name. */
export function notGranted({ models }: Pick<EffectiveGrants, 'models'>, wanted: readonly string[]): string[] {
  return models.includes(EVERY_MODEL) ? [] : wanted.filter((model) => !models.includes(model));
}

function unlessEvery(wildcard: string, names: readonly string[]): readonly string[] {
  return names.includes(wildcard) ? [wildcard] : names;
}
