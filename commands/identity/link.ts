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
