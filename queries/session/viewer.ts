import { Ctx, FieldResolver, Resolver } from 'type-graphql';
import { Preferences, Usage } from '../../schema/account/types';
import type { Scope } from '../../schema/access/scopes';
import { Feature, ScopeName } from '../../schema/access/types';
import { Identity } from '../../schema/identity/types';
import { Session, Viewer } from '../../schema/session/types';
import { Tenant } from '../../schema/tenant/types';
import { Role, User } from '../../schema/user/types';
import { scopesOf } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { toGlobalId } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { preferencesOf, usageOf } from '../account/loaders';
import { tenantById } from '../tenant/loaders';
import { userById } from '../user/loaders';
import { sessionsOf } from './loaders';

/**
 * Everything about the viewer comes from who calls: an answer needs no more than `{}`. What a client key shows of its
 * owner is what its scopes say; only what the caller may do is told to every key.
 */
@Resolver(() => Viewer)
export class ViewerFields {
  @FieldResolver(() => User, { description: 'The account that is signed in.' })
  @Policy('users:read')
  async user(@Ctx() context: Context): Promise<User | undefined> {
    await context.waitForViews('users');
    return context.loader(userById).load(signedIn(context).userId);
  }

  @FieldResolver(() => Tenant, { description: 'The organisation it belongs to.' })
  @Policy('tenant:read')
  async tenant(@Ctx() context: Context): Promise<Tenant | undefined> {
    await context.waitForViews('tenants');
    return context.loader(tenantById).load(signedIn(context).tenantId);
  }

  @FieldResolver(() => Role, { description: 'What the caller may do.' })
  @Policy('signed-in')
  role(@Ctx() context: Context): Role {
    return signedIn(context).role as Role;
  }

  @FieldResolver(() => Boolean, { description: 'Whether they run this server: owners of the default tenant do.' })
  @Policy('signed-in')
  operator(@Ctx() context: Context): boolean {
    return signedIn(context).operator;
  }

  @FieldResolver(() => [ScopeName], { description: 'What they may do, in detail.' })
  @Policy('signed-in')
  scopes(@Ctx() { principal }: Context): Scope[] {
    return scopesOf(principal);
  }

  @FieldResolver(() => [Feature], { description: 'What is switched on for them.' })
  @Policy('signed-in')
  features(@Ctx() context: Context): Feature[] {
    return [...signedIn(context).features] as Feature[];
  }

  @FieldResolver(() => Boolean, { description: 'Whether they can sign in by password.' })
  @Policy('account')
  hasPassword(@Ctx() context: Context): Promise<boolean> {
    return context.auth.passwords.has(signedIn(context).userId);
  }

  @FieldResolver(() => Usage, { description: 'Their requests.' })
  @Policy('users:read')
  usage(@Ctx() context: Context): Promise<Usage | undefined> {
    return context.loader(usageOf).load(signedIn(context).userId);
  }

  @FieldResolver(() => Preferences, { description: 'How they like their code and explanations.' })
  @Policy('account')
  async preferences(@Ctx() context: Context): Promise<Preferences | undefined> {
    await context.waitForViews('preferences');
    return context.loader(preferencesOf).load(signedIn(context).userId);
  }

  @FieldResolver(() => [Session], { description: 'Where they are signed in, the newest use first.' })
  @Policy('account')
  sessions(@Ctx() context: Context): Promise<Session[] | undefined> {
    return context.loader(sessionsOf).load(signedIn(context).userId);
  }

  @FieldResolver(() => [Identity], { description: 'Accounts elsewhere with which they sign in here.' })
  @Policy('account')
  async identities(@Ctx() context: Context): Promise<Identity[]> {
    const linked = await context.auth.identities.of(signedIn(context).userId);
    return linked.map(({ digest, provider, linkedAt }) => ({ id: toGlobalId('Identity', digest), provider, linkedAt }));
  }
}
