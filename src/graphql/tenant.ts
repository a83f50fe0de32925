import { RefusedError } from '../../schema/errors/catalogue';
import type { Principal, UserPrincipal } from '../auth/principal';
import type { Context } from './context';

type Caller = Exclude<Principal, { kind: 'anonymous' }>;

/** Whoever calls, person or service client. @throws RefusedError E4011 when anonymous */
export function callerOf({ principal }: Pick<Context, 'principal'>): Caller {
  if (principal.kind !== 'anonymous') return principal;
  throw new RefusedError({ code: 'E4011', rule: 'signed_in', message: 'Sign in to do this.' });
}

/** The caller as a person. @throws RefusedError E4011 when anonymous, E4031 for a service client */
export function signedIn(context: Pick<Context, 'principal'>): UserPrincipal {
  const caller = callerOf(context);
  if (caller.kind === 'user') return caller;
  throw new RefusedError({ code: 'E4031', rule: 'person_only', message: 'Only a person can do this, a service client cannot.' });
}

/** The tenant every row the caller sees belongs to. @throws RefusedError E4011 when anonymous */
export function tenantOf(context: Pick<Context, 'principal'>): string {
  return callerOf(context).tenantId;
}

/** Opaque id of the caller: of the person or of the service client. @throws RefusedError E4011 when anonymous */
export function callerIdOf(context: Pick<Context, 'principal'>): string {
  const caller = callerOf(context);
  return caller.kind === 'user' ? caller.userId : caller.clientId;
}
