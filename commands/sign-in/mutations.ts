import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { SignInAnswer, SignInInput, SignUpInput } from '../../schema/sign-in/inputs';
import { SignInPayload, SignUpPayload } from '../../schema/sign-in/payloads';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { checkPassword } from '../../src/auth/password-rules';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import type { AnswerFields } from '../../src/idempotency/store';
import { inTheNameOf } from '../session/in-the-name-of';
import { signInHere } from '../session/open-session';
import { tenant } from '../tenant/decider';
import { tenantIdOf } from '../tenant/tenant-id';
import { refuseAll } from '../user/many';
import { loginNameOf, refusalsToClaim, registerUser } from '../user/register-user';
import { signInByPassword } from './sign-in';

@Resolver()
export class SignInMutations {
  @Mutation(() => SignInPayload, { description: 'Opens a session by password, and sets its cookie or answers its token.' })
  @Policy('public')
  signIn(@Arg('input', () => SignInInput, { description: 'Proof.' }) input: SignInInput, @Ctx() context: Context): Promise<MutationPayload> {
    const mutation = { name: 'signIn', input, ownRefusals: true, secretFields: ['token'] } as const;
    return mutate(context, mutation, async (command) => {
      const { email, password } = input;
      const answer = input.answer ?? SignInAnswer.COOKIE;
      const { token, expiresAt, position, revision } = await signInByPassword(context, command, { email, password, answer });
      const shown = answer === SignInAnswer.TOKEN ? token : null;
      return { accepted: true, answer: { token: shown, expiresAt: expiresAt.toISOString() }, position, revision };
    }, (opened) => ({ ...opened, viewer: {} }));
  }

  @Mutation(() => SignUpPayload, {
    description: 'Makes the visitor an account of role USER in the default tenant, and signs them in. Off unless the server allows it.',
  })
  @Policy('public')
  signUp(@Arg('input', () => SignUpInput, { description: 'Who.' }) input: SignUpInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'signUp', input }, (command) => signUp(context, command, input), () => ({ viewer: {} }));
  }
}

const SIGN_UP_OFF = { code: 'E4031', rule: 'sign_up_off', message: 'Ask an administrator for an account.' } as const;

async function signUp(
  context: Context, command: CommandContext, { email, displayName, password }: SignUpInput,
): Promise<CommandOutcome<AnswerFields>> {
  if (!context.setting.signIn.signUp) throw new RefusedError(SIGN_UP_OFF);
  checkPassword(password);
  // Whether an address is taken can be seen here, so asking costs as much as guessing a password.
  await context.signIn.checkSignInAllowed(email, context.address);
  const holder = { userId: derivedId(command, 'user'), tenantId: tenantIdOf(DEFAULT_SLUG) };
  const { state } = await context.commands.load(tenant, holder.tenantId);
  if (!state.exists || !state.active) throw new RefusedError(SIGN_UP_OFF);
  // Before the address is sealed: it would leave the key of somebody who never comes to be.
  refuseAll(await refusalsToClaim(context, loginNameOf(context, email), holder.userId));
  const asUser = await inTheNameOf(context, command, holder);
  const made = await registerUser(context, asUser, { userId: holder.userId, email, displayName, role: 'user', password });
  if (!made.accepted) return made;
  const opened = await signInHere(context, command, { ...holder, method: 'password' });
  return { ...made, position: opened?.position ?? made.position };
}
