import type { Scope } from '../../schema/access/scopes';
import { RefusedError } from '../../schema/errors/catalogue';
import { reach, scopesOf } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { callerOf } from '../../src/graphql/tenant';

/**
 * The rights that the caller, who manages service clients, can give on.
 * @throws RefusedError E4031 rule `role` for somebody who may only issue keys of their own
 */
export function grantorOf(context: Pick<Context, 'principal'>): Scope[] {
  if (reach(callerOf(context), 'clients:write') === 'tenant') return scopesOf(context.principal);
  throw new RefusedError({ code: 'E4031', rule: 'role', message: 'Your role does not allow this.' });
}
