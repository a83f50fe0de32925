import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { forServiceClient } from '../../schema/access/scopes';
import { ServiceClientFilter, ServiceClientOrder, ServiceClientOrderField } from '../../schema/service-client/inputs';
import {
  CreateServiceClientPayload, DeleteServiceClientPayload, ScopeInfo, ServiceClient, ServiceClientConnection, UpdateServiceClientPayload,
} from '../../schema/service-client/types';
import { scopesOf } from '../../src/graphql/access';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { containing, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { serviceClientById } from './loaders';
import { infoOf } from './scope-info';
import { toServiceClient, type ServiceClientRow } from './sql';

registerNode('ServiceClient', 'clients:read', async (context, ids) => {
  await context.waitForViews('service_clients');
  return context.loader(serviceClientById).loadMany(ids) as Promise<(ServiceClient | undefined)[]>;
});

@Resolver(() => ServiceClient)
export class ServiceClientQueries {
  @Query(() => ServiceClientConnection, { description: 'The service clients of the tenant, newest first.' })
  @Policy('clients:read')
  async serviceClients(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => ServiceClientFilter, { nullable: true, description: 'Which service clients.' }) filter?: ServiceClientFilter | null,
    @Arg('orderBy', () => ServiceClientOrder, { nullable: true, description: 'In which order.' }) orderBy?: ServiceClientOrder | null,
  ): Promise<Page<ServiceClient>> {
    await context.waitForViews('service_clients');
    const { search } = filter ?? {};
    return readPage<ServiceClientRow, ServiceClient>(context.db, {
      from: 'views.service_clients',
      key: 'id',
      where: [visible(context, 'clients:read'), sql`not deleted`, ...(search ? [sql`name ilike ${containing(search)}`] : [])],
      orderBy: { column: orderBy?.field ?? ServiceClientOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toServiceClient,
    }, page);
  }

  @Query(() => [ScopeInfo], { description: 'What you may give to a service client: of your own rights those that are not for people only.' })
  @Policy('signed-in')
  grantableScopes(@Ctx() context: Context): ScopeInfo[] {
    return infoOf(forServiceClient(scopesOf(context.principal)));
  }
}

/** What `commands/service-client/mutations.ts` answers: an id, from which the payload's object is read. */
interface Changed {
  clientId?: string;
}

const changedClient = (context: Context, { clientId }: Changed): Promise<ServiceClient | null> =>
  ownWrite(context, 'service_clients', serviceClientById, clientId);

@Resolver(() => CreateServiceClientPayload)
export class CreateServiceClientPayloadFields {
  @FieldResolver(() => ServiceClient, { nullable: true, description: 'The new service client, as yet without a key.' })
  serviceClient(@Root() payload: Changed, @Ctx() context: Context): Promise<ServiceClient | null> {
    return changedClient(context, payload);
  }
}

@Resolver(() => UpdateServiceClientPayload)
export class UpdateServiceClientPayloadFields {
  @FieldResolver(() => ServiceClient, { nullable: true, description: 'The service client as it is now.' })
  serviceClient(@Root() payload: Changed, @Ctx() context: Context): Promise<ServiceClient | null> {
    return changedClient(context, payload);
  }
}

@Resolver(() => DeleteServiceClientPayload)
export class DeleteServiceClientPayloadFields {
  @FieldResolver(() => ServiceClient, { nullable: true, description: 'The service client that is no more.' })
  serviceClient(@Root() payload: Changed, @Ctx() context: Context): Promise<ServiceClient | null> {
    return changedClient(context, payload);
  }
}
