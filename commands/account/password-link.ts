import type { CreatePasswordLinkInput, ResetPasswordInput } from '../../schema/account/inputs';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { fromGlobalId } from '../../src/graphql/node';
import { callerOf } from '../../src/graphql/tenant';
import type { AnswerFields } from '../../src/idempotency/store';
import { inTheNameOf } from '../session/in-the-name-of';
import { signInHere } from '../session/open-session';
import { by } from '../user/by';
import { user, type UserCommand } from '../user/decider';

const UNUSABLE = {
  code: 'E4031', rule: 'password_link', message: 'This link was used or has expired. Ask for another one.', path: ['token'],
} as const;

/** Makes the one link of a user. The address of this server in it is configuration, never what the request says. */
export async function createPasswordLink(
  context: Context, command: CommandContext, input: CreatePasswordLinkInput,
): Promise<CommandOutcome<{ userId: string; url: string; expiresAt: string }>> {
  const userId = fromGlobalId(input.userId, 'User');
  const caller = by(context);
  if (caller.id === userId) {
    throw new RefusedError({ code: 'B2003', rule: 'own_password', message: 'Change your own password with the old one, in your account.' });
  }
  const record = (linkId: string, expiresAt: string): UserCommand => ({ type: 'RecordPasswordLink', linkId, expiresAt, by: caller });
  // Asked before the link is made, because a new link puts an end to the old one.
  const { state } = await context.commands.load(user, userId);
  const decision = user.decide(state, record('', ''));
  if ('refusal' in decision) throw new RefusedError(decision.refusal);

  const { token, linkId, expiresAt } = await context.auth.passwordLinks.issue(userId, callerOf(context).tenantId);
  const link = { userId, url: `${context.setting.publicUrl}/reset-password?token=${token}`, expiresAt: expiresAt.toISOString() };
  return context.commands.execute(user, userId, record(linkId, link.expiresAt), command, () => link);
}

/**
 * Uses up a link: keeps the password, which ends all sessions, and signs in here.
 * @throws RefusedError V1001, E4031 rule `password_link`
 */
export async function resetPassword(
  context: Context, command: CommandContext, { token, password }: ResetPasswordInput,
): Promise<CommandOutcome<AnswerFields>> {
  const { auth, commands } = context;
  const link = await auth.passwordLinks.find(token);
  const { state } = await commands.load(user, link?.userId ?? 'nobody');
  const usable = link && state.exists && !state.deleted && state.active && state.tenantId === link.tenantId;
  const passwordSince = usable && await auth.passwords.setByLink(token, password);
  if (!usable || !passwordSince) throw new RefusedError(UNUSABLE);

  const asUser = await inTheNameOf(context, command, link);
  const outcome = await commands.execute(user, link.userId, { type: 'RecordPasswordChange', by: 'link' }, asUser, () => ({}));
  if (!outcome.accepted) return outcome;
  const opened = await signInHere(context, command, { ...link, method: 'password_link', passwordSince });
  if (!opened) throw new RefusedError(UNUSABLE);
  return { ...outcome, position: opened.position };
}
