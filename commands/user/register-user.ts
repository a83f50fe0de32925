import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context, Role } from '../../src/graphql/context';
import { loginName } from '../login-name/decider';
import { FIRST_TIER } from '../../schema/user/events';
import { user } from './decider';
import { standingOf } from './standing';

export interface NewUser {
  userId: string;
  email: string;
  displayName: string;
  role: Role;
  password?: string | null;
}

/** The id under which an e-mail address is claimed: letter case does not tell two people apart. */
export function loginNameOf(context: Pick<Context, 'vault'>, email: string): string {
  return context.vault.fingerprint('login-name', email.trim().toLowerCase());
}

/**
 * Claims the login name, keeps the password, then creates the user. Each step may be repeated with the same command, so
 * a crash in between is mended by sending the mutation again.
 */
export async function registerUser(context: Pick<Context, 'commands' | 'vault' | 'auth'>, command: CommandContext, { userId, email, displayName, role, password }: NewUser): Promise<CommandOutcome<{ userId: string }>> {
  const name = loginNameOf(context, email);
  const claim = await context.commands.execute(loginName, name, { type: 'ClaimLoginName', userId }, command, () => ({ userId }));
  if (!claim.accepted) return claim;
  if (password) await context.auth.passwords.set(userId, password);

  const place = { tenant: command.tenant, subject: userId };
  const [sealedEmail, sealedName] = await Promise.all([
    context.vault.seal({ ...place, field: 'email' }, email.trim()),
    context.vault.seal({ ...place, field: 'displayName' }, displayName.trim()),
  ]);
  const outcome = await context.commands.execute(
    user, userId, { type: 'CreateUser', userId, tenantId: command.tenant, loginName: name, email: sealedEmail, displayName: sealedName, role, organization: null, note: null, tier: FIRST_TIER }, command, standingOf,
  );
  if (!outcome.accepted) return outcome;
  await context.auth.standings.setUser(userId, outcome.answer);
  return { ...outcome, answer: { userId } };
}
