import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { SetupState, SetUpPayload, SignInPayload, Viewer } from '../../schema/session/types';
import { Tenant } from '../../schema/tenant/types';
import { Role, User } from '../../schema/user/types';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { tenantById } from '../tenant/loaders';
import { userById } from '../user/loaders';

registerNode('Tenant', 'tenant:read', (context, ids) => context.loader(tenantById).loadMany(ids) as Promise<(Tenant | undefined)[]>);

type ViewerSource = Pick<Viewer, 'role'>;

function viewerOf(context: Context): ViewerSource | null {
  return context.principal.kind === 'user' ? { role: context.principal.role as Role } : null;
}

@Resolver(() => Viewer)
export class SessionQueries {
  @Query(() => SetupState, { description: 'Whether the server waits for its first owner, and what is simulated.' })
  @Policy('public')
  async setupState(@Ctx() { auth, setting }: Context): Promise<SetupState> {
    const { version, simulatedLiteLlm, simulatedLlm } = setting;
    return { needed: (await auth.setup.token()) !== undefined, version, simulatedLiteLlm, simulatedLlm };
  }

  @Query(() => Viewer, { nullable: true, description: 'The caller; null when not signed in.' })
  @Policy('public')
  async viewer(@Ctx() context: Context): Promise<ViewerSource | null> {
    if (context.principal.kind === 'user') await context.waitForViews('users', 'tenants');
    return viewerOf(context);
  }

  @FieldResolver(() => User, { description: 'The account that is signed in.' })
  @Policy('signed-in')
  user(@Ctx() context: Context): Promise<User | undefined> {
    return context.loader(userById).load(signedIn(context).userId);
  }

  @FieldResolver(() => Tenant, { description: 'The organisation it belongs to.' })
  @Policy('signed-in')
  tenant(@Ctx() context: Context): Promise<Tenant | undefined> {
    return context.loader(tenantById).load(signedIn(context).tenantId);
  }
}

@Resolver(() => SetUpPayload)
export class SetUpPayloadFields {
  @FieldResolver(() => Viewer, { nullable: true, description: 'The first owner, signed in.' })
  async viewer(@Root() _payload: SetUpPayload, @Ctx() context: Context): Promise<ViewerSource | null> {
    await context.waitForViews('users', 'tenants');
    return viewerOf(context);
  }
}

@Resolver(() => SignInPayload)
export class SignInPayloadFields {
  @FieldResolver(() => Viewer, { nullable: true, description: 'Who is signed in now.' })
  viewer(@Root() payload: SignInPayload, @Ctx() context: Context): ViewerSource | null {
    return payload.errors.length === 0 ? viewerOf(context) : null;
  }
}
