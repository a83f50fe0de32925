import type { Context } from '../../src/graphql/context';
import { callerIdOf, callerOf } from '../../src/graphql/tenant';
import type { By } from './decider';

/** The caller as deciders know them. @throws RefusedError E4011 when anonymous */
export function by(context: Pick<Context, 'principal'>): By {
  const caller = callerOf(context);
  return { id: callerIdOf(context), tenantId: caller.tenantId, role: caller.kind === 'user' ? caller.role : 'service' };
}
