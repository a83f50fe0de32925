import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { CountRequestPayload, CreatePasswordLinkPayload, SetUserPasswordPayload } from '../../schema/account/payloads';
import { Usage } from '../../schema/account/types';
import { User } from '../../schema/user/types';
import type { Context } from '../../src/graphql/context';
import { ownWrite } from '../../src/graphql/own-write';
import { Policy } from '../../src/graphql/policy';
import { userById } from '../user/loaders';
import { toUsage, usageOf } from './loaders';

@Resolver(() => User)
export class UserUsage {
  @FieldResolver(() => Usage, { description: 'Their requests.' })
  @Policy('users:read')
  usage(@Root() user: Pick<User, 'id'>, @Ctx() context: Context): Promise<Usage | undefined> {
    return context.loader(usageOf).load(user.id);
  }
}

/** What `commands/account/mutations.ts` answers: ids, from which the payload's objects are read. */
interface Changed {
  userId?: string;
}

const changedUser = (context: Context, { userId }: Changed): Promise<User | null> => ownWrite(context, 'users', userById, userId);

@Resolver(() => SetUserPasswordPayload)
export class SetUserPasswordPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'Whose password it is.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => CreatePasswordLinkPayload)
export class CreatePasswordLinkPayloadFields {
  @FieldResolver(() => User, { nullable: true, description: 'For whom it is.' })
  user(@Root() payload: Changed, @Ctx() context: Context): Promise<User | null> {
    return changedUser(context, payload);
  }
}

@Resolver(() => CountRequestPayload)
export class CountRequestPayloadFields {
  @FieldResolver(() => Usage, { nullable: true, description: 'The counts with this request.' })
  usage(@Root() { usage }: { usage?: Omit<Usage, 'remainingRequests'> }): Usage | null {
    return usage ? toUsage(usage) : null;
  }
}
