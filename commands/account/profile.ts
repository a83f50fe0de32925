import type { UpdateProfileInput } from '../../schema/account/inputs';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';
import type { AnswerFields } from '../../src/idempotency/store';
import { notCleared } from '../not-cleared';
import { changesOf } from '../user/change-user';
import { user } from '../user/decider';

/**
 * What is omitted stays; null takes the picture away.
 * @throws RefusedError E4003 for a name that is null
 */
export async function updateProfile(
  { principal, commands, vault }: Pick<Context, 'principal' | 'commands' | 'vault'>, command: CommandContext, input: UpdateProfileInput,
): Promise<CommandOutcome<AnswerFields>> {
  notCleared(input, ['displayName']);
  const { userId } = signedIn({ principal });
  const { state } = await commands.load(user, userId);
  const wanted = { displayName: input.displayName ?? undefined, picture: input.picture };
  const changes = state.exists && !state.deleted ? await changesOf(vault, state, wanted) : {};
  return commands.execute(user, userId, { type: 'UpdateProfile', changes }, command, () => ({}));
}
