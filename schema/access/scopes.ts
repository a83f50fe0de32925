import type { Feature } from './features';
import type { Role } from './roles';

/**
 * How far a right reaches: to what is the caller's own, to everything of their tenant, or to the tenants of this server
 * (their names and switches, never what is in them).
 */
export type Relation = 'own' | 'tenant' | 'server';

export interface ScopeDefinition {
  about: string;
  /** Roles that have it, and how far it reaches for each. */
  roles: Readonly<Partial<Record<Role, Relation>>>;
  /** Only for owners of the default tenant, who run this server. */
  operatorOnly?: true;
  /** Whether a service client may have it; it then reaches to the whole tenant. */
  grantable: boolean;
  /** The part of the product it belongs to. */
  feature?: Feature;
}

const everyone = (relation: Relation): ScopeDefinition['roles'] => ({ owner: relation, admin: relation, auditor: relation, user: relation });
const managers: ScopeDefinition['roles'] = { owner: 'tenant', admin: 'tenant' };
const staff: ScopeDefinition['roles'] = { ...managers, auditor: 'tenant' };

/**
 * The table of rights: who may do what, and how far. Every field and mutation names one of these, every client key
 * holds some of these, and nothing else decides about access.
 */
export const scopes = {
  'account': { about: 'Change one\'s own password, profile, preferences and sessions.', roles: everyone('own'), grantable: false },
  'users:read': { about: 'See people; users see themselves.', roles: { ...staff, user: 'own' }, grantable: true },
  'users:write': { about: 'Create, change, deactivate and delete people of lower roles.', roles: managers, grantable: true },
  'clients:read': { about: 'See service clients and all client keys; users see their own keys.', roles: { ...staff, user: 'own' }, grantable: false },
  'clients:write': { about: 'Make service clients and client keys; users make keys for themselves.', roles: { ...managers, user: 'own' }, grantable: false },
  'tenant:read': { about: 'See one\'s tenant, its branding and features.', roles: everyone('tenant'), grantable: true },
  'tenant:write': { about: 'Change name, branding and logo of the tenant.', roles: managers, grantable: true },
  'tenants:manage': { about: 'Create, suspend, export and import tenants of this server.', roles: { owner: 'server' }, operatorOnly: true, grantable: false },
  'entitlements:read': { about: 'See which models, services and features are granted; users see what they have.', roles: { ...staff, user: 'own' }, grantable: true },
  'entitlements:write': { about: 'Grant models, services and features.', roles: managers, grantable: true },
  'keys:read': { about: 'See virtual keys, never their secrets; users see their own.', roles: { ...staff, user: 'own' }, grantable: true, feature: 'virtual_keys' },
  'keys:write': { about: 'Issue virtual keys.', roles: managers, grantable: true, feature: 'virtual_keys' },
  'pools:read': { about: 'See key pools, leases and queues.', roles: staff, grantable: true, feature: 'key_pools' },
  'pools:write': { about: 'Manage provider keys.', roles: managers, grantable: true, feature: 'key_pools' },
  'leases:write': { about: 'Lease provider keys, keep and release them.', roles: managers, grantable: true, feature: 'key_pools' },
  'runs:read': { about: 'See AI work; users see their own.', roles: { ...staff, user: 'own' }, grantable: true, feature: 'runs' },
  'runs:write': { about: 'Start AI work, and stop one\'s own.', roles: { owner: 'own', admin: 'own', user: 'own' }, grantable: false, feature: 'runs' },
  'runs:manage': { about: 'Run load tests; people who have it also stop the AI work of others.', roles: managers, grantable: true, feature: 'runs' },
  'chats:read': { about: 'Read chats; users read their own.', roles: { ...staff, user: 'own' }, grantable: false, feature: 'chat' },
  'chats:write': { about: 'Chat.', roles: { owner: 'own', admin: 'own', user: 'own' }, grantable: false, feature: 'chat' },
  'usage:write': { about: 'Count one\'s own requests.', roles: everyone('own'), grantable: false },
  'audit:read': { about: 'Read the audit log.', roles: staff, grantable: true },
  'operations:read': { about: 'See the overview and how far projections have come.', roles: staff, grantable: true },
} as const satisfies Record<string, ScopeDefinition>;

export type Scope = keyof typeof scopes;

export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]];

/** Scopes that a service client may have. */
export const grantableScopes: readonly Scope[] = forServiceClient(scopeNames);

/** Of the rights that somebody has, those they may give to a service client. */
export function forServiceClient(held: readonly Scope[]): Scope[] {
  return held.filter((scope) => scopes[scope].grantable);
}

/** Each once, in the order of the table of rights: two lists of the same rights are equal. */
export function inTableOrder(given: readonly Scope[]): Scope[] {
  return scopeNames.filter((scope) => given.includes(scope));
}

/** How far a scope reaches for a role; undefined when the role does not have it. */
export function reachOf(scope: Scope, role: Role): Relation | undefined {
  return (scopes[scope] as ScopeDefinition).roles[role];
}
