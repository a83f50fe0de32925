import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { ServiceClient, ServiceClientChange } from '../../schema/service-client/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toServiceClient, type ServiceClientRow } from './sql';

@Resolver(() => ServiceClient)
export class ServiceClientSubscriptions {
  @Subscription(() => ServiceClientChange, {
    description: 'Service clients as they change, each in its newest state, deleted ones once more.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'service_clients',
      after: args.after,
      filter: (row) => sees(context, 'clients:read', String(row.id)),
      toNode: (row) => toServiceClient(row as unknown as ServiceClientRow),
    }),
  })
  @Policy('clients:read')
  serviceClientChanged(
    @Root() change: ChangeOf<ServiceClient>,
    @Ctx() context: Context,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<ServiceClient> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'clients:read', change.node.id) ? { ...change, node: null } : change;
  }
}
