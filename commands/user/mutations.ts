import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { AssignRoleInput, CreateUserInput, DeactivateUserInput } from '../../schema/user/inputs';
import { AssignRolePayload, CreateUserPayload, DeactivateUserPayload } from '../../schema/user/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { by } from './by';
import { refusalToManage, user, type UserCommand } from './decider';
import { registerUser } from './register-user';
import { standingOf } from './standing';

@Resolver()
export class UserMutations {
  @Mutation(() => CreateUserPayload, { description: 'Gives a person an account.' })
  @Policy('users:write')
  createUser(@Arg('input', () => CreateUserInput, { description: 'Who.' }) input: CreateUserInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'createUser', input }, (command) => {
      const refusal = refusalToManage(input.role, by(context));
      if (refusal) throw new RefusedError(refusal);
      const { email, displayName, role, password } = input;
      return registerUser(context, command, { userId: derivedId(command, 'user'), email, displayName, role, password });
    }, (changed) => changed);
  }

  @Mutation(() => AssignRolePayload, { description: 'Changes what a user may do; effective on their open sessions within a second.' })
  @Policy('users:write')
  assignRole(@Arg('input', () => AssignRoleInput, { description: 'Whose, and which.' }) input: AssignRoleInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'assignRole', input }, (command) =>
      change(context, command, input.userId, { type: 'AssignRole', role: input.role, by: by(context) }), (changed) => changed);
  }

  @Mutation(() => DeactivateUserPayload, { description: 'Ends all sessions of a user and lets no new one begin.' })
  @Policy('users:write')
  deactivateUser(@Arg('input', () => DeactivateUserInput, { description: 'Who.' }) input: DeactivateUserInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'deactivateUser', input }, (command) =>
      change(context, command, input.userId, { type: 'DeactivateUser', by: by(context) }), (changed) => changed);
  }
}

/** Executes a command on a user and lets their sessions feel it at once, before the reactor would. */
async function change(context: Context, command: CommandContext, globalId: string, what: UserCommand): Promise<CommandOutcome<{ userId: string }>> {
  const userId = fromGlobalId(globalId, 'User');
  const outcome = await context.commands.execute(user, userId, what, command, standingOf);
  if (!outcome.accepted) return outcome;
  await context.auth.standings.setUser(userId, outcome.answer);
  return { ...outcome, answer: { userId } };
}
