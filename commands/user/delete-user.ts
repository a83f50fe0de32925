import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { existingIn, user, type By } from './decider';
import { changeStanding } from './office';
import { loginNameOf, releaseLoginName } from './register-user';

type Services = Pick<Context, 'commands' | 'auth' | 'vault'>;

/** Deletes an account: everything that lets somebody in is gone, their e-mail address is free, their history stays. */
export async function deleteUser(
  services: Services, command: CommandContext, userId: string, by: By,
): Promise<CommandOutcome<{ userId: string }>> {
  const outcome = await changeStanding(services, command, userId, { type: 'DeleteUser' }, by);
  if (!outcome.accepted) return outcome;
  const { state } = await services.commands.load(user, userId);
  if (state.exists) await releaseLoginName(services, command, state.loginName, userId);
  return outcome;
}

/** @throws RefusedError V1001 when the text is not the e-mail address of the user; whoever is none of the tenant is judged later */
export async function checkAddressTyped(
  { commands, vault }: Pick<Services, 'commands' | 'vault'>, userId: string, typed: string, by: By,
): Promise<void> {
  const known = existingIn((await commands.load(user, userId)).state, by.tenantId);
  if (!known || loginNameOf({ vault }, typed) === known.loginName) return;
  throw new RefusedError({
    code: 'V1001', rule: 'confirmation', message: 'Type the e-mail address of the user to confirm.', path: ['confirmation'],
  });
}
