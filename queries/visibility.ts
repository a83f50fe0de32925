import type { Scope } from '../schema/access/scopes';
import { isReached, reach } from '../src/graphql/access';
import type { Context } from '../src/graphql/context';
import { all, name, sql, type SqlCondition } from '../src/graphql/sql';
import { callerIdOf, callerOf, tenantOf } from '../src/graphql/tenant';

type Caller = Pick<Context, 'principal'>;

/** Whether the caller sees, by this scope, what belongs to `ownerId` in their tenant. */
export function sees(context: Caller, scope: Scope, ownerId: string): boolean {
  const reached = reach(callerOf(context), scope);
  return isReached(reached) && (reached === 'own' ? callerIdOf(context) === ownerId : true);
}

/**
 * The rows the caller sees by this scope, as a condition on rows with a `tenant_id` and a column that names whose they
 * are. Without an owner column, a scope that reaches to one's own things only shows none.
 */
export function visible(context: Caller, scope: Scope, ownerColumn?: string): SqlCondition {
  const reached = reach(callerOf(context), scope);
  if (!isReached(reached)) return sql`false`;
  const inTenant = sql`tenant_id = ${tenantOf(context)}`;
  if (reached !== 'own') return inTenant;
  return ownerColumn ? all([inTenant, sql`${name(ownerColumn)} = ${callerIdOf(context)}`]) : sql`false`;
}
