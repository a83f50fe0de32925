import type { CreatePasswordLinkInput, ResetPasswordInput } from '../../schema/account/inputs';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { AnswerFields } from '../../src/idempotency/store';
import { inTheNameOf } from '../session/in-the-name-of';
import { signInHere } from '../session/open-session';
import { by } from '../user/by';
import { user, type By } from '../user/decider';

const UNUSABLE = {
  code: 'E4031', rule: 'password_link', message: 'This link was used or has expired. Ask for another one.', path: ['token'],
} as const;

type PasswordLink = { userId: string; url: string; expiresAt: string };

/** Makes a link for somebody whom the caller manages. */
export async function createPasswordLink(
  context: Context, command: CommandContext, input: CreatePasswordLinkInput,
): Promise<CommandOutcome<PasswordLink>> {
  const userId = fromGlobalId(input.userId, 'User');
  const caller = by(context);
  if (caller.id === userId) {
    throw new RefusedError({ code: 'B2003', rule: 'own_password', message: 'Change your own password with the old one, in your account.' });
  }
  // Asked before the link is made, because a new link puts an end to the old one.
  const { state } = await context.commands.load(user, userId);
  const decision = user.decide(state, { type: 'RecordPasswordLink', linkId: '', expiresAt: '', by: caller });
  if ('refusal' in decision) throw new RefusedError(decision.refusal);
  return issuePasswordLink(context, command, userId, caller);
}

/**
 * Makes the one link of a user of the tenant of `by`, and writes down that there is one: of a command that is repeated,
 * each. The address of this server in it is configuration, never what the request says.
 */
export async function issuePasswordLink(
  { auth, commands, setting }: Pick<Context, 'auth' | 'commands' | 'setting'>, command: CommandContext, userId: string, by: By,
): Promise<CommandOutcome<PasswordLink>> {
  const { token, linkId, expiresAt } = await auth.passwordLinks.issue(userId, by.tenantId);
  const link = { userId, url: `${setting.publicUrl}/reset-password?token=${token}`, expiresAt: expiresAt.toISOString() };
  const record = { type: 'RecordPasswordLink', linkId, expiresAt: link.expiresAt, by } as const;
  return commands.execute(user, userId, record, { ...command, commandId: derivedId(command, `password link ${linkId}`) }, () => link);
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
  const outcome = await commands.execute(user, link.userId, { type: 'RecordPasswordChange', way: 'link' }, asUser, () => ({}));
  if (!outcome.accepted) return outcome;
  const opened = await signInHere(context, command, { ...link, method: 'password_link', passwordSince });
  if (!opened) throw new RefusedError(UNUSABLE);
  return { ...outcome, position: opened.position };
}
