import type { SignInEvent } from '../../schema/sign-in/events';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { tenantIdOf } from '../tenant/tenant-id';
import { signIn } from './decider';

/** Seals the addresses of people who are nobody here: a key for each name that is guessed would fill the vault. */
const STRANGERS = 'strangers';

export interface FailedSignIn {
  /** Fingerprint of what was typed, or of the account elsewhere. */
  name: string;
  /** Whose account it would have been; undefined when it is nobody's. */
  account: { userId: string; tenantId: string } | undefined;
  reason: SignInEvent['data']['reason'];
}

/** Writes a failed sign-in into the log of the account's tenant, or of the default tenant. One append, whoever it was. */
export async function recordSignInFailure(
  { vault, commands, address, now }: Pick<Context, 'vault' | 'commands' | 'address' | 'now'>, command: CommandContext,
  { name, account, reason }: FailedSignIn,
): Promise<void> {
  const tenant = account?.tenantId ?? tenantIdOf(DEFAULT_SLUG);
  const userId = account?.userId ?? null;
  const sealed = await vault.seal({ tenant, subject: userId ?? STRANGERS, field: 'address' }, address);
  // A stream a day: whoever is attacked for months does not have to be read from the beginning.
  const day = now().toISOString().slice(0, 10);
  const failure = { type: 'RecordSignInFailure', userId, reason, address: sealed } as const;
  await commands.execute(signIn, `${name}-${day}`, failure, { ...command, tenant, address: sealed });
}
