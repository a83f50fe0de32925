import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { user, type By } from './decider';
import type { NewUser } from './register-user';

/**
 * Gives somebody a new password, or the hash of one, by whoever manages them. The log comes first: it judges whether they
 * may, and of what happens at the same time it says what was first. Check the password before.
 * @throws RefusedError V1001, E4291
 */
export async function setPasswordOf(
  { commands, auth }: Pick<Context, 'commands' | 'auth'>, command: CommandContext, userId: string,
  { password, passwordHash, batch = false }: Pick<NewUser, 'password' | 'passwordHash' | 'batch'>, by: By,
): Promise<CommandOutcome<{ userId: string }>> {
  const outcome = await commands.execute(user, userId, { type: 'RecordPasswordSet', by }, command, () => ({ userId }));
  if (!outcome.accepted) return outcome;
  if (password) await auth.passwords.set(userId, password, { batch });
  if (passwordHash) await auth.passwords.importHash(userId, passwordHash);
  return outcome;
}
