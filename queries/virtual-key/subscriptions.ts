import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { VirtualKey, VirtualKeyChange } from '../../schema/virtual-key/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toVirtualKey, type VirtualKeyRow } from './sql';

@Resolver(() => VirtualKey)
export class VirtualKeySubscriptions {
  @Subscription(() => VirtualKeyChange, {
    description: 'Virtual keys as they change, each in its newest state; users see their own.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'virtual_keys',
      after: args.after,
      filter: (row) => sees(context, 'keys:read', String(row.owner_id)),
      toNode: (row) => toVirtualKey(row as unknown as VirtualKeyRow),
    }),
  })
  @Policy('keys:read')
  virtualKeyChanged(
    @Root() change: ChangeOf<VirtualKey>,
    @Ctx() context: Context,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<VirtualKey> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'keys:read', change.node.ownerId) ? { ...change, node: null } : change;
  }
}
