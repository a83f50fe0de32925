import type { Feature } from '../../schema/access/features';
import type { Role } from '../../schema/access/roles';
import type { Scope } from '../../schema/access/scopes';

/** By what a person proved who they are. */
export type Proof =
  | { kind: 'session'; sessionId: string }
  | { kind: 'client_key'; keyId: string; scopes: readonly Scope[] }
  /** A token of another system that we trust (NextAuth); `digest` names it for revocation. */
  | { kind: 'token'; digest: string; expiresAt: number };

export interface UserPrincipal {
  kind: 'user';
  userId: string;
  tenantId: string;
  role: Role;
  /** An owner of the default tenant: runs this server. */
  operator: boolean;
  /** What is switched on for them: by their tenant, their tier or themselves. */
  features: readonly Feature[];
  proof: Proof;
}

export interface ServicePrincipal {
  kind: 'service';
  clientId: string;
  keyId: string;
  tenantId: string;
  /** Those of the key that the client still has. */
  scopes: readonly Scope[];
  features: readonly Feature[];
}

/** Who is calling, as proven by what they sent. */
export type Principal = UserPrincipal | ServicePrincipal | { kind: 'anonymous' };

export const ANONYMOUS: Principal = { kind: 'anonymous' };
