import type { UpdateProfileInput } from '../../schema/account/inputs';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';
import type { AnswerFields } from '../../src/idempotency/store';
import type { Sealed } from '../../src/vault/port';
import { user } from '../user/decider';

/** What is omitted stays; null takes the picture away, and cannot take the name away. */
export async function updateProfile(
  context: Context, command: CommandContext, { displayName, picture }: UpdateProfileInput,
): Promise<CommandOutcome<AnswerFields>> {
  const { userId, tenantId } = signedIn(context);
  const seal = (field: string, text: string): Promise<Sealed> => context.vault.seal({ tenant: tenantId, subject: userId, field }, text);
  const name = displayName?.trim();
  const changes = {
    ...(name && { displayName: await seal('displayName', name) }),
    ...(picture !== undefined && { picture: picture === null ? null : await seal('picture', picture) }),
  };
  return context.commands.execute(user, userId, { type: 'UpdateProfile', changes }, command, () => ({}));
}
