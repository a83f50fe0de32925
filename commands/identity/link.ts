import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { identity } from './decider';

export interface IdentityServices {
  commands: CommandRuntime;
  auth: Auth;
}

export interface Link {
  /** Keyed digest of issuer and subject. */
  digest: string;
  userId: string;
  tenantId: string;
  provider: string;
}

/** Binds an account elsewhere to a user; from then on it is a way in. Refused when it is somebody else's. */
export async function linkIdentity(
  { commands, auth }: IdentityServices, command: CommandContext, { digest, ...owner }: Link,
): Promise<CommandOutcome<undefined>> {
  const { userId, provider } = owner;
  const outcome = await commands.execute(identity, digest, { type: 'LinkIdentity', userId, provider }, command);
  if (outcome.accepted) await auth.identities.set(digest, owner, outcome.revision);
  return outcome;
}

/** Frees an account elsewhere, if it is this user's. */
export async function unlinkIdentity(
  { commands, auth }: IdentityServices, command: CommandContext, { digest, userId }: Pick<Link, 'digest' | 'userId'>,
): Promise<CommandOutcome<{ unlinked: boolean }>> {
  const outcome = await commands.execute(identity, digest, { type: 'UnlinkIdentity', userId }, command, (state, events) => ({
    unlinked: events.length > 0, free: state.owner === undefined,
  }));
  if (outcome.accepted && outcome.answer.free) await auth.identities.set(digest, undefined, outcome.revision);
  return outcome;
}

const refusals: Readonly<Record<'not_linked' | 'last_way_in', Refusal>> = {
  not_linked: { code: 'E4041', rule: 'identity_not_linked', message: 'You have no such linked account.', path: ['identityId'] },
  last_way_in: {
    code: 'B2003', rule: 'last_way_in', path: ['identityId'],
    message: 'This is your only way in. Choose a password or link another account first.',
  },
};

/**
 * Frees an account elsewhere on behalf of its person, unless that leaves them no way in.
 * @throws RefusedError E4041, B2003 rule `last_way_in`
 */
export async function unlinkOwn(
  services: IdentityServices, command: CommandContext, link: Pick<Link, 'digest' | 'userId'>,
): Promise<CommandOutcome<{ unlinked: boolean }>> {
  const answer = await services.auth.identities.leave(link.digest, link.userId);
  if (answer !== 'leaving') throw new RefusedError(refusals[answer]);
  return unlinkIdentity(services, command, link);
}
