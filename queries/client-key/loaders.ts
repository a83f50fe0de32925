import type { ClientKey } from '../../schema/client-key/types';
import type { ClientKeyUse } from '../../src/auth/port';
import { limits } from '../../src/graphql/limits';
import { defineLoader, groupedInOrderOf, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { toClientKey, type ClientKeyRow } from './sql';

/** Client keys the caller may see, by id. */
export const clientKeyById = defineLoader<string, ClientKey>('clientKeyById', async (context, ids) => {
  const { text, values } = compile(sql`
    select * from views.client_keys where ${visible(context, 'clients:read', 'owner_id')} and id = any(${ids})`);
  const rows = await context.db.query<ClientKeyRow>(text, values);
  return inOrderOf(ids, rows.map((row) => toClientKey(row, context.now())), (key) => key.id);
});

/** The newest keys of each owner, as far as the caller may see them. */
export const clientKeysOfOwner = defineLoader<string, ClientKey[]>('clientKeysOfOwner', async (context, ownerIds) => {
  const { text, values } = compile(sql`
    select keys.* from unnest(${ownerIds}::text[]) as owners (id)
    cross join lateral (
      select * from views.client_keys where ${visible(context, 'clients:read', 'owner_id')} and owner_id = owners.id
      order by created_at desc, id limit ${limits.listItems}
    ) as keys`);
  const rows = await context.db.query<ClientKeyRow>(text, values);
  return groupedInOrderOf(ownerIds, rows.map((row) => toClientKey(row, context.now())), (key) => key.ownerId);
});

/** How often each key was used, which no event tells. */
export const clientKeyUses = defineLoader<string, ClientKeyUse>(
  'clientKeyUses', (context, keyIds) => context.auth.clientKeys.usesOf(keyIds));
