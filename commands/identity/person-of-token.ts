import { randomUUID } from 'node:crypto';
import { RefusedError } from '../../schema/errors/catalogue';
import type { TokenClaims } from '../../src/auth/port';
import { refuseCredential, refuseInactive } from '../../src/auth/refuse';
import { loginName } from '../login-name/decider';
import { loginNameOf } from '../user/register-user';
import { identity } from './decider';
import { commandOfOwn, isAddress, linked, registerNewcomer, settledAccount, type PersonServices } from './register-newcomer';

/** Wherever the front end has the person sign in: it is by its tokens that they come in here. */
const PROVIDER = 'nextauth';

/**
 * Finds the person that a trusted token speaks of: by its subject, then by its e-mail address, for whoever holds the
 * secret vouches for addresses too; but only accounts of role `user` are bound that way. Somebody unknown gets an
 * account in the default tenant, one however many requests come at once.
 * @throws RefusedError E4011 rule `user_unknown`, `credential` or `inactive_user`
 */
export async function personOfToken(services: PersonServices, claims: TokenClaims): Promise<{ userId: string }> {
  const { issuer, subject, email, name, picture } = claims;
  const known = await services.auth.identities.find(issuer, subject);
  if (known) return known;
  const digest = services.auth.identities.digest(issuer, subject);
  const { state: { owner }, revision } = await services.commands.load(identity, digest);
  // The log knows an owner that the table does not: a link of this very moment, or a deleted account.
  if (owner) {
    await settledAccount(services, owner.userId);
    return owner;
  }
  if (!isAddress(email)) throw new RefusedError({ code: 'E4011', rule: 'user_unknown', message: 'User not found' });
  const request = { correlationId: randomUUID() };
  const account = await accountWith(services, email);
  if (!account) return registerNewcomer(services, { digest, revision, provider: PROVIDER, email, name, picture }, request);
  const link = { digest, userId: account.userId, tenantId: account.tenantId, provider: PROVIDER };
  return linked(services, commandOfOwn(link, revision, request), link);
}

/** Whose address it is. @throws RefusedError when that account may not be bound without its own doing */
async function accountWith(services: PersonServices, email: string): Promise<{ userId: string; tenantId: string } | undefined> {
  const { userId } = (await services.commands.load(loginName, loginNameOf(services, email))).state;
  if (!userId) return undefined;
  const account = await settledAccount(services, userId);
  if (!account.exists || account.deleted) return undefined;
  if (!account.active) refuseInactive();
  if (account.role !== 'user') refuseCredential();
  return account;
}
