import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  ChangePasswordInput, CountRequestInput, CreatePasswordLinkInput, ResetPasswordInput, SetPreferencesInput, SetUserPasswordInput,
  UpdateProfileInput,
} from '../../schema/account/inputs';
import {
  ChangePasswordPayload, CountRequestPayload, CreatePasswordLinkPayload, ResetPasswordPayload, SetPreferencesPayload,
  SetUserPasswordPayload, UpdateProfilePayload,
} from '../../schema/account/payloads';
import type { Context } from '../../src/graphql/context';
import { mutate } from '../../src/graphql/mutate';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { notCleared } from '../not-cleared';
import { user } from '../user/decider';
import { countRequest } from './count-request';
import { createPasswordLink, resetPassword } from './password-link';
import { changePassword, setUserPassword } from './passwords';
import { updateProfile } from './profile';

/** The viewer is read from what is kept about the caller: see `queries/session`. */
const viewer = (): { viewer: object } => ({ viewer: {} });

@Resolver()
export class AccountMutations {
  @Mutation(() => ResetPasswordPayload, { description: 'Chooses a password by a one-time link, ends all sessions and signs in.' })
  @Policy('public')
  resetPassword(
    @Arg('input', () => ResetPasswordInput, { description: 'Link and password.' }) input: ResetPasswordInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'resetPassword', input }, (command) => resetPassword(context, command, input), viewer);
  }

  @Mutation(() => ChangePasswordPayload, {
    description: 'Changes the caller\'s password. All other sessions end, this one gets a new token.',
  })
  @Policy('account')
  changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'Old and new.' }) input: ChangePasswordInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'changePassword', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => changePassword(context, command, input), viewer);
  }

  @Mutation(() => UpdateProfilePayload, { description: 'Changes how the caller is shown to others.' })
  @Policy('account')
  updateProfile(
    @Arg('input', () => UpdateProfileInput, { description: 'What changes.' }) input: UpdateProfileInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'updateProfile', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => updateProfile(context, command, input), viewer);
  }

  @Mutation(() => SetPreferencesPayload, { description: 'Changes how the caller likes their code and explanations.' })
  @Policy('account')
  setPreferences(
    @Arg('input', () => SetPreferencesInput, { description: 'What changes.' }) input: SetPreferencesInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'setPreferences', input, withAddress: true }, (command) => {
      notCleared(input, ['pythonSkillLevel', 'codeOutputStructure', 'explanationStyle']);
      const { pythonSkillLevel, codeOutputStructure, explanationStyle } = input;
      const preferences = {
        ...(pythonSkillLevel && { pythonSkillLevel }),
        ...(codeOutputStructure && { codeOutputStructure }),
        ...(explanationStyle && { explanationStyle }),
      };
      return context.commands.execute(user, signedIn(context).userId, { type: 'SetPreferences', preferences }, command, () => ({}));
    }, viewer);
  }

  @Mutation(() => CountRequestPayload, { description: 'Counts one request of the caller, unless their limit of the day is reached.' })
  @Policy('usage:write')
  countRequest(
    @Arg('input', () => CountRequestInput, { description: 'Nothing.' }) input: CountRequestInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'countRequest', input }, async () => {
      const usage = await countRequest(context);
      return { accepted: true, answer: { ...usage }, position: context.minPosition ?? 0n, revision: -1n };
    }, (usage) => ({ usage }));
  }

  @Mutation(() => SetUserPasswordPayload, { description: 'Gives a user whom the caller manages a new password, and ends their sessions.' })
  @Policy('users:write')
  setUserPassword(
    @Arg('input', () => SetUserPasswordInput, { description: 'Whose, and which.' }) input: SetUserPasswordInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'setUserPassword', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => setUserPassword(context, command, input), (changed) => changed);
  }

  @Mutation(() => CreatePasswordLinkPayload, {
    description: 'Makes a link, valid for an hour and for one use, by which a user chooses a password. Any earlier link stops working.',
  })
  @Policy('users:write')
  createPasswordLink(
    @Arg('input', () => CreatePasswordLinkInput, { description: 'For whom.' }) input: CreatePasswordLinkInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'createPasswordLink', input, withAddress: true, secretFields: ['url'] } as const;
    return mutate(context, mutation, (command) => createPasswordLink(context, command, input), (made) => made);
  }
}
