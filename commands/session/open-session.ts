import type { SignInMethod } from '../../src/auth/port';
import type { UserPrincipal } from '../../src/auth/principal';
import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { session } from './decider';
import { recordEnd } from './end-session';
import { inTheNameOf, type AccountHolder } from './in-the-name-of';

export interface OpenedSession {
  /** For the cookie, or for `Authorization: Bearer`. */
  token: string;
  expiresAt: Date;
  principal: UserPrincipal;
  position: bigint;
  revision: bigint;
}

export interface Proven extends AccountHolder {
  method: SignInMethod;
  /** Since when the password held that was proven: who comes with one that was replaced meanwhile is too late. */
  passwordSince?: Date;
}

type Services = Pick<Context, 'auth' | 'vault' | 'commands' | 'address' | 'device'>;

/**
 * Opens a session for somebody who has proven who they are, and writes it into the log.
 * @returns undefined when the account may not sign in
 */
export async function openSession(
  context: Services, command: CommandContext, { userId, tenantId, method, passwordSince }: Proven,
): Promise<OpenedSession | undefined> {
  const { auth, vault, commands, device } = context;
  const asUser = await inTheNameOf(context, command, { userId, tenantId });
  const sealed = {
    address: asUser.address ?? null,
    device: device === '' ? null : await vault.seal({ tenant: tenantId, subject: userId, field: 'device' }, device),
  };
  const { token, sessionId, expiresAt } = await auth.sessions.open({ userId, tenantId, method, ...sealed });
  try {
    const holds = !passwordSince || (await auth.passwords.since(userId))?.getTime() === passwordSince.getTime();
    const principal = await auth.authenticate({ kind: 'cookie', token });
    if (holds && principal.kind === 'user') {
      const opening = { type: 'OpenSession', sessionId, userId, method, ...sealed } as const;
      const { position, revision } = await commands.execute(session, sessionId, opening, asUser);
      return { token, expiresAt, principal, position, revision };
    }
  } catch (error) {
    // A session that the log does not know of must not be used.
    await auth.sessions.close(sessionId);
    throw error;
  }
  await auth.sessions.close(sessionId);
  return undefined;
}

/**
 * Opens a session in this browser: sets its cookie and ends the session that was there before. The rest of the request
 * runs as the new principal.
 * @returns undefined when the account may not sign in
 */
export async function signInHere(
  context: Context, command: CommandContext, who: Proven,
): Promise<OpenedSession | undefined> {
  const before = context.principal;
  const opened = await openSession(context, command, who);
  if (!opened) return undefined;
  context.principal = opened.principal;
  context.setSessionCookie(opened.token);
  if (before.kind === 'user' && before.proof.kind === 'session') {
    const { userId, tenantId, proof: { sessionId } } = before;
    // What a new password has just ended was not signed out.
    if (await context.auth.sessions.close(sessionId)) await recordEnd(context, command, { sessionId, userId, tenantId }, 'signed_out');
  }
  return opened;
}
