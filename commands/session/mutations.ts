import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { SetUpInput, SignInInput, SignOutInput } from '../../schema/session/inputs';
import { SetUpPayload, SignInPayload, SignOutPayload } from '../../schema/session/types';
import { checkPassword } from '../../src/auth/password-rules';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { tenantIdOf } from '../tenant/tenant-id';
import { loginName } from '../login-name/decider';
import { user } from '../user/decider';
import { loginNameOf } from '../user/register-user';
import { setUpOwner } from './set-up-owner';

/** One text for every reason, so that it tells nobody whether an account exists. */
const WRONG = { code: 'E4011', rule: 'credentials', message: 'E-mail address or password is wrong.' } as const;

@Resolver()
export class SessionMutations {
  @Mutation(() => SetUpPayload, { description: 'Makes the first owner by the one-time link, and signs them in.' })
  @Policy('public')
  setUp(@Arg('input', () => SetUpInput, { description: 'Who, and for which organisation.' }) input: SetUpInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'setUp', input }, async (command) => {
      checkPassword(input.password);
      if (!(await context.auth.setup.consume(input.token))) {
        throw new RefusedError({ code: 'E4031', rule: 'setup_token', message: 'This set-up link was used or has expired. Start the server again for a new one.', path: ['input', 'token'] });
      }
      const userId = derivedId(command, 'user');
      const outcome = await setUpOwner(context, command, { ...input, userId });
      if (outcome.accepted) await signInAs(context, { userId, tenantId: tenantIdOf(DEFAULT_SLUG) });
      return outcome;
    }, (changed) => changed);
  }

  @Mutation(() => SignInPayload, { description: 'Opens a session and sets its cookie.' })
  @Policy('public')
  signIn(@Arg('input', () => SignInInput, { description: 'Proof.' }) input: SignInInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'signIn', input }, async () => {
      await context.signIn.checkSignInAllowed(input.email, context.address);
      const { state, position, revision } = await context.commands.load(loginName, loginNameOf(context, input.email));
      if (!(await context.auth.passwords.verify(state.userId, input.password)) || !state.userId) throw new RefusedError(WRONG);
      await context.signIn.signInSucceeded(input.email, context.address);
      const account = (await context.commands.load(user, state.userId)).state;
      if (!account.exists || account.deleted || !(await signInAs(context, account))) throw new RefusedError(WRONG);
      return { accepted: true, answer: {}, position, revision };
    }, () => ({}));
  }

  @Mutation(() => SignOutPayload, { description: 'Ends the session of the caller, here and on every open socket.' })
  @Policy('public')
  signOut(@Arg('input', () => SignOutInput, { description: 'Nothing.' }) input: SignOutInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'signOut', input }, async () => {
      if (context.principal.kind === 'user' && context.principal.proof.kind === 'session') await context.auth.sessions.close(context.principal.proof.sessionId);
      context.setSessionCookie(undefined);
      context.principal = { kind: 'anonymous' };
      return { accepted: true, answer: {}, position: context.minPosition ?? 0n, revision: -1n };
    }, () => ({}));
  }
}

/** Opens a session; false when the account may not sign in. The rest of the request runs as the new principal. */
async function signInAs(context: Context, { userId, tenantId }: { userId: string; tenantId: string }): Promise<boolean> {
  const { token } = await context.auth.sessions.open({ userId, tenantId, method: 'password', address: null, device: null });
  const principal = await context.auth.authenticate({ kind: 'cookie', token });
  if (principal.kind === 'anonymous') return false;
  context.principal = principal;
  context.setSessionCookie(token);
  return true;
}
