import type { EffectiveEntitlements, Entitlements } from '../../schema/entitlement/types';
import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { NOTHING_SET, toEffective, toEntitlements, type EntitlementRow } from './sql';

/** Ids of the tenant, a tier of it and a user of it among the entitlements. */
export const tenantKey = (tenantId: string): string => `tenant:${tenantId}`;
export const tierKey = (tenantId: string, tier: string): string => `tier:${tenantId}/${tier}`;
export const userKey = (userId: string): string => `user:${userId}`;

/** What was set for tenant, tiers and users of the caller's tenant. */
export const entitlementsByKey = defineLoader<string, Entitlements>('entitlementsByKey', async (context, keys) => {
  const { text, values } = compile(sql`select * from views.entitlements where tenant_id = ${tenantOf(context)} and id = any(${keys})`);
  const rows = inOrderOf(keys, await context.db.query<EntitlementRow>(text, values), ({ id }) => id);
  return rows.map((row) => (row ? toEntitlements(row) : NOTHING_SET));
});

/** What a user of the caller's tenant has; for many users at once it is one statement. */
export async function effectiveOfUser(context: Context, user: { id?: string; tier?: string | null }): Promise<EffectiveEntitlements> {
  const tenantId = tenantOf(context);
  const load = async (key: string | undefined): Promise<Entitlements> =>
    (key === undefined ? NOTHING_SET : (await context.loader(entitlementsByKey).load(key)) ?? NOTHING_SET);
  const [fromTenant, fromTier, fromUser] = await Promise.all([
    load(tenantKey(tenantId)), load(user.tier ? tierKey(tenantId, user.tier) : undefined), load(user.id && userKey(user.id)),
  ]);
  return toEffective(fromTenant, fromTier, fromUser);
}
