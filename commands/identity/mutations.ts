import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { UnlinkIdentityInput } from '../../schema/identity/inputs';
import { UnlinkIdentityPayload } from '../../schema/identity/payloads';
import type { Context } from '../../src/graphql/context';
import { mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { unlinkOwn } from './link';

@Resolver()
export class IdentityMutations {
  @Mutation(() => UnlinkIdentityPayload, { description: 'Takes an account elsewhere from the ways in of the caller. The last way in stays.' })
  @Policy('account')
  unlinkIdentity(
    @Arg('input', () => UnlinkIdentityInput, { description: 'Which.' }) input: UnlinkIdentityInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'unlinkIdentity', input, withAddress: true }, async (command) => {
      const { userId } = signedIn(context);
      return unlinkOwn(context, command, { digest: fromGlobalId(input.identityId, 'Identity'), userId });
    }, () => ({ viewer: {} }));
  }
}
