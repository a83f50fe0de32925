import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Feature } from '../../schema/access/types';
import { Caller, PrincipalKind, Session, SetupState, Viewer } from '../../schema/session/types';
import { User } from '../../schema/user/types';
import { scopesOf } from '../../src/graphql/access';
import type { Context } from '../../src/graphql/context';
import { toGlobalId } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { sessionsOf } from './loaders';

@Resolver()
export class SessionQueries {
  @Query(() => SetupState, { description: 'Whether the server waits for its first owner, what is simulated, and the ways in.' })
  @Policy('public')
  async setupState(@Ctx() { auth, setting }: Context): Promise<SetupState> {
    const { version, simulatedLiteLlm, simulatedLlm, signIn: { google, oidc = null, signUp } } = setting;
    const needed = (await auth.setup.token()) !== undefined;
    return { needed, version, simulatedLiteLlm, simulatedLlm, signIn: { password: true, google, oidc, signUp } };
  }

  @Query(() => Caller, { description: 'Whoever sent this request; of kind ANONYMOUS when nobody known did.' })
  @Policy('public')
  async caller(@Ctx() context: Context): Promise<Caller> {
    const { principal } = context;
    const common = { scopes: scopesOf(principal), features: principal.kind === 'anonymous' ? [] : [...principal.features] as Feature[] };
    switch (principal.kind) {
      case 'anonymous':
        return { kind: PrincipalKind.ANONYMOUS, id: null, tenantId: null, operator: false, expiresAt: null, ...common };
      case 'service':
        return {
          kind: PrincipalKind.SERVICE, id: toGlobalId('ServiceClient', principal.clientId), tenantId: toGlobalId('Tenant', principal.tenantId),
          operator: false, expiresAt: await endOf(context), ...common,
        };
      case 'user':
        return {
          kind: PrincipalKind.USER, id: toGlobalId('User', principal.userId), tenantId: toGlobalId('Tenant', principal.tenantId),
          operator: principal.operator, expiresAt: await endOf(context), ...common,
        };
    }
  }

  @Query(() => Viewer, { nullable: true, description: 'The person who calls; null when not signed in.' })
  @Policy('public')
  viewer(@Ctx() { principal }: Context): object | null {
    return principal.kind === 'user' ? {} : null;
  }
}

@Resolver(() => User)
export class UserSessions {
  @FieldResolver(() => [Session], { description: 'Where they are signed in, the newest use first.' })
  @Policy('users:read')
  sessions(@Root() user: Pick<User, 'id'>, @Ctx() context: Context): Promise<Session[] | undefined> {
    return context.loader(sessionsOf).load(user.id);
  }
}

/** When what the caller has proven ends by itself. */
async function endOf({ auth, principal }: Context): Promise<Date | null> {
  if (principal.kind === 'anonymous') return null;
  if (principal.kind === 'service') return (await auth.clientKeys.expiryOf(principal.keyId)) ?? null;
  const { proof, tenantId } = principal;
  if (proof.kind === 'token') return new Date(proof.expiresAt * 1_000);
  if (proof.kind === 'client_key') return (await auth.clientKeys.expiryOf(proof.keyId)) ?? null;
  return (await auth.sessions.find(proof.sessionId, tenantId))?.expiresAt ?? null;
}
