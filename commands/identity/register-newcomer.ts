import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { RefusedError } from '../../schema/errors/catalogue';
import { asDisplayName } from '../../schema/account/display-name';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { isPictureUrl } from '../../schema/text-rules';
import type { CommandContext } from '../../src/command-runtime/port';
import { step } from '../../src/graphql/mutate';
import type { LiveFeeds } from '../../src/live/port';
import type { Vault } from '../../src/vault/port';
import { tenant } from '../tenant/decider';
import { tenantIdOf } from '../tenant/tenant-id';
import { user, type UserState } from '../user/decider';
import { registerUser } from '../user/register-user';
import { standingOf } from '../user/standing';
import { linkIdentity, type IdentityServices, type Link } from './link';

export type PersonServices = IdentityServices & { vault: Vault; live: Pick<LiveFeeds, 'waitFor'> };

/** Somebody whom another system knows and vouches for. */
export interface Newcomer {
  digest: string;
  /** Of the identity's stream as it was found. */
  revision: bigint;
  provider: string;
  email: string;
  name: string | undefined;
  picture?: string;
}

/** Namespace of the ids of commands and accounts; must never change. */
const IDS = 'b3d8b0c4-6f5b-5a51-9f0e-1c8e5d2f7a60';

/**
 * Makes an account of role `user` in the default tenant, without a password, and binds the account elsewhere to it. Two
 * requests at once find the same revision, so they mean the same account and the same commands.
 * @throws RefusedError E4091 when somebody else has the address or the account elsewhere, E5031 while there is no tenant
 */
export async function registerNewcomer(
  services: PersonServices, newcomer: Newcomer, request: Pick<CommandContext, 'correlationId' | 'requestId'>,
): Promise<Link> {
  const { digest, revision, provider, email, name, picture } = newcomer;
  const tenantId = tenantIdOf(DEFAULT_SLUG);
  const { state } = await services.commands.load(tenant, tenantId);
  if (!state.exists) throw new RefusedError({ code: 'E5031', rule: 'not_set_up', message: 'This server waits for its first owner.' });
  const link: Link = { digest, userId: uuidv5(`${digest} ${revision}`, IDS), tenantId, provider };
  const command = commandOfOwn(link, revision, request);
  // The part before the @ may be all of what nobody sees, the address is not.
  const displayName = asDisplayName(name, asDisplayName(email.slice(0, email.indexOf('@')), email));
  const outcome = await registerUser(services, command, { userId: link.userId, email, displayName, role: 'user' });
  if (!outcome.accepted) throw new RefusedError(outcome.refusal);
  const position = picture !== undefined && isPictureUrl(picture) ? await showPicture(services, command, link, picture) : outcome.position;
  // Whoever comes in this way brings no position: what they ask next must not come before their account is in the view.
  await services.live.waitFor(['users'], position);
  return linked(services, command, link);
}

async function showPicture(
  { commands, vault }: PersonServices, command: CommandContext, { userId, tenantId }: Link, picture: string,
): Promise<bigint> {
  const changes = { picture: await vault.seal({ tenant: tenantId, subject: userId, field: 'picture' }, picture) };
  return (await commands.execute(user, userId, { type: 'UpdateProfile', changes }, step(command, 'picture'))).position;
}

/** The account as the log has it. Whoever made it a moment ago may not have come yet to what callers are judged by. */
export async function settledAccount({ commands, auth }: IdentityServices, userId: string): Promise<UserState> {
  const { state, revision } = await commands.load(user, userId);
  const standing = standingOf(state);
  if (standing) await auth.standings.setUser(userId, standing, revision);
  return state;
}

/** @throws RefusedError E4091 when it is somebody else's */
export async function linked(services: IdentityServices, command: CommandContext, link: Link): Promise<Link> {
  const outcome = await linkIdentity(services, command, link);
  if (!outcome.accepted) throw new RefusedError(outcome.refusal);
  return link;
}

/** A command of the person themselves, the same for everybody who found the same. */
export function commandOfOwn(
  { digest, userId, tenantId }: Link, revision: bigint, request: Pick<CommandContext, 'correlationId' | 'requestId'>,
): CommandContext {
  const commandId = uuidv5(`${digest} ${revision} ${userId}`, IDS);
  return { ...request, commandId, causationId: commandId, actor: { kind: 'user', id: userId }, tenant: tenantId };
}

export function isAddress(email: string | undefined): email is string {
  return z.email().max(254).safeParse(email).success;
}
