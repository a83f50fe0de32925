import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { visible } from '../visibility';
import { toUser, type UserRow } from './sql';

/** Users the caller may see, by id. */
export const userById = defineLoader('userById', async (context: Context, ids: readonly string[]) => {
  const { text, values } = compile(sql`select * from views.users where ${visible(context, 'users:read', 'id')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<UserRow>(text, values)).map(toUser), (user) => user.id);
});

/** The tier of a person of the caller's tenant. Who may know it was judged before: what it grants is no right to read people. */
export async function tierOf(context: Context, userId: string): Promise<string | undefined> {
  const { text, values } = compile(sql`select tier from views.users where tenant_id = ${tenantOf(context)} and id = ${userId}`);
  return (await context.db.query<Pick<UserRow, 'tier'>>(text, values))[0]?.tier;
}
