import { reach } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { callerOf } from '../../src/graphql/tenant';

/** Whether the caller sees what operators want to remember: those who read all people, not those who read themselves. */
export function seesNotes(context: Pick<Context, 'principal'>): boolean {
  return reach(callerOf(context), 'users:read') === 'tenant';
}
