import { isOpenTo, poolIdOf } from '../../schema/key-pool/tenancy';
import type { KeyPool } from '../../schema/key-pool/types';
import type { Context } from '../../src/graphql/context';
import { defineLoader, groupedInOrderOf, inOrderOf } from '../../src/graphql/loader';
import { tenantOf } from '../../src/graphql/tenant';
import {
  LEASES, toKeyPool, toLease, toProviderKey, WAIT_TICKETS, type KeyPoolRow, type LeaseRow, type ProviderKeyRow, type WaitTicketRow,
} from './sql';
import { withReasons } from './wait-tickets';

/** Leases and tickets that a pool shows at most. */
export const SHOWN = 100;

/** Pools of the caller's tenant. */
export const keyPoolById = defineLoader('keyPoolById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<KeyPoolRow>(
    'select * from views.key_pools where tenant_id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toKeyPool), (pool) => pool.id);
});

export const keyPoolByProvider = defineLoader('keyPoolByProvider', (context: Context, providers: readonly string[]) =>
  context.loader(keyPoolById).loadMany(providers.map((provider) => poolIdOf(tenantOf(context), provider))) as Promise<(KeyPool | undefined)[]>);

/** Most leases at once on the keys that serve the caller's tenant, whoever owns them. */
export const capacityOfPool = defineLoader('capacityOfPool', async (context: Context, providers: readonly string[]) => {
  const tenant = tenantOf(context);
  const rows = await context.db.query<Pick<ProviderKeyRow, 'provider' | 'tenant_scope' | 'concurrency_limit'>>(
    'select provider, tenant_scope, concurrency_limit from views.provider_keys where provider = any($1) and active', [providers]);
  const capacities = new Map<string, number>();
  for (const { provider, tenant_scope, concurrency_limit } of rows) {
    if (isOpenTo(tenant_scope, tenant)) capacities.set(provider, (capacities.get(provider) ?? 0) + concurrency_limit);
  }
  return providers.map((provider) => capacities.get(provider) ?? 0);
});

export const providerKeyById = defineLoader('providerKeyById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<ProviderKeyRow>(
    'select * from views.provider_keys where tenant_id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toProviderKey), (key) => key.id);
});

export const leaseById = defineLoader('leaseById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<LeaseRow>(`${LEASES} where l.tenant_id = $1 and l.id = any($2)`, [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toLease), (lease) => lease.id);
});

export const waitTicketById = defineLoader('waitTicketById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<WaitTicketRow>(`${WAIT_TICKETS} where t.tenant_id = $1 and t.id = any($2)`, [tenantOf(context), ids]);
  return inOrderOf(ids, await withReasons(context, rows), (ticket) => ticket.id);
});

/** Keys of each pool, the ones to use first in front. */
export const keysOfPool = defineLoader('keysOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<ProviderKeyRow>(
    'select * from views.provider_keys where tenant_id = $1 and provider = any($2) order by priority desc, id',
    [tenantOf(context), providers]);
  return groupedInOrderOf(providers, rows.map(toProviderKey), (key) => key.provider);
});

/** Leases that each pool has granted and that are held, newest first. */
export const leasesOfPool = defineLoader('leasesOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<LeaseRow>(
    `select f.* from unnest($2::text[]) as p (provider) cross join lateral (
       ${LEASES} where l.tenant_id = $1 and l.provider = p.provider and l.state = 'active' order by l.token desc limit ${SHOWN}
     ) f`,
    [tenantOf(context), providers]);
  return groupedInOrderOf(providers, rows.map(toLease), (lease) => lease.provider);
});

/** The first who wait in each pool, in their order. */
export const queueOfPool = defineLoader('queueOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<WaitTicketRow>(
    `select f.* from unnest($2::text[]) as p (provider) cross join lateral (
       ${WAIT_TICKETS} where t.tenant_id = $1 and t.provider = p.provider order by t.place limit ${SHOWN}
     ) f`,
    [tenantOf(context), providers]);
  return groupedInOrderOf(providers, await withReasons(context, rows), (ticket) => ticket.provider);
});

/** Leases granted in the last minute, by key. */
export const permitsLastMinute = defineLoader('permitsLastMinute', async (context: Context, keyIds: readonly string[]) => {
  const rows = await context.db.query<{ key_id: string; permits: number }>(
    `select key_id, count(*)::int as permits from views.leases
     where key_id = any($1) and granted_at > $2::timestamptz - interval '60 seconds' group by key_id`, [keyIds, context.now()]);
  const permits = new Map(rows.map((row) => [row.key_id, row.permits]));
  return keyIds.map((id) => permits.get(id) ?? 0);
});
