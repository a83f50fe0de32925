import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { User } from '../../schema/user/types';
import { VirtualKeyFilter, VirtualKeyOrder, VirtualKeyOrderField } from '../../schema/virtual-key/inputs';
import { IssueKeyPayload, VirtualKey, VirtualKeyConnection } from '../../schema/virtual-key/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { related } from '../related';
import { userById } from '../user/loaders';
import { visible } from '../visibility';
import { virtualKeyById, virtualKeysOfUser } from './loaders';
import { toVirtualKey, type VirtualKeyRow } from './sql';

registerNode('VirtualKey', 'keys:read', async (context, ids) => {
  await context.waitForViews('virtual_keys');
  return context.loader(virtualKeyById).loadMany(ids) as Promise<(VirtualKey | undefined)[]>;
});

@Resolver(() => VirtualKey)
export class VirtualKeyQueries {
  @Query(() => VirtualKeyConnection, { description: 'The virtual keys of the tenant, newest first; users see their own.' })
  @Policy('keys:read')
  async virtualKeys(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => VirtualKeyFilter, { nullable: true, description: 'Which virtual keys.' }) filter?: VirtualKeyFilter | null,
    @Arg('orderBy', () => VirtualKeyOrder, { nullable: true, description: 'In which order.' }) orderBy?: VirtualKeyOrder | null,
  ): Promise<Page<VirtualKey>> {
    await context.waitForViews('virtual_keys');
    return readPage<VirtualKeyRow, VirtualKey>(context.db, {
      from: 'views.virtual_keys',
      key: 'id',
      where: [visible(context, 'keys:read', 'owner_id'), ...conditions(filter)],
      orderBy: { column: orderBy?.field ?? VirtualKeyOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toVirtualKey,
    }, page);
  }

  @FieldResolver(() => User, { description: 'The user it was issued to.' })
  @Policy('users:read')
  owner(@Root() key: Pick<VirtualKey, 'ownerId' | 'position'>, @Ctx() context: Context): Promise<User | undefined> {
    return related(context, 'users', userById, key.ownerId, key.position);
  }
}

function conditions(filter: VirtualKeyFilter | null | undefined): SqlCondition[] {
  const { search, ownerId, state } = filter ?? {};
  return [
    ...(search ? [sql`(key_alias ilike ${containing(search)} or last_four = ${search})`] : []),
    ...(ownerId ? [sql`owner_id = ${fromGlobalId(ownerId, 'User')}`] : []),
    ...(state ? [sql`state = any(${state})`] : []),
  ];
}

@Resolver(() => User)
export class UserVirtualKeys {
  @FieldResolver(() => VirtualKeyConnection, { description: 'The virtual keys issued to them, newest first.' })
  @Policy('keys:read')
  virtualKeys(@Root() user: Pick<User, 'id'>, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context): Promise<Page<VirtualKey>> {
    return virtualKeysOfUser.read(context, user.id, page);
  }
}

@Resolver(() => IssueKeyPayload)
export class IssueKeyPayloadFields {
  @FieldResolver(() => VirtualKey, { nullable: true, description: 'The new key.' })
  virtualKey(@Root() { keyId }: { keyId?: string }, @Ctx() context: Context): Promise<VirtualKey | null> {
    return ownWrite(context, 'virtual_keys', virtualKeyById, keyId);
  }
}
