import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { EffectiveEntitlements, Entitlements, SetEntitlementsPayload, TenantEntitlements } from '../../schema/entitlement/types';
import { RefusedError } from '../../schema/errors/catalogue';
import { Viewer } from '../../schema/session/types';
import { User } from '../../schema/user/types';
import { reach } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { compile, sql } from '../../src/graphql/sql';
import { callerOf, signedIn, tenantOf } from '../../src/graphql/tenant';
import { tierOf } from '../user/loaders';
import { sees } from '../visibility';
import { effectiveOfUser, entitlementsByKey, tenantKey, tierKey, userKey } from './loaders';
import { NOTHING_SET, toEntitlements, type EntitlementRow } from './sql';

const notYours = new RefusedError({ code: 'E4031', rule: 'role', message: 'Your role does not allow this.' });

@Resolver()
export class EntitlementQueries {
  @Query(() => TenantEntitlements, { description: 'What your tenant and its tiers were granted. What one user has is a field of theirs.' })
  @Policy('entitlements:read')
  async entitlements(@Ctx() context: Context): Promise<TenantEntitlements> {
    if (reach(callerOf(context), 'entitlements:read') !== 'tenant') throw notYours;
    await context.waitForViews('entitlements');
    const { text, values } = compile(sql`
      select * from views.entitlements
      where tenant_id = ${tenantOf(context)} and subject_kind = 'tier' and (models is not null or services is not null or features is not null)
      order by subject`);
    const [tiers, tenant] = await Promise.all([
      context.db.query<EntitlementRow>(text, values), context.loader(entitlementsByKey).load(tenantKey(tenantOf(context))),
    ]);
    return { tenant: tenant ?? NOTHING_SET, tiers: tiers.map((row) => ({ tier: row.subject, entitlements: toEntitlements(row) })) };
  }
}

@Resolver(() => User)
export class UserEntitlements {
  @FieldResolver(() => EffectiveEntitlements, { description: 'What they have: by their tenant, their tier and themselves.' })
  @Policy('entitlements:read')
  async entitlements(@Root() user: Pick<User, 'id' | 'tier'>, @Ctx() context: Context): Promise<EffectiveEntitlements> {
    if (!sees(context, 'entitlements:read', user.id)) throw notYours;
    await context.waitForViews('entitlements');
    return effectiveOfUser(context, user);
  }
}

@Resolver(() => Viewer)
export class ViewerEntitlements {
  @FieldResolver(() => EffectiveEntitlements, { description: 'What the caller has: by their tenant, their tier and themselves.' })
  @Policy('entitlements:read')
  async entitlements(@Ctx() context: Context): Promise<EffectiveEntitlements> {
    await context.waitForViews('entitlements', 'users');
    const id = signedIn(context).userId;
    return effectiveOfUser(context, { id, tier: await tierOf(context, id) });
  }
}

/** What `commands/entitlement/mutations.ts` answers. */
interface Changed {
  kind?: 'tenant' | 'tier' | 'user';
  name?: string;
  tier?: string | null;
}

@Resolver(() => SetEntitlementsPayload)
export class SetEntitlementsPayloadFields {
  @FieldResolver(() => Entitlements, { nullable: true, description: 'What is set for this tenant, tier or user now.' })
  async entitlements(@Root() { kind, name }: Changed, @Ctx() context: Context): Promise<Entitlements | null> {
    if (!kind || !name) return null;
    await context.waitForViews('entitlements');
    const key = { tenant: tenantKey(name), tier: tierKey(tenantOf(context), name), user: userKey(name) }[kind];
    return (await context.loader(entitlementsByKey).load(key)) ?? NOTHING_SET;
  }

  @FieldResolver(() => EffectiveEntitlements, {
    nullable: true, description: 'What they have by it: the user, or anybody of the tier or tenant for whom nothing else is set.',
  })
  async effective(@Root() { kind, name, tier }: Changed, @Ctx() context: Context): Promise<EffectiveEntitlements | null> {
    if (!kind) return null;
    await context.waitForViews('entitlements');
    return effectiveOfUser(context, { tier, ...(kind === 'user' && { id: name }) });
  }
}
