import type { ChangePasswordInput, SetUserPasswordInput } from '../../schema/account/inputs';
import { RefusedError } from '../../schema/errors/catalogue';
import { checkPassword } from '../../src/auth/password-rules';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId } from '../../src/graphql/node';
import { signedIn } from '../../src/graphql/tenant';
import type { AnswerFields } from '../../src/idempotency/store';
import { signInHere } from '../session/open-session';
import { by } from '../user/by';
import { user } from '../user/decider';
import { setPasswordOf } from '../user/set-password';

const WRONG = { code: 'E4011', rule: 'old_password', message: 'The old password is wrong.', path: ['oldPassword'] } as const;

/**
 * The caller's own password, proven by the old one; guesses are counted as at sign-in. Keeping the new one ends every
 * session of theirs, and the one they are in is opened anew.
 * @throws RefusedError V1001, E4011 rule `old_password`, E4291
 */
export async function changePassword(
  context: Context, command: CommandContext, { oldPassword, newPassword }: ChangePasswordInput,
): Promise<CommandOutcome<AnswerFields>> {
  const { userId, tenantId, proof } = signedIn(context);
  checkPassword(newPassword, 'newPassword');
  const { passwords } = context.auth;
  await context.signIn.checkSignInAllowed(userId, context.address);
  const since = await passwords.since(userId);
  if (!since || !(await passwords.verify(userId, oldPassword))) throw new RefusedError(WRONG);
  await context.signIn.signInSucceeded(userId, context.address);
  const passwordSince = await passwords.replace(userId, newPassword, since);
  // Somebody set another one while this one was proven, perhaps to keep out whoever is asking.
  if (!passwordSince) throw new RefusedError(WRONG);
  const outcome = await context.commands.execute(user, userId, { type: 'RecordPasswordChange', way: 'self' }, command, () => ({}));
  if (!outcome.accepted || proof.kind !== 'session') return outcome;
  const opened = await signInHere(context, command, { userId, tenantId, method: 'password', passwordSince });
  return { ...outcome, position: opened?.position ?? outcome.position };
}

/**
 * Somebody else's password, by whoever manages them.
 * @throws RefusedError V1001, E4291
 */
export async function setUserPassword(
  context: Context, command: CommandContext, { userId, password }: SetUserPasswordInput,
): Promise<CommandOutcome<{ userId: string }>> {
  checkPassword(password);
  return setPasswordOf(context, command, fromGlobalId(userId, 'User'), { password }, by(context));
}
