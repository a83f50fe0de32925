import type { Tenant } from '../../schema/tenant/types';
import { isReached, reach } from '../../src/graphql/access';
import type { Context, Db } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { all, compile, sql, type SqlCondition } from '../../src/graphql/sql';
import { callerOf, tenantOf } from '../../src/graphql/tenant';
import { toTenant, type TenantRow } from './sql';

/** Where tenants are read and which of them the caller sees: their own, or all of this server for who manages them. */
export function seenTenants(context: Context): { db: Db; where: SqlCondition } {
  if (isReached(reach(callerOf(context), 'tenants:manage'))) return { db: context.dbOfServer, where: sql`true` };
  return { db: context.db, where: sql`tenant_id = ${tenantOf(context)}` };
}

/** Tenants the caller may see, by id. */
export const tenantById = defineLoader<string, Tenant>('tenantById', async (context, ids) => {
  const { db, where } = seenTenants(context);
  const { text, values } = compile(sql`select * from views.tenants where ${all([where, sql`id = any(${ids})`])}`);
  return inOrderOf(ids, (await db.query<TenantRow>(text, values)).map(toTenant), (tenant) => tenant.id);
});
