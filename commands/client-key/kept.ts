import type { KeptClientKey } from '../../src/auth/port';
import type { ClientKey } from './decider';

/** What calls with the key are judged by. */
export function keptOf({ keyId, tenantId, ownerKind, ownerId, scopes, expiresAt, revoked }: ClientKey): KeptClientKey {
  return { keyId, tenantId, ownerKind, ownerId, scopes, expiresAt: new Date(expiresAt), revoked };
}
