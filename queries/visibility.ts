import type { Context } from '../src/graphql/context';
import { name, sql, type SqlCondition } from '../src/graphql/sql';
import { signedIn } from '../src/graphql/tenant';

/** Whether the caller sees what belongs to `ownerId`: users see what is theirs, every other role the whole tenant. */
export function sees(context: Pick<Context, 'principal'>, ownerId: string): boolean {
  const { role, userId } = signedIn(context);
  return role !== 'user' || userId === ownerId;
}

/** The same as a condition on rows with a `tenant_id` and a column that names whose they are. */
export function visible(context: Pick<Context, 'principal'>, ownerColumn: string): SqlCondition {
  const { role, userId, tenantId } = signedIn(context);
  const inTenant = sql`tenant_id = ${tenantId}`;
  return role === 'user' ? sql`${inTenant} and ${name(ownerColumn)} = ${userId}` : inTenant;
}
