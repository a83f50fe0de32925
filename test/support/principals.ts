import { featureNames } from '../../schema/access/features';
import type { Role } from '../../schema/access/roles';
import type { ServicePrincipal, UserPrincipal } from '../../src/auth/principal';

/** A person signed in by a session, with everything switched on. */
export function person(userId: string, role: Role = 'user', tenantId = 'tenant-1', more: Partial<UserPrincipal> = {}): UserPrincipal {
  return {
    kind: 'user', userId, tenantId, role, operator: false, features: featureNames,
    proof: { kind: 'session', sessionId: `session-of-${userId}` }, ...more,
  };
}

/** A service client calling by its key. */
export function service(clientId: string, scopes: ServicePrincipal['scopes'], tenantId = 'tenant-1', more: Partial<ServicePrincipal> = {}): ServicePrincipal {
  return { kind: 'service', clientId, keyId: `key-of-${clientId}`, tenantId, scopes, features: featureNames, ...more };
}
