import type { VirtualKey } from '../../schema/virtual-key/types';
import { OrderDirection } from '../../src/graphql/connection';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { childPages } from '../child-pages';
import { visible } from '../visibility';
import { toVirtualKey, type VirtualKeyRow } from './sql';

/** Virtual keys the caller may see, by id. */
export const virtualKeyById = defineLoader<string, VirtualKey>('virtualKeyById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.virtual_keys where ${visible(context, 'keys:read', 'owner_id')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<VirtualKeyRow>(text, values)).map(toVirtualKey), (key) => key.id);
});

/** The virtual keys of each user, newest first. */
export const virtualKeysOfUser = childPages<VirtualKeyRow, VirtualKey>({
  from: 'views.virtual_keys',
  parent: 'owner_id',
  key: 'id',
  orderBy: { column: 'created_at', direction: OrderDirection.DESC },
  where: (context) => visible(context, 'keys:read', 'owner_id'),
  toNode: toVirtualKey,
});
