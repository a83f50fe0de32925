import type { Tenant } from '../../schema/tenant/types';
import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { tenantOf } from '../../src/graphql/tenant';

/** The caller's own tenant by id; every other id is unknown. */
export const tenantById = defineLoader('tenantById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<Tenant>('select id, name from views.tenants where id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows, (tenant) => tenant.id);
});
