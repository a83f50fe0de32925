import { isOpenTo, poolIdOf } from '../../schema/key-pool/tenancy';
import type { KeyPool } from '../../schema/key-pool/types';
import type { Context } from '../../src/graphql/context';
import { defineLoader, groupedInOrderOf, inOrderOf } from '../../src/graphql/loader';
import { tenantOf } from '../../src/graphql/tenant';
import {
  LEASES, permitsAt, toKeyPool, toLease, toProviderKey, WAIT_TICKETS, type KeyPoolRow, type LeaseRow, type ProviderKeyRow, type WaitTicketRow,
} from './sql';
import { withReasons } from './wait-tickets';

/** Leases and tickets that a pool shows at most. */
export const SHOWN = 100;
/** Permits that a key shows at most. */
export const SHOWN_PERMITS = 200;

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
    `select provider, tenant_scope, concurrency_limit from views.provider_keys
     where provider = any($1) and active and coalesce(expires_at > $2, true)`, [providers, context.now()]);
  const capacities = new Map<string, number>();
  for (const { provider, tenant_scope, concurrency_limit } of rows) {
    if (isOpenTo(tenant_scope, tenant)) capacities.set(provider, (capacities.get(provider) ?? 0) + concurrency_limit);
  }
  return providers.map((provider) => capacities.get(provider) ?? 0);
});

/** Requests of the caller's tenant that each pool granted in the last minute. */
export const grantsLastMinute = defineLoader('grantsLastMinute', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<{ provider: string; grants: number }>(
    `select provider, count(*)::int as grants from views.leases
     where tenant_id = $1 and provider = any($2) and granted_at > $3::timestamptz - interval '60 seconds' group by provider`,
    [tenantOf(context), providers, context.now()]);
  const grants = new Map(rows.map((row) => [row.provider, row.grants]));
  return providers.map((provider) => grants.get(provider) ?? 0);
});

/** How long requests waited until they were granted, in milliseconds. */
export interface Waits {
  provider: string;
  p50: number;
  p95: number;
}

/** Waits of the caller's tenant in the last 10 minutes, by the newest 10,000 grants of each pool; undefined without any. */
export const waitsOfPool = defineLoader('waitsOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<Waits>(
    `select p.provider, round(w.waits[1])::int as p50, round(w.waits[2])::int as p95
     from unnest($2::text[]) as p (provider) cross join lateral (
       select percentile_disc(array[0.5, 0.95]) within group (order by g.waited) as waits from (
         select extract(epoch from l.granted_at - l.requested_at) * 1000 as waited from views.leases l
         where l.provider = p.provider and l.tenant_id = $1 and l.granted_at > $3::timestamptz - interval '10 minutes'
         order by l.granted_at desc limit 10000
       ) g
     ) w where w.waits is not null`,
    [tenantOf(context), providers, context.now()]);
  return inOrderOf(providers, rows, ({ provider }) => provider);
});

export const providerKeyById = defineLoader('providerKeyById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<ProviderKeyRow>(
    'select * from views.provider_keys where tenant_id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map((row) => toProviderKey(row, context.now())), (key) => key.id);
});

export const leaseById = defineLoader('leaseById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<LeaseRow>(`${LEASES} and l.tenant_id = $1 and l.id = any($2)`, [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toLease), (lease) => lease.id);
});

export const waitTicketById = defineLoader('waitTicketById', async (context: Context, ids: readonly string[]) => {
  const providers = [...new Set(ids.map(providerOf))];
  const rows = await context.db.query<WaitTicketRow>(`${WAIT_TICKETS} where t.tenant_id = $2 and t.id = any($3)`, [providers, tenantOf(context), ids]);
  return inOrderOf(ids, await withReasons(context, rows), (ticket) => ticket.id);
});

/** Keys of each pool, the ones to use first in front. */
export const keysOfPool = defineLoader('keysOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<ProviderKeyRow>(
    'select * from views.provider_keys where tenant_id = $1 and provider = any($2) order by priority desc, id',
    [tenantOf(context), providers]);
  return groupedInOrderOf(providers, rows.map((row) => toProviderKey(row, context.now())), (key) => key.provider);
});

/** Leases that each pool has granted and that are held, newest first. */
export const leasesOfPool = defineLoader('leasesOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<LeaseRow>(
    `select f.* from unnest($2::text[]) as p (provider) cross join lateral (
       ${LEASES} and l.tenant_id = $1 and l.provider = p.provider and l.state = 'active' order by l.token desc limit ${SHOWN}
     ) f`,
    [tenantOf(context), providers]);
  return groupedInOrderOf(providers, rows.map(toLease), (lease) => lease.provider);
});

/** The first who wait in each pool, in their order. */
export const queueOfPool = defineLoader('queueOfPool', async (context: Context, providers: readonly string[]) => {
  const rows = await context.db.query<WaitTicketRow>(
    `select * from (
       select o.*, row_number() over (partition by provider order by seq) as nth from (${WAIT_TICKETS} where t.tenant_id = $2) o
     ) shown where nth <= ${SHOWN} order by seq`,
    [providers, tenantOf(context)]);
  return groupedInOrderOf(providers, await withReasons(context, rows), (ticket) => ticket.provider);
});

/** Permits taken in the last minute, by key. */
export const permitsLastMinute = defineLoader('permitsLastMinute', async (context: Context, keyIds: readonly string[]) => {
  const rows = await context.db.query<{ id: string; permits: number }>(
    `select k.id, (select coalesce(sum(units), 0)::int from (${permitsAt('$2')}) p) as permits from unnest($1::text[]) as k (id)`,
    [keyIds, context.now()]);
  const permits = new Map(rows.map((row) => [row.id, row.permits]));
  return keyIds.map((id) => permits.get(id) ?? 0);
});

/** When the permits of the last minute were taken, by key: the newest of them, oldest first. */
export const permitTimes = defineLoader('permitTimes', async (context: Context, keyIds: readonly string[]) => {
  const rows = await context.db.query<{ id: string; taken_at: Date }>(
    `select k.id, p.taken_at from unnest($1::text[]) as k (id) cross join lateral (
       select taken_at from (${permitsAt('$2')}) w, generate_series(1, w.units) order by taken_at desc limit ${SHOWN_PERMITS}
     ) p order by p.taken_at`,
    [keyIds, context.now()]);
  return groupedInOrderOf(keyIds, rows, ({ id }) => id).map((taken) => taken.map(({ taken_at }) => new Date(taken_at)));
});

/** The pool that a lease or a ticket belongs to stands in front of its id. */
const providerOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('/')));
