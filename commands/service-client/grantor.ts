import type { Scope } from '../../schema/access/scopes';
import { notYours, reach, scopesOf } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { callerOf } from '../../src/graphql/tenant';

/**
 * The rights that the caller, who manages service clients, can give on.
 * @throws RefusedError E4031 rule `role` for somebody who may only issue keys of their own
 */
export function grantorOf(context: Pick<Context, 'principal'>): Scope[] {
  const caller = callerOf(context);
  if (reach(caller, 'clients:write') !== 'tenant') throw notYours(caller);
  return scopesOf(caller);
}
