import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Usage } from '../../schema/account/types';
import { Session } from '../../schema/session/types';
import { User } from '../../schema/user/types';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { sessionsOf, usageOf } from './loaders';

@Resolver(() => User)
export class UserAccountFields {
  @FieldResolver(() => [Session], { description: 'Where they are signed in, the newest use first.' })
  @Policy('users:read')
  sessions(@Root() user: User, @Ctx() context: Context): Promise<Session[] | undefined> {
    return context.loader(sessionsOf).load(user.id);
  }

  @FieldResolver(() => Usage, { description: 'Their requests.' })
  @Policy('users:read')
  usage(@Root() user: User, @Ctx() context: Context): Promise<Usage | undefined> {
    return context.loader(usageOf).load(user.id);
  }
}
