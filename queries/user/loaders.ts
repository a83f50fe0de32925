import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { tenantOf } from '../../src/graphql/tenant';
import { toUser, type UserRow } from './sql';

/** Users of the caller's tenant by id. */
export const userById = defineLoader('userById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<UserRow>('select * from views.users where tenant_id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toUser), (user) => user.id);
});
