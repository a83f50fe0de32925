import { featureNames, type Feature as FeatureName } from '../../../schema/access/features';
import type { Role as RoleName } from '../../../schema/access/roles';
import { reachOf, scopes, type Scope, type ScopeDefinition } from '../../../schema/access/scopes';

export type { Scope };

/** Roles and features as the API writes them. */
export type Role = Uppercase<RoleName>;
export type Feature = Uppercase<FeatureName>;

export const allFeatures: readonly Feature[] = featureNames.map((name) => name.toUpperCase() as Feature);

/** What the server said that the caller may do. */
export interface Rights {
  role: Role;
  scopes: readonly string[];
  features: readonly Feature[];
}

export const hasFeature = ({ features }: Pick<Rights, 'features'>, feature: Feature): boolean => features.includes(feature);

/** The part of the product that a scope belongs to. */
export const featureOf = (scope: Scope): Feature | undefined =>
  (scopes[scope] as ScopeDefinition).feature?.toUpperCase() as Feature | undefined;

/**
 * What the screens offer. The server decides; this only keeps people from what would be refused.
 * @param reach `tenant` for what concerns other people, which for some roles a scope does not
 */
export function may(rights: Rights, scope: Scope, reach: 'own' | 'tenant' = 'own'): boolean {
  const feature = featureOf(scope);
  return rights.scopes.includes(scope)
    && (feature === undefined || hasFeature(rights, feature))
    && (reach === 'own' || reachOf(scope, rights.role.toLowerCase() as RoleName) !== 'own');
}
