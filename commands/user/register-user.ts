import { randomUUID } from 'node:crypto';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { FIRST_TIER } from '../../schema/user/events';
import { parseImported } from '../../src/auth/imported-hash';
import { checkPassword } from '../../src/auth/password-rules';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context, Role } from '../../src/graphql/context';
import type { Sealed } from '../../src/vault/port';
import { loginName } from '../login-name/decider';
import { termOfOffice, user, type CreateUser } from './decider';
import { addOwner } from './office';
import { standingOf } from './standing';

export interface NewUser {
  userId: string;
  email: string;
  displayName: string;
  role: Role;
  password?: string | null;
  /** Of another system: see `Passwords.importHash`. Not together with a password. */
  passwordHash?: string | null;
  /** Whether they are one of many: see `Passwords.set`. */
  batch?: boolean;
  organization?: string | null;
  note?: string | null;
  tier?: string | null;
}

type Services = Pick<Context, 'commands' | 'vault' | 'auth'>;

/** The id under which an e-mail address is claimed: letter case does not tell two people apart. */
export function loginNameOf(context: Pick<Context, 'vault'>, email: string): string {
  return context.vault.fingerprint('login-name', email.trim().toLowerCase());
}

/** Why somebody cannot have a login name, as things stand: asked before anything is made for them. */
export async function refusalsToClaim({ commands }: Pick<Context, 'commands'>, name: string, userId: string): Promise<Refusal[]> {
  const { state } = await commands.load(loginName, name);
  const decision = loginName.decide(state, { type: 'ClaimLoginName', userId });
  return 'refusal' in decision ? [decision.refusal] : [];
}

/** @throws RefusedError V1001 when this is no way to sign in: the password is weak, the hash of no known form, or both are given */
export function checkWayIn({ password, passwordHash }: Pick<NewUser, 'password' | 'passwordHash'>): void {
  if (password && passwordHash) {
    const message = 'Give a password or its hash, not both.';
    throw new RefusedError({ code: 'V1001', rule: 'password_or_hash', message, path: ['passwordHash'] });
  }
  if (password) checkPassword(password);
  if (passwordHash) parseImported(passwordHash);
}

/**
 * The one way to make a user: claims the login name, keeps the password, then creates the user, who joins the owners
 * when they are one. Each step may be repeated with the same command, so a crash in between is mended by sending the
 * mutation again. When the user cannot be created, the login name is free again: at once where that is certain, and by
 * its reactor otherwise.
 * @throws RefusedError V1001 when the password or its hash will not do
 */
export async function registerUser(context: Services, command: CommandContext, newUser: NewUser): Promise<CommandOutcome<{ userId: string }>> {
  checkWayIn(newUser);
  const { commands } = context;
  const { userId } = newUser;
  const name = loginNameOf(context, newUser.email);
  // Whoever has a name has it, however often they claim it; the same command after a release has to claim it anew.
  const claim = await commands.execute(
    loginName, name, { type: 'ClaimLoginName', userId }, { ...command, commandId: randomUUID() }, () => ({ userId }),
  );
  if (!claim.accepted) return claim;

  const create = await prepared(context, command, newUser, name).catch(async (error: unknown) => {
    await releaseLoginName(context, command, name, userId);
    throw error;
  });
  const outcome = await commands.execute(
    user, userId, create, command, (state) => ({ standing: standingOf(state), office: termOfOffice(state) }),
  );
  if (!outcome.accepted) {
    await releaseLoginName(context, command, name, userId);
    return outcome;
  }
  const { standing, office } = outcome.answer;
  if (office !== undefined) await addOwner(commands, command, userId, office);
  await context.auth.standings.setUser(userId, standing, outcome.revision);
  return { ...outcome, answer: { userId } };
}

/** Keeps the password and seals what is personal. */
async function prepared({ vault, auth }: Services, command: CommandContext, newUser: NewUser, name: string): Promise<CreateUser> {
  const { userId, email, displayName, role, password, passwordHash, batch = false, organization, note, tier } = newUser;
  if (password) await auth.passwords.set(userId, password, { batch });
  if (passwordHash) await auth.passwords.importHash(userId, passwordHash);
  const place = { tenant: command.tenant, subject: userId };
  const seal = (field: string, text: string): Promise<Sealed> => vault.seal({ ...place, field }, text);
  const [sealedEmail, sealedName, sealedNote] = await Promise.all([
    seal('email', email.trim()), seal('displayName', displayName.trim()), note?.trim() ? seal('note', note.trim()) : null,
  ]);
  return {
    type: 'CreateUser', userId, tenantId: command.tenant, loginName: name, email: sealedEmail, displayName: sealedName, role,
    organization: organization?.trim() || null, note: sealedNote, tier: tier ?? FIRST_TIER,
  };
}

/** Gives a login name back that nobody uses. */
export async function releaseLoginName(
  { commands }: Pick<Services, 'commands'>, command: CommandContext, name: string, userId: string,
): Promise<void> {
  await commands.execute(loginName, name, { type: 'ReleaseLoginName', userId }, { ...command, commandId: randomUUID() });
}
