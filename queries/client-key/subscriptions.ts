import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { ClientKey, ClientKeyChange } from '../../schema/client-key/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toClientKey, type ClientKeyRow } from './sql';

@Resolver(() => ClientKey)
export class ClientKeySubscriptions {
  @Subscription(() => ClientKeyChange, {
    description: 'Client keys as they are issued and revoked, each in its newest state; users see their own. Uses and expiry are not told.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'client_keys',
      after: args.after,
      filter: (row) => sees(context, 'clients:read', String(row.owner_id)),
      toNode: (row) => toClientKey(row as unknown as ClientKeyRow, context.now()),
    }),
  })
  @Policy('clients:read')
  clientKeyChanged(
    @Root() change: ChangeOf<ClientKey>,
    @Ctx() context: Context,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<ClientKey> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'clients:read', change.node.ownerId) ? { ...change, node: null } : change;
  }
}
