import { RefusedError } from '../../schema/errors/catalogue';
import type { Context, Principal } from './context';

/** The caller as a signed-in user. @throws RefusedError E4011 when anonymous */
export function signedIn(context: Pick<Context, 'principal'>): Extract<Principal, { kind: 'user' }> {
  if (context.principal.kind === 'user') return context.principal;
  throw new RefusedError({ code: 'E4011', rule: 'signed_in', message: 'Sign in to do this.' });
}

/** The tenant every row the caller sees belongs to. @throws RefusedError E4011 when anonymous */
export function tenantOf(context: Pick<Context, 'principal'>): string {
  return signedIn(context).tenantId;
}
