import type { Refusal } from '../../schema/errors/catalogue';
import type { NewUserInput } from '../../schema/user/inputs';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { refusalOf } from '../../src/graphql/errors';
import { derivedId, step } from '../../src/graphql/mutate';
import { refusalToManage, type By } from './decider';
import { inTurn, onEach, refuseAll } from './many';
import { checkWayIn, loginNameOf, refusalsToClaim, registerUser, type NewUser } from './register-user';

type Services = Pick<Context, 'commands' | 'auth' | 'vault'>;

/**
 * Makes many users, or none of them when one of them cannot be made as asked. Only what changes between that judgement
 * and the making, such as an address that is taken in that moment, is refused for one of them alone.
 * @throws RefusedError with everything that is wrong, each with the path of its field
 */
export async function createUsers(
  context: Services, command: CommandContext, users: readonly NewUserInput[], by: By,
): Promise<CommandOutcome<{ results: string }>> {
  const userIdAt = (index: number): string => derivedId(command, `user ${index}`);
  const names = users.map(({ email }) => loginNameOf(context, email));
  const refusals = await inTurn(users, async (newUser, index) => [
    ...refusalsOf(newUser, by),
    ...(names.indexOf(names[index]!) < index ? [repeated] : await refusalsToClaim(context, names[index]!, userIdAt(index))),
  ].map((refusal): Refusal => ({ ...refusal, path: ['users', String(index), ...(refusal.path ?? [])] })));
  refuseAll(refusals.flat());
  return onEach('users', users, (newUser, index) => {
    const userId = userIdAt(index);
    return registerUser(context, step(command, `create ${index}`), { ...newUser, userId, batch: true });
  });
}

/** What is wrong with a new user by itself. */
export function refusalsOf(newUser: Pick<NewUser, 'role' | 'password' | 'passwordHash'>, by: By): Refusal[] {
  const role = refusalToManage(newUser.role, by);
  return [...(role ? [{ ...role, path: ['role'] }] : []), ...wayInRefusals(newUser)];
}

export function wayInRefusals(wayIn: Pick<NewUser, 'password' | 'passwordHash'>): Refusal[] {
  try {
    checkWayIn(wayIn);
    return [];
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return [refusal];
  }
}

const repeated: Refusal = { code: 'V1001', rule: 'email_repeated', message: 'The same e-mail address is there twice.', path: ['email'] };
