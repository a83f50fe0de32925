import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import {
  AssignRoleInput, AssignTierInput, CreateUserInput, CreateUsersInput, DeactivateUserInput, DeleteUserInput, DeleteUsersInput, ImportUsersInput,
  ReactivateUserInput, SetDailyLimitInput, UpdateUserInput, UpdateUsersInput,
} from '../../schema/user/inputs';
import {
  AssignRolePayload, AssignTierPayload, CreateUserPayload, CreateUsersPayload, DeactivateUserPayload, DeleteUserPayload, DeleteUsersPayload,
  ImportUsersPayload, ReactivateUserPayload, SetDailyLimitPayload, UpdateUserPayload, UpdateUsersPayload,
} from '../../schema/user/types';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate, step, type Mutation as Act } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { notCleared } from '../not-cleared';
import { by } from './by';
import { changeUser, executeManaged } from './change-user';
import { createUsers, refusalsOf } from './create-users';
import { checkAddressTyped, deleteUser } from './delete-user';
import { importReport, importUsers } from './import-users';
import { knownUsers, onEach, refuseAll } from './many';
import { changeStanding } from './office';
import { registerUser } from './register-user';

@Resolver()
export class UserMutations {
  @Mutation(() => CreateUserPayload, { description: 'Gives a person an account.' })
  @Policy('users:write')
  createUser(
    @Arg('input', () => CreateUserInput, { description: 'Who.' }) input: CreateUserInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'createUser', input, (command) => {
      refuseAll(refusalsOf(input, by(context)));
      return registerUser(context, command, { ...input, userId: derivedId(command, 'user') });
    });
  }

  @Mutation(() => CreateUsersPayload, {
    description: 'Gives up to 100 people accounts: all of them, or none when one of them cannot be made. After an error that passes some may '
      + 'be made already; sent again with the same idempotency key, it makes the rest.',
  })
  @Policy('users:write')
  createUsers(
    @Arg('input', () => CreateUsersInput, { description: 'Who.' }) input: CreateUsersInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'createUsers', input, (command) => createUsers(context, command, input.users, by(context)));
  }

  @Mutation(() => UpdateUserPayload, { description: 'Changes what is known of a user; what is omitted stays.' })
  @Policy('users:write')
  updateUser(
    @Arg('input', () => UpdateUserInput, { description: 'Whom, and how.' }) input: UpdateUserInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'updateUser', input, (command) => {
      const { displayName, organization, note, picture } = input;
      notCleared(input, ['displayName']);
      return changeUser(context, command, userIdOf(input), { displayName: displayName ?? undefined, organization, note, picture }, by(context));
    });
  }

  @Mutation(() => UpdateUsersPayload, { description: 'Changes several users in the same way; what is omitted stays.' })
  @Policy('users:write')
  updateUsers(
    @Arg('input', () => UpdateUsersInput, { description: 'Whom, and how.' }) input: UpdateUsersInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'updateUsers', input, async (command) => {
      notCleared(input, ['tier', 'role']);
      const userIds = await knownUsers(context, input.userIds, by(context));
      const { organization, note, tier, role } = input;
      const wanted = { organization, note, tier: tier ?? undefined, role: role ?? undefined };
      return onEach('userIds', userIds, (userId) => changeUser(context, step(command, userId), userId, wanted, by(context)));
    });
  }

  @Mutation(() => AssignRolePayload, { description: 'Changes what a user may do; their open sessions end.' })
  @Policy('users:write')
  assignRole(
    @Arg('input', () => AssignRoleInput, { description: 'Whose, and which.' }) input: AssignRoleInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'assignRole', input, (command) =>
      changeStanding(context, command, userIdOf(input), { type: 'AssignRole', role: input.role }, by(context)));
  }

  @Mutation(() => AssignTierPayload, { description: 'Puts a user into a tier, which grants models, services and features.' })
  @Policy('users:write')
  assignTier(
    @Arg('input', () => AssignTierInput, { description: 'Whom, and which.' }) input: AssignTierInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'assignTier', input, (command) =>
      executeManaged(context, command, userIdOf(input), { type: 'AssignTier', tier: input.tier, by: by(context) }));
  }

  @Mutation(() => SetDailyLimitPayload, { description: 'Sets how many requests a day a user has.' })
  @Policy('users:write')
  setDailyLimit(
    @Arg('input', () => SetDailyLimitInput, { description: 'Who, and how many.' }) input: SetDailyLimitInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'setDailyLimit', input, (command) => {
      const { requests } = input;
      // Null is unlimited, and what was forgotten must not be.
      if (requests === undefined) {
        throw new RefusedError({ code: 'E4003', rule: 'required', message: 'Say how many requests, or null for unlimited.', path: ['requests'] });
      }
      return executeManaged(context, command, userIdOf(input), { type: 'SetDailyLimit', requests, by: by(context) });
    });
  }

  @Mutation(() => DeactivateUserPayload, { description: 'Ends all sessions of a user and lets no new one begin.' })
  @Policy('users:write')
  deactivateUser(
    @Arg('input', () => DeactivateUserInput, { description: 'Who.' }) input: DeactivateUserInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'deactivateUser', input, (command) =>
      changeStanding(context, command, userIdOf(input), { type: 'DeactivateUser' }, by(context)));
  }

  @Mutation(() => ReactivateUserPayload, { description: 'Lets a deactivated user sign in again.' })
  @Policy('users:write')
  reactivateUser(
    @Arg('input', () => ReactivateUserInput, { description: 'Who.' }) input: ReactivateUserInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'reactivateUser', input, (command) =>
      changeStanding(context, command, userIdOf(input), { type: 'ReactivateUser' }, by(context)));
  }

  @Mutation(() => DeleteUserPayload, { description: 'Deletes an account: nobody signs in with it, its address is free, its history stays.' })
  @Policy('users:write')
  deleteUser(
    @Arg('input', () => DeleteUserInput, { description: 'Whose, confirmed.' }) input: DeleteUserInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'deleteUser', input, async (command) => {
      const userId = userIdOf(input);
      await checkAddressTyped(context, userId, input.confirmation, by(context));
      return deleteUser(context, command, userId, by(context));
    });
  }

  @Mutation(() => DeleteUsersPayload, { description: 'Deletes several accounts.' })
  @Policy('users:write')
  deleteUsers(
    @Arg('input', () => DeleteUsersInput, { description: 'Whose, confirmed.' }) input: DeleteUsersInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return act(context, 'deleteUsers', input, async (command) => {
      const wanted = `delete ${input.userIds.length} users`;
      if (input.confirmation.trim() !== wanted) {
        const message = `Type "${wanted}" to confirm.`;
        throw new RefusedError({ code: 'V1001', rule: 'confirmation', message, path: ['confirmation'], details: { wanted } });
      }
      const userIds = await knownUsers(context, input.userIds, by(context), true);
      return onEach('userIds', userIds, (userId) => deleteUser(context, step(command, userId), userId, by(context)));
    });
  }

  @Mutation(() => ImportUsersPayload, { description: 'Makes and changes the people of a file, with a report on each line.' })
  @Policy('users:write')
  importUsers(
    @Arg('input', () => ImportUsersInput, { description: 'The file.' }) input: ImportUsersInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'importUsers', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => importUsers(context, command, input, by(context)), (kept) => importReport(input.csv, kept));
  }
}

function userIdOf({ userId }: { userId: string }): string {
  return fromGlobalId(userId, 'User');
}

type Answer = Readonly<Record<string, string | number>>;

function act<Result extends Answer>(
  context: Context, name: string, input: Act['input'], run: (command: CommandContext) => Promise<CommandOutcome<Result>>,
): Promise<MutationPayload> {
  return mutate(context, { name, input, withAddress: true }, run, (answer) => answer);
}
