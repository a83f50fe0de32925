import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { toUser, type UserRow } from './sql';

/** Users the caller may see, by id. */
export const userById = defineLoader('userById', async (context: Context, ids: readonly string[]) => {
  const { text, values } = compile(sql`select * from views.users where ${visible(context, 'users:read', 'id')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<UserRow>(text, values)).map(toUser), (user) => user.id);
});
