import { RefusedError } from '../../schema/errors/catalogue';
import { TooManySignIns } from '../../src/auth/throttle';
import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { loginName } from '../login-name/decider';
import { openSession, signInHere, type OpenedSession, type Proven } from '../session/open-session';
import { user, type UserState } from '../user/decider';
import { loginNameOf } from '../user/register-user';
import { recordSignInFailure, type FailedSignIn } from './record-failure';

/** One text for every reason, so that it tells nobody whether an account exists. */
const WRONG = { code: 'E4011', rule: 'credentials', message: 'E-mail address or password is wrong.' } as const;

/** What somebody says about themselves, and how they want to be remembered. */
export interface SignInAttempt {
  email: string;
  password: string;
  answer: 'cookie' | 'token';
}

type Account = Extract<UserState, { deleted: false }>;

export interface SignedIn extends Pick<OpenedSession, 'token' | 'expiresAt'> {
  /** Where the account stands in the log. Whoever signs in has to see that, and need not wait for the line that says so. */
  position: bigint;
  revision: bigint;
}

/**
 * Signs in by password. Known and unknown names take the same way: as many reads, hashes and appends.
 * @throws RefusedError E4011 rule `credentials`, E4291
 */
export async function signInByPassword(
  context: Context, command: CommandContext, { email, password, answer }: SignInAttempt,
): Promise<SignedIn> {
  await allowed(context, command, email);
  const { name, account, ...place } = await accountOf(context, email);
  const refused = async (reason: FailedSignIn['reason']): Promise<never> => {
    await recordSignInFailure(context, command, { name, account, reason });
    throw new RefusedError(WRONG);
  };
  const { passwords } = context.auth;
  const passwordSince = await passwords.since(account?.userId);
  if (!(await passwords.verify(account?.userId, password)) || !account) return refused('credentials');
  if (!account.active) return refused('inactive');
  const who: Proven = { userId: account.userId, tenantId: account.tenantId, method: 'password', passwordSince };
  const opened = answer === 'cookie' ? await signInHere(context, command, who) : await signInElsewhere(context, command, who);
  if (!opened) return refused('inactive');
  await context.signIn.signInSucceeded(email, context.address);
  return { token: opened.token, expiresAt: opened.expiresAt, ...place };
}

/** For a program: no cookie, and a session of this browser stays. */
async function signInElsewhere(context: Context, command: CommandContext, who: Proven): Promise<OpenedSession | undefined> {
  const opened = await openSession(context, command, who);
  if (opened) context.principal = opened.principal;
  return opened;
}

/** Only the first refusal of a window is worth a line in the log. */
async function allowed(context: Context, command: CommandContext, email: string): Promise<void> {
  try {
    await context.signIn.checkSignInAllowed(email, context.address);
  } catch (error) {
    if (error instanceof TooManySignIns && error.isFirst) {
      const { name, account } = await accountOf(context, email);
      await recordSignInFailure(context, command, { name, account, reason: 'throttled' });
    }
    throw error;
  }
}

async function accountOf(
  context: Context, email: string,
): Promise<{ name: string; account: Account | undefined; position: bigint; revision: bigint }> {
  const name = loginNameOf(context, email);
  const { state: { userId } } = await context.commands.load(loginName, name);
  // Where there is no user, a stream is read as well: an answer must not come sooner for an unknown name.
  const { state, ...place } = await context.commands.load(user, userId ?? name);
  return { name, account: state.exists && !state.deleted ? state : undefined, ...place };
}
