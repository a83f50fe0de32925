import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { tabsOf, type TenantConfiguration } from '../../schema/tenant/configuration';
import { TenantFilter, TenantOrder, TenantOrderField } from '../../schema/tenant/inputs';
import {
  ChangeBrandingPayload, CreateTenantPayload, ImportTenantPayload, RemoveLogoPayload, RenameTenantPayload, ResumeTenantPayload,
  SuspendTenantPayload, Tenant, TenantConnection,
} from '../../schema/tenant/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { judge, Policy } from '../../src/graphql/policy';
import { JSONValue } from '../../src/graphql/scalars';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { seenTenants, tenantById } from './loaders';
import { toTenant, type TenantRow } from './sql';

registerNode('Tenant', 'tenant:read', async (context, ids) => {
  await context.waitForViews('tenants');
  return context.loader(tenantById).loadMany(ids) as Promise<(Tenant | undefined)[]>;
});

@Resolver(() => Tenant)
export class TenantQueries {
  @Query(() => TenantConnection, { description: 'The tenants of this server, newest first: their names and switches, nothing that is in them.' })
  @Policy('tenants:manage')
  async tenants(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => TenantFilter, { nullable: true, description: 'Which tenants.' }) filter?: TenantFilter | null,
    @Arg('orderBy', () => TenantOrder, { nullable: true, description: 'In which order.' }) orderBy?: TenantOrder | null,
  ): Promise<Page<Tenant>> {
    await context.waitForViews('tenants');
    const { db, where } = seenTenants(context);
    return readPage<TenantRow, Tenant>(db, {
      from: 'views.tenants',
      key: 'id',
      where: [where, ...conditions(filter)],
      orderBy: { column: orderBy?.field ?? TenantOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toTenant,
    }, page);
  }

  @Query(() => JSONValue, {
    description: 'Your tenant, or with an id another one of this server, as a configuration file describes it: what `importTenant` takes.',
  })
  @Policy('tenant:write')
  async tenantConfiguration(
    @Ctx() context: Context,
    @Arg('tenantId', () => ID, { nullable: true, description: 'A tenant; your own when nothing is said.' }) tenantId?: string | null,
  ): Promise<TenantConfiguration> {
    const id = tenantId ? fromGlobalId(tenantId, 'Tenant') : tenantOf(context);
    if (id !== tenantOf(context)) judge(context, 'tenants:manage');
    await context.waitForViews('tenants');
    const tenant = await context.loader(tenantById).load(id);
    if (!tenant) throw new RefusedError({ code: 'E4041', rule: 'tenant_unknown', message: 'There is no such tenant.', path: ['tenantId'] });
    const { pageTitle, browserTitle, logoUrl } = tenant.branding;
    return {
      tenant_id: tenant.slug,
      layout: tenant.name,
      enabled_features: tabsOf(tenant.features),
      branding: { page_title: pageTitle, browser_tab_title: browserTitle, logo_path: logoUrl },
    };
  }
}

function conditions(filter: TenantFilter | null | undefined): SqlCondition[] {
  const { search, state } = filter ?? {};
  return [
    ...(search ? [sql`(name ilike ${containing(search)} or slug ilike ${containing(search)})`] : []),
    ...(state ? [sql`state = any(${state})`] : []),
  ];
}

/** What `commands/tenant/mutations.ts` answers: an id, from which the payload's tenant is read. */
interface Changed {
  tenantId?: string;
}

const changedTenant = (context: Context, { tenantId }: Changed): Promise<Tenant | null> => ownWrite(context, 'tenants', tenantById, tenantId);

@Resolver(() => CreateTenantPayload)
export class CreateTenantPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The new tenant.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => RenameTenantPayload)
export class RenameTenantPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The tenant with its new name.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => ChangeBrandingPayload)
export class ChangeBrandingPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The tenant as it looks now.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => RemoveLogoPayload)
export class RemoveLogoPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The tenant without a logo.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => SuspendTenantPayload)
export class SuspendTenantPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The tenant whose people are no longer let in.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => ResumeTenantPayload)
export class ResumeTenantPayloadFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'The tenant whose people are let in again.' })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}

@Resolver(() => ImportTenantPayload)
export class ImportTenantPayloadFields {
  @FieldResolver(() => Tenant, {
    nullable: true, description: 'The tenant as it is configured now; null for a dry run of one that is not there yet.',
  })
  tenant(@Root() payload: Changed, @Ctx() context: Context): Promise<Tenant | null> {
    return changedTenant(context, payload);
  }
}
