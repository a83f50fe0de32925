import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { UserFilter, UserOrder, UserOrderField } from '../../schema/user/inputs';
import { AssignRolePayload, CreateUserPayload, DeactivateUserPayload, User, UserConnection } from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { userById } from './loaders';
import { toUser, type UserRow } from './sql';

registerNode('User', 'users:read', async (context, ids) => {
  await context.waitForViews('users');
  return context.loader(userById).loadMany(ids) as Promise<(User | undefined)[]>;
});

@Resolver(() => User)
export class UserQueries {
  @Query(() => UserConnection, { description: 'The users of the tenant, newest first.' })
  @Policy('users:read')
  async users(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => UserFilter, { nullable: true, description: 'Which users.' }) filter?: UserFilter,
    @Arg('orderBy', () => UserOrder, { nullable: true, description: 'In which order.' }) orderBy?: UserOrder,
  ): Promise<Page<User>> {
    await context.waitForViews('users');
    return readPage<UserRow, User>(context.db, {
      from: 'views.users',
      key: 'id',
      where: [visible(context, 'users:read', 'id'), ...conditions(filter)],
      orderBy: { column: orderBy?.field ?? UserOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toUser,
    }, page);
  }
}

function conditions(filter: UserFilter | null | undefined): SqlCondition[] {
  const { search, role, state } = filter ?? {};
  return [
    ...(search ? [sql`(display_name ilike ${containing(search)} or email ilike ${containing(search)})`] : []),
    ...(role ? [sql`role = any(${role})`] : []),
    ...(state ? [sql`state = any(${state})`] : []),
  ];
}

/** What `commands/user/mutations.ts` answers: ids, from which the payload's objects are read. */
interface Changed {
  userId?: string;
}

const changedUser = (context: Context, { userId }: Changed): Promise<User | null> => ownWrite(context, 'users', userById, userId);

@Resolver(() => CreateUserPayload)
export class CreateUserPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The new user.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => AssignRolePayload)
export class AssignRolePayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user with the new role.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => DeactivateUserPayload)
export class DeactivateUserPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user, who may no longer sign in.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}
