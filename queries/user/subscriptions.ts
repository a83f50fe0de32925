import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { User, UserChange } from '../../schema/user/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { toUser, type UserRow } from './sql';

@Resolver(() => User)
export class UserSubscriptions {
  @Subscription(() => UserChange, {
    description: 'Users as they change, each in its newest state.',
    subscribe: ({ args, context }) => changes(context as Context, { view: 'users', after: args.after as string | null, toNode: (row) => toUser(row as unknown as UserRow) }),
  })
  @Policy('users:read')
  userChanged(
    @Root() change: ChangeOf<User>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
    @Ctx() _context: Context,
  ): ChangeOf<User> {
    return change;
  }
}
