import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { User, UserChange } from '../../schema/user/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sees } from '../visibility';
import { toUser, type UserRow } from './sql';

@Resolver(() => User)
export class UserSubscriptions {
  @Subscription(() => UserChange, {
    description: 'Users as they change, each in its newest state; users see themselves.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(context, {
      view: 'users',
      after: args.after,
      filter: (row) => sees(context, 'users:read', String(row.id)),
      toNode: (row) => toUser(row as unknown as UserRow),
    }),
  })
  @Policy('users:read')
  userChanged(
    @Root() change: ChangeOf<User>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
    @Ctx() context: Context,
  ): ChangeOf<User> {
    // The role may have changed since the subscription began.
    return change.node && !sees(context, 'users:read', change.node.id) ? { ...change, node: null } : change;
  }
}
