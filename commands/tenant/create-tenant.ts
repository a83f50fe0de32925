import { RefusedError } from '../../schema/errors/catalogue';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CreateTenantInput } from '../../schema/tenant/inputs';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId } from '../../src/graphql/mutate';
import { callerIdOf } from '../../src/graphql/tenant';
import { issuePasswordLink } from '../account/password-link';
import { grant } from '../entitlement/grant';
import { emailTaken, loginName } from '../login-name/decider';
import { loginNameOf, registerUser } from '../user/register-user';
import { slugTaken } from './decider';
import { inTenant } from './in-tenant';
import { makeTenant } from './make-tenant';
import { tenantIdOf } from './tenant-id';

/**
 * Makes a tenant, then its first owner, then the link with which they choose a password. Each step may be repeated with
 * the same command; a tenant that was left without its owner is taken up by the next one who asks for it.
 */
export async function createTenant(
  context: Context, operators: CommandContext, { slug, name, features, owner }: CreateTenantInput,
): Promise<CommandOutcome<{ tenantId: string; passwordLink: string }>> {
  if (slug === DEFAULT_SLUG) throw new RefusedError(slugTaken);
  const tenantId = tenantIdOf(slug);
  const ownerId = derivedId(operators, 'owner');
  await requireFreeEmail(context, owner.email, ownerId);
  const command = await inTenant(context, operators, tenantId);
  const made = await makeTenant(context, command, { slug, name, claim: { ownerId, now: context.now().getTime() } });
  if (!made.accepted) return made;
  if (features) {
    const granted = await grant(context, command, { subject: { kind: 'tenant', name: tenantId }, features });
    if (!granted.accepted) return granted;
  }
  const registered = await registerUser(context, command, { ...owner, userId: ownerId, role: 'owner' });
  if (!registered.accepted) return { ...registered, refusal: { ...registered.refusal, path: ownersPath(registered.refusal.path) } };

  const issued = await issuePasswordLink(context, command, ownerId, { id: callerIdOf(context), tenantId, role: 'owner' });
  if (!issued.accepted) return issued;
  return { ...issued, revision: made.revision, answer: { tenantId, passwordLink: issued.answer.url } };
}

/** Asked first, so that a mistake leaves no tenant behind. */
async function requireFreeEmail({ commands, vault }: Context, email: string, ownerId: string): Promise<void> {
  const { state } = await commands.load(loginName, loginNameOf({ vault }, email));
  if (!state.userId || state.userId === ownerId) return;
  throw new RefusedError({ ...emailTaken, path: ownersPath(emailTaken.path) });
}

function ownersPath(path: readonly string[] | undefined): readonly string[] {
  return ['owner', ...(path ?? [])];
}
