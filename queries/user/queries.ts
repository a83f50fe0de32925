import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Refusal } from '../../schema/errors/catalogue';
import { UserFilter, UserOrder, UserOrderField } from '../../schema/user/inputs';
import {
  AssignRolePayload, AssignTierPayload, CreateUserPayload, CreateUsersPayload, DeactivateUserPayload, DeleteUserPayload, DeleteUsersPayload,
  ImportedLine, ImportUsersPayload, ReactivateUserPayload, SetDailyLimitPayload, UpdateUserPayload, UpdateUsersPayload, User, UserConnection,
  UserExport, UserResult, type ImportOutcome,
} from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { ownWrite } from '../../src/graphql/own-write';
import { toUserError } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { visible } from '../visibility';
import { conditions, readViews } from './conditions';
import { exportUsers } from './export';
import { userById } from './loaders';
import { seesNotes } from './notes';
import { toUser, type UserRow } from './sql';

registerNode('User', 'users:read', async (context, ids) => {
  await context.waitForViews('users');
  return context.loader(userById).loadMany(ids) as Promise<(User | undefined)[]>;
});

@Resolver(() => User)
export class UserQueries {
  @Query(() => UserConnection, { description: 'The users of the tenant, newest first; users see themselves.' })
  @Policy('users:read')
  async users(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => UserFilter, { nullable: true, description: 'Which users.' }) filter?: UserFilter | null,
    @Arg('orderBy', () => UserOrder, { nullable: true, description: 'In which order.' }) orderBy?: UserOrder | null,
  ): Promise<Page<User>> {
    await context.waitForViews(...readViews);
    return readPage<UserRow, User>(context.db, {
      from: 'views.users',
      key: 'id',
      where: [visible(context, 'users:read', 'id'), ...conditions(context, filter)],
      orderBy: { column: orderBy?.field ?? UserOrderField.CREATED_AT, direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toUser,
    }, page);
  }

  @Query(() => UserExport, {
    description: 'The users of the tenant as comma-separated text, the oldest first, 1,000 at a time. A cell that a spreadsheet would take for '
      + 'a formula has an apostrophe in front.',
  })
  @Policy('users:read')
  async userExport(
    @Ctx() context: Context,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the part before.' }) after?: string | null,
    @Arg('filter', () => UserFilter, { nullable: true, description: 'Which users.' }) filter?: UserFilter | null,
  ): Promise<UserExport> {
    await context.waitForViews(...readViews);
    return exportUsers(context, filter, after);
  }

  @FieldResolver(() => String, {
    nullable: true, description: 'What operators want to remember about them; null also for callers who see only themselves.',
  })
  note(@Root() { note }: Pick<User, 'note'>, @Ctx() context: Context): string | null {
    return seesNotes(context) ? note : null;
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Requests a day; 0 is blocked, null is unlimited.' })
  dailyLimit(@Root() { ownDailyLimit }: Pick<User, 'ownDailyLimit'>, @Ctx() { setting }: Context): number | null {
    return ownDailyLimit === undefined ? setting.dailyRequests : ownDailyLimit;
  }
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

@Resolver(() => UpdateUserPayload)
export class UpdateUserPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user as they are now.' })
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

@Resolver(() => AssignTierPayload)
export class AssignTierPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user with the new tier.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => SetDailyLimitPayload)
export class SetDailyLimitPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user with the new limit.' })
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

@Resolver(() => ReactivateUserPayload)
export class ReactivateUserPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user, who may sign in again.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => DeleteUserPayload)
export class DeleteUserPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'What is left of the user.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

/** The results of an act on many, which are kept as text. */
interface Kept {
  results?: string;
}

function resultsOf({ results }: Kept, { correlationId }: Context): Omit<UserResult, 'user'>[] | null {
  if (results === undefined) return null;
  const kept = JSON.parse(results) as { index: number; userId?: string; refusal?: Refusal }[];
  return kept.map(({ index, userId, refusal }) => ({ index, userId, errors: refusal ? [toUserError(refusal, correlationId)] : [] }));
}

@Resolver(() => UserResult)
export class UserResultFields {
  @FieldResolver(() => User, { nullable: true, description: 'The user; null when nothing was done.' })
  @Policy('users:write')
  user(@Root() result: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, result);
  }
}

@Resolver(() => CreateUsersPayload)
export class CreateUsersPayloadFields {
  @FieldResolver(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results(@Root() payload: Kept, @Ctx() context: Context): Omit<UserResult, 'user'>[] | null {
    return resultsOf(payload, context);
  }
}

@Resolver(() => UpdateUsersPayload)
export class UpdateUsersPayloadFields {
  @FieldResolver(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results(@Root() payload: Kept, @Ctx() context: Context): Omit<UserResult, 'user'>[] | null {
    return resultsOf(payload, context);
  }
}

@Resolver(() => DeleteUsersPayload)
export class DeleteUsersPayloadFields {
  @FieldResolver(() => [UserResult], { nullable: true, description: 'What became of each, in the order of the input; null when nothing was done.' })
  results(@Root() payload: Kept, @Ctx() context: Context): Omit<UserResult, 'user'>[] | null {
    return resultsOf(payload, context);
  }
}

interface LineResult {
  line: number;
  email?: string;
  outcome: ImportOutcome;
  refusals: Refusal[];
}

@Resolver(() => ImportUsersPayload)
export class ImportUsersPayloadFields {
  @FieldResolver(() => [ImportedLine], { nullable: true, description: 'What became of each line; null when the file could not be read.' })
  lines(@Root() { lines }: { lines?: LineResult[] }, @Ctx() { correlationId }: Context): ImportedLine[] | null {
    return lines?.map(({ line, email, outcome, refusals }) => ({
      line, email: email ?? null, outcome, errors: refusals.map((refusal) => toUserError(refusal, correlationId)),
    })) ?? null;
  }
}
