import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { ClientKeyFilter, ClientKeyOrder, ClientKeyOrderField } from '../../schema/client-key/inputs';
import { forOwnKey } from '../../schema/client-key/scopes';
import {
  ClientKey, ClientKeyConnection, ClientKeyOwner, IssueClientKeyPayload, RevokeClientKeyPayload,
} from '../../schema/client-key/types';
import { RefusedError } from '../../schema/errors/catalogue';
import { ScopeInfo, ServiceClient } from '../../schema/service-client/types';
import { User } from '../../schema/user/types';
import { scopesOf } from '../../src/graphql/access';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId, registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { DateTime } from '../../src/graphql/scalars';
import { any, containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { related } from '../related';
import { serviceClientById } from '../service-client/loaders';
import { infoOf } from '../service-client/scope-info';
import { userById } from '../user/loaders';
import { visible } from '../visibility';
import { clientKeyById, clientKeysOfOwner, clientKeyUses } from './loaders';
import { inState, toClientKey, type ClientKeyRow } from './sql';

registerNode('ClientKey', 'clients:read', async (context, ids) => {
  await context.waitForViews('client_keys');
  return context.loader(clientKeyById).loadMany(ids) as Promise<(ClientKey | undefined)[]>;
});

/** Counts beyond GraphQL's Int are shown as its largest. */
const LARGEST_INT = 2_147_483_647;

@Resolver(() => ClientKey)
export class ClientKeyQueries {
  @Query(() => ClientKeyConnection, { description: 'The client keys of the tenant, newest first; users see their own.' })
  @Policy('clients:read')
  async clientKeys(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => ClientKeyFilter, { nullable: true, description: 'Which client keys.' }) filter?: ClientKeyFilter | null,
    @Arg('orderBy', () => ClientKeyOrder, { nullable: true, description: 'In which order.' }) orderBy?: ClientKeyOrder | null,
  ): Promise<Page<ClientKey>> {
    await context.waitForViews('client_keys');
    const now = context.now();
    return readPage<ClientKeyRow, ClientKey>(context.db, {
      from: 'views.client_keys',
      key: 'id',
      where: [visible(context, 'clients:read', 'owner_id'), ...conditions(filter, now)],
      orderBy: { column: orderBy?.field ?? ClientKeyOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: (row) => toClientKey(row, now),
    }, page);
  }

  @Query(() => [ScopeInfo], { description: 'What you may put on a key of your own.' })
  @Policy('signed-in')
  ownScopes(@Ctx() { principal }: Context): ScopeInfo[] {
    return infoOf(principal.kind === 'user' ? forOwnKey(scopesOf(principal)) : []);
  }

  @FieldResolver(() => ClientKeyOwner, { nullable: true, description: 'Whose key it is; null when you may not see them.' })
  @Policy('clients:read')
  async owner(@Root() key: Pick<ClientKey, 'ownerKind' | 'ownerId' | 'position'>, @Ctx() context: Context): Promise<object | null> {
    const { ownerKind, ownerId, position } = key;
    const owner = ownerKind === 'user'
      ? await related(context, 'users', userById, ownerId, position)
      : await related(context, 'service_clients', serviceClientById, ownerId, position);
    return owner ? { ...owner, __typename: ownerKind === 'user' ? 'User' : 'ServiceClient' } : null;
  }

  @FieldResolver(() => Int, { description: 'Calls made with it; an open socket counts once.' })
  async useCount(@Root() { id }: Pick<ClientKey, 'id'>, @Ctx() context: Context): Promise<number> {
    return Math.min((await context.loader(clientKeyUses).load(id))?.useCount ?? 0, LARGEST_INT);
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'The last call made with it; null when there was none.' })
  async lastUsedAt(@Root() { id }: Pick<ClientKey, 'id'>, @Ctx() context: Context): Promise<Date | null> {
    return (await context.loader(clientKeyUses).load(id))?.lastUsedAt ?? null;
  }
}

function conditions(filter: ClientKeyFilter | null | undefined, now: Date): SqlCondition[] {
  const { search, state, ownerId } = filter ?? {};
  return [
    ...(search ? [sql`(name ilike ${containing(search)} or last_four = ${search})`] : []),
    ...(state ? [any(state.map((each) => inState(each, now)))] : []),
    ...(ownerId ? [sql`owner_id = ${ownerKeyOf(ownerId)}`] : []),
  ];
}

/** @throws RefusedError E4004 for an id of anything that cannot own keys */
function ownerKeyOf(id: string): string {
  const { type, key } = fromGlobalId(id);
  if (type === 'User' || type === 'ServiceClient') return key;
  throw new RefusedError({
    code: 'E4004', rule: 'global_id_type', message: 'This is not the id of a user or service client.',
    details: { expected: 'User or ServiceClient' },
  });
}

@Resolver(() => User)
export class UserClientKeys {
  @FieldResolver(() => [ClientKey], { description: 'Keys of their own for calling this API, newest first, at most 100.' })
  @Policy('clients:read')
  async clientKeys(@Root() user: Pick<User, 'id'>, @Ctx() context: Context): Promise<ClientKey[]> {
    return (await context.loader(clientKeysOfOwner).load(user.id)) ?? [];
  }
}

@Resolver(() => ServiceClient)
export class ServiceClientKeys {
  @FieldResolver(() => [ClientKey], { description: 'Its keys, newest first, at most 100.' })
  @Policy('clients:read')
  async keys(@Root() client: Pick<ServiceClient, 'id'>, @Ctx() context: Context): Promise<ClientKey[]> {
    return (await context.loader(clientKeysOfOwner).load(client.id)) ?? [];
  }
}

/** What `commands/client-key/mutations.ts` answers: an id, from which the payload's object is read. */
interface Changed {
  keyId?: string;
}

const changedKey = (context: Context, { keyId }: Changed): Promise<ClientKey | null> =>
  ownWrite(context, 'client_keys', clientKeyById, keyId);

@Resolver(() => IssueClientKeyPayload)
export class IssueClientKeyPayloadFields {
  @FieldResolver(() => ClientKey, { nullable: true, description: 'The new key.' })
  clientKey(@Root() payload: Changed, @Ctx() context: Context): Promise<ClientKey | null> {
    return changedKey(context, payload);
  }
}

@Resolver(() => RevokeClientKeyPayload)
export class RevokeClientKeyPayloadFields {
  @FieldResolver(() => ClientKey, { nullable: true, description: 'The key, which opens nothing any more.' })
  clientKey(@Root() payload: Changed, @Ctx() context: Context): Promise<ClientKey | null> {
    return changedKey(context, payload);
  }
}
