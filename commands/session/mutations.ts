import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import {
  RevokeOtherSessionsInput, RevokeSessionInput, RevokeUserSessionsInput, SetUpInput, SignOutInput,
} from '../../schema/session/inputs';
import {
  RevokeOtherSessionsPayload, RevokeSessionPayload, RevokeUserSessionsPayload, SetUpPayload, SignOutPayload,
} from '../../schema/session/types';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { allows, Policy } from '../../src/graphql/policy';
import { callerOf, signedIn } from '../../src/graphql/tenant';
import type { AnswerFields } from '../../src/idempotency/store';
import { tenantIdOf } from '../tenant/tenant-id';
import { by } from '../user/by';
import { managedUser } from '../user/managed-user';
import { endSession, endSessionsOf, recordEnd } from './end-session';
import { inTheNameOf } from './in-the-name-of';
import { signInHere } from './open-session';
import { setUpOwner } from './set-up-owner';

/** What was done, where the newest of it stands, and no object with a revision of its own. */
function done<Answer>(answer: Answer, position: bigint): CommandOutcome<Answer> {
  return { accepted: true, answer, position, revision: -1n };
}

const SET_UP_OVER = {
  code: 'E4031', rule: 'setup_token', message: 'This set-up link was used or has expired. Start the server again for a new one.', path: ['token'],
} as const;

@Resolver()
export class SessionMutations {
  @Mutation(() => SetUpPayload, { description: 'Makes the first owner by the one-time link, and signs them in.' })
  @Policy('public')
  setUp(
    @Arg('input', () => SetUpInput, { description: 'Who, and for which organisation.' }) input: SetUpInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'setUp', input }, async (command) => {
      const { setup, passwords } = context.auth;
      const owner = { userId: derivedId(command, 'user'), tenantId: tenantIdOf(DEFAULT_SLUG) };
      if (!(await setup.accepts(input.token))) throw new RefusedError(SET_UP_OVER);
      // Before the link is used up: whoever has to wait because too many sign in can come again with it.
      await passwords.set(owner.userId, input.password);
      if (!(await setup.consume(input.token))) throw new RefusedError(SET_UP_OVER);
      const outcome = await setUpOwner(context, await inTheNameOf(context, command, owner), { ...input, userId: owner.userId });
      if (!outcome.accepted) return outcome;
      const opened = await signInHere(context, command, { ...owner, method: 'set_up' });
      return { ...outcome, position: opened?.position ?? outcome.position };
    }, () => ({ viewer: {} }));
  }

  @Mutation(() => SignOutPayload, { description: 'Ends the session or token of the caller, here, on every node and on every open socket.' })
  @Policy('public')
  signOut(@Arg('input', () => SignOutInput, { description: 'Nothing.' }) input: SignOutInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'signOut', input, withAddress: true }, (command) => signOut(context, command), () => ({}));
  }

  @Mutation(() => RevokeSessionPayload, { description: 'Ends one session of the caller, or of somebody whom they manage.' })
  @Policy('account')
  revokeSession(
    @Arg('input', () => RevokeSessionInput, { description: 'Which.' }) input: RevokeSessionInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const mutation = { name: 'revokeSession', input, withAddress: true } as const;
    return mutate(context, mutation, (command) => revoke(context, command, input), () => ({ sessionId: input.sessionId }));
  }

  @Mutation(() => RevokeOtherSessionsPayload, { description: 'Ends all sessions of the caller but the one that asks.' })
  @Policy('account')
  revokeOtherSessions(
    @Arg('input', () => RevokeOtherSessionsInput, { description: 'Nothing.' }) input: RevokeOtherSessionsInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'revokeOtherSessions', input, withAddress: true }, async (command) => {
      const caller = signedIn(context);
      const but = caller.proof.kind === 'session' ? caller.proof : undefined;
      const { count, position } = await endSessionsOf(context, command, caller, but);
      return done({ count }, position);
    }, (ended) => ended);
  }

  @Mutation(() => RevokeUserSessionsPayload, { description: 'Ends all sessions of a user whom the caller manages.' })
  @Policy('users:write')
  revokeUserSessions(
    @Arg('input', () => RevokeUserSessionsInput, { description: 'Whose.' }) input: RevokeUserSessionsInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'revokeUserSessions', input, withAddress: true }, async (command) => {
      const userId = fromGlobalId(input.userId, 'User');
      await managedUser(context, userId, by(context), 'userId');
      const { count, position } = await endSessionsOf(context, command, { userId, tenantId: callerOf(context).tenantId });
      return done({ count }, position);
    }, (ended) => ended);
  }
}

async function signOut(context: Context, command: CommandContext): Promise<CommandOutcome<AnswerFields>> {
  const position = await endOwn(context, command);
  // Only now: whoever is refused still has what they need to try again.
  context.setSessionCookie(undefined);
  context.principal = { kind: 'anonymous' };
  return done({}, position);
}

async function endOwn(context: Context, command: CommandContext): Promise<bigint> {
  const { principal, minPosition = 0n } = context;
  if (principal.kind !== 'user' || principal.proof.kind === 'client_key') return minPosition;
  const { userId, tenantId, proof } = principal;
  if (proof.kind === 'session') return endSession(context, command, { sessionId: proof.sessionId, userId, tenantId }, 'signed_out');
  await context.auth.tokens.revoke(proof.digest, proof.expiresAt);
  return recordEnd(context, command, { sessionId: proof.digest, userId, tenantId }, 'signed_out');
}

async function revoke(context: Context, command: CommandContext, input: RevokeSessionInput): Promise<CommandOutcome<AnswerFields>> {
  const { userId, tenantId } = signedIn(context);
  const found = await context.auth.sessions.find(fromGlobalId(input.sessionId, 'Session'), tenantId);
  const own = found?.userId === userId;
  if (!found || !(own || allows(context, 'users:write'))) {
    throw new RefusedError({ code: 'E4041', rule: 'session_unknown', message: 'There is no such session.', path: ['sessionId'] });
  }
  if (!own) await managedUser(context, found.userId, by(context), 'sessionId');
  return done({}, await endSession(context, command, found, 'revoked'));
}
