import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Subject } from '../../schema/entitlement/subject';
import { EffectiveEntitlements, Entitlements, SetEntitlementsPayload, TenantEntitlements } from '../../schema/entitlement/types';
import { Viewer } from '../../schema/session/types';
import { User } from '../../schema/user/types';
import { notYours, reach } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { seesOwnWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { compile, sql } from '../../src/graphql/sql';
import { callerOf, signedIn, tenantOf } from '../../src/graphql/tenant';
import { tierOf } from '../user/loaders';
import { sees } from '../visibility';
import { effectiveOfUser, entitlementsOf } from './loaders';
import { toEntitlements, type EntitlementRow } from './sql';

@Resolver()
export class EntitlementQueries {
  @Query(() => TenantEntitlements, { description: 'What your tenant and its tiers were granted. What one user has is a field of theirs.' })
  @Policy('entitlements:read')
  async entitlements(@Ctx() context: Context): Promise<TenantEntitlements> {
    const caller = callerOf(context);
    if (reach(caller, 'entitlements:read') !== 'tenant') throw notYours(caller);
    await context.waitForViews('entitlements');
    const { text, values } = compile(sql`
      select * from views.entitlements
      where tenant_id = ${tenantOf(context)} and subject_kind = 'tier' and (models is not null or services is not null or features is not null)
      order by subject`);
    const [tiers, tenant] = await Promise.all([
      context.db.query<EntitlementRow>(text, values), entitlementsOf(context, { kind: 'tenant', name: tenantOf(context) }),
    ]);
    return { tenant, tiers: tiers.map((row) => ({ tier: row.subject, entitlements: toEntitlements(row) })) };
  }
}

@Resolver(() => User)
export class UserEntitlements {
  @FieldResolver(() => EffectiveEntitlements, { description: 'What they have: by their tenant, their tier and themselves.' })
  @Policy('entitlements:read')
  async entitlements(@Root() user: Pick<User, 'id' | 'tier'>, @Ctx() context: Context): Promise<EffectiveEntitlements> {
    if (!sees(context, 'entitlements:read', user.id)) throw notYours(callerOf(context));
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
  kind?: Subject['kind'];
  name?: string;
  tier?: string | null;
}

@Resolver(() => SetEntitlementsPayload)
export class SetEntitlementsPayloadFields {
  @FieldResolver(() => Entitlements, { nullable: true, description: 'What is set for this tenant, tier or user now.' })
  async entitlements(@Root() { kind, name }: Changed, @Ctx() context: Context): Promise<Entitlements | null> {
    if (!kind || !name || !(await seesOwnWrite(context, 'entitlements'))) return null;
    return entitlementsOf(context, { kind, name });
  }

  @FieldResolver(() => EffectiveEntitlements, {
    nullable: true, description: 'What they have by it: the user, or anybody of the tier or tenant for whom nothing else is set.',
  })
  async effective(@Root() { kind, name, tier }: Changed, @Ctx() context: Context): Promise<EffectiveEntitlements | null> {
    if (!kind || !(await seesOwnWrite(context, 'entitlements'))) return null;
    return effectiveOfUser(context, { tier, ...(kind === 'user' && { id: name }) });
  }
}
