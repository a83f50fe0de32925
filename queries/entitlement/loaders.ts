import { entitlementId, type Subject } from '../../schema/entitlement/subject';
import type { EffectiveEntitlements, Entitlements } from '../../schema/entitlement/types';
import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { NOTHING_SET, toEffective, toEntitlements, type EntitlementRow } from './sql';

/** What was set for tenant, tiers and users of the caller's tenant, by `entitlementId`. */
const entitlementsById = defineLoader<string, Entitlements>('entitlementsById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.entitlements where tenant_id = ${tenantOf(context)} and id = any(${ids})`);
  const rows = inOrderOf(ids, await context.db.query<EntitlementRow>(text, values), ({ id }) => id);
  return rows.map((row) => (row ? toEntitlements(row) : NOTHING_SET));
});

/** What was set for a subject of the caller's tenant. */
export async function entitlementsOf(context: Context, subject: Subject): Promise<Entitlements> {
  return (await context.loader(entitlementsById).load(entitlementId(tenantOf(context), subject))) ?? NOTHING_SET;
}

/** What a user of the caller's tenant has; for many users at once it is one statement. */
export async function effectiveOfUser(context: Context, user: { id?: string; tier?: string | null }): Promise<EffectiveEntitlements> {
  const of = async (kind: Subject['kind'], name: string | null | undefined): Promise<Entitlements> =>
    (name ? entitlementsOf(context, { kind, name }) : NOTHING_SET);
  const [fromTenant, fromTier, fromUser] = await Promise.all([of('tenant', tenantOf(context)), of('tier', user.tier), of('user', user.id)]);
  return toEffective(fromTenant, fromTier, fromUser);
}
