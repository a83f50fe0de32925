import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError } from '../../schema/errors/catalogue';
import { UnlinkIdentityInput } from '../../schema/identity/inputs';
import { UnlinkIdentityPayload } from '../../schema/identity/payloads';
import type { Context } from '../../src/graphql/context';
import { mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { unlinkIdentity } from './link';

@Resolver()
export class IdentityMutations {
  @Mutation(() => UnlinkIdentityPayload, { description: 'Takes an account elsewhere from the ways in of the caller. The last way in stays.' })
  @Policy('account')
  unlinkIdentity(
    @Arg('input', () => UnlinkIdentityInput, { description: 'Which.' }) input: UnlinkIdentityInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'unlinkIdentity', input, withAddress: true }, async (command) => {
      const { auth } = context;
      const { userId } = signedIn(context);
      const identityId = fromGlobalId(input.identityId, 'Identity');
      const owned = await auth.identities.of(userId);
      if (!owned.some(({ digest }) => digest === identityId)) {
        throw new RefusedError({ code: 'E4041', rule: 'identity_not_linked', message: 'You have no such linked account.', path: ['identityId'] });
      }
      if (owned.length === 1 && !(await auth.passwords.has(userId))) {
        throw new RefusedError({
          code: 'B2003', rule: 'last_way_in', path: ['identityId'],
          message: 'This is your only way in. Choose a password or link another account first.',
        });
      }
      return unlinkIdentity(context, command, { digest: identityId, userId });
    }, () => ({ viewer: {} }));
  }
}
