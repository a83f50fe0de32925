import type { EffectiveFieldsFragment, EntitlementsFieldsFragment } from './gql/documents';

/** What was set for one tenant, tier or user; null where nothing was. */
export type Grants = Omit<EntitlementsFieldsFragment, '__typename'>;
export type EffectiveGrants = Pick<EffectiveFieldsFragment, 'models' | 'services' | 'features'>
  & Record<'fromTenant' | 'fromTier' | 'fromUser', Grants>;
export type GrantKind = 'models' | 'services' | 'features';

export const grantKinds: readonly GrantKind[] = ['models', 'services', 'features'];

/** Names that stand for all others, as the API has them. */
export const everything: Partial<Record<GrantKind, string>> = { models: 'all-team-models', services: 'all-services' };

const grantOrigins = ['tenant', 'tier', 'user'] as const;

type GrantOrigin = (typeof grantOrigins)[number];

/**
 * By whom one thing was granted. A tenant for which nothing is set grants everything, so what nobody named comes from
 * there.
 */
export function originsOf({ fromTenant, fromTier, fromUser }: EffectiveGrants, kind: GrantKind, name: string): readonly GrantOrigin[] {
  const lists = { tenant: fromTenant[kind], tier: fromTier[kind], user: fromUser[kind] };
  return grantOrigins.filter((origin) => (origin === 'tenant' && lists.tenant === null) || lists[origin]?.some((held) => held === name));
}

/** How a list is meant: nothing was set, everything, or just what is named. */
export type GrantMode = 'unset' | 'all' | 'named';

export function modeOf(kind: GrantKind, held: readonly string[] | null): GrantMode {
  if (held === null) {
    return 'unset';
  }
  return everything[kind] !== undefined && held.includes(everything[kind]) ? 'all' : 'named';
}

/** The list that a mode and the names of a form mean; null takes back what was set. */
export function listOf(kind: GrantKind, mode: GrantMode, named: readonly string[]): readonly string[] | null {
  const every = everything[kind];
  if (mode === 'unset') {
    return null;
  }
  return mode === 'all' && every !== undefined ? [every] : named.filter((name) => name !== every);
}

const same = (one: readonly string[] | null, other: readonly string[] | null): boolean =>
  one === other || (one !== null && other !== null && one.join('\n') === other.join('\n'));

/** Only what a form changes; what is left out stays. */
export const changedGrants = (held: Grants, wanted: Record<GrantKind, readonly string[] | null>): Partial<Record<GrantKind, string[] | null>> =>
  Object.fromEntries(grantKinds.filter((kind) => !same(held[kind], wanted[kind])).map((kind) => [kind, wanted[kind] && [...wanted[kind]]]));
