import { lastFourOf } from '../../schema/key-pool/credentials';
import { refuse } from '../../src/command-runtime/aggregate';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { derivedId, step } from '../../src/graphql/mutate';
import type { Vault } from '../../src/vault/port';
import { fingerprintOf, secretPlace } from './add-provider-key';
import { keyPool, type KeyPoolCommand } from './decider';

interface Services {
  commands: CommandRuntime;
  vault: Vault;
}

/** A key and the pool it is in. */
export interface KeyPlace {
  provider: string;
  keyId: string;
}

/** Executes a command about a key of `command.tenant`. */
export function manageKey<Command extends KeyPoolCommand>(
  { commands }: Pick<Services, 'commands'>, command: CommandContext, place: KeyPlace, what: Command,
): Promise<CommandOutcome<KeyPlace & Record<string, string>>> {
  return commands.execute(keyPool, place.provider, what, command, () => ({ ...place }));
}

export interface Rotation {
  secret: string;
  /** Whether leases with the old secret end now. */
  revokeLeases: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Gives a key another secret. It goes to the vault first, under a name of its own: until no lease has the old one any
 * more, both can be read. The old one is deleted by `settle-provider-key-secrets`.
 */
export async function rotateProviderKey(
  { commands, vault }: Services, command: CommandContext, place: KeyPlace, { secret, revokeLeases, now }: Rotation,
): Promise<CommandOutcome<KeyPlace & Record<string, string>>> {
  const { provider, keyId } = place;
  const secretRef = `${command.tenant}/${keyId}.${derivedId(command, 'secret')}`;
  await vault.putSecret(secretPlace(secretRef), secret);
  const rotate = {
    type: 'RotateProviderKey' as const, keyId, owner: command.tenant, lastFour: lastFourOf(secret), fingerprint: fingerprintOf(vault, secret),
    secretRef, revokeLeases, now,
  };
  // A pool takes so many leases away at once; the same command again takes the next.
  for (let round = 0; ; round++) {
    const outcome = await commands.execute(keyPool, provider, rotate, round === 0 ? command : step(command, `round ${round}`), ({ keys, leases }) => {
      const key = keys.get(keyId);
      return key?.secretRef === secretRef && [...leases.values()].some((lease) => lease.keyId === keyId && lease.token <= key.rotatedAt);
    });
    if (!outcome.accepted) {
      if (round === 0) await vault.deleteSecret(secretPlace(secretRef));
      return outcome;
    }
    if (!revokeLeases || !outcome.answer) return { ...outcome, answer: { ...place } };
  }
}

/**
 * Removes a key for good, with its secret.
 * @param typed the name of the key, as whoever asks has typed it
 * @param now milliseconds since the epoch
 */
export async function removeProviderKey(
  { commands, vault }: Services, command: CommandContext, place: KeyPlace, typed: string, now: number,
): Promise<CommandOutcome<KeyPlace & Record<string, string>>> {
  const { provider, keyId } = place;
  const { state, position, revision } = await commands.load(keyPool, provider);
  const key = state.keys.get(keyId);
  if (key && key.owner === command.tenant && key.name !== typed) {
    return { accepted: false, ...refuse('V1001', 'confirmation', 'Type the name of the key to remove it.', { path: ['confirmation'] }), position, revision };
  }
  const outcome = await manageKey({ commands }, command, place, { type: 'RemoveProviderKey', keyId, owner: command.tenant, now });
  if (outcome.accepted && key) await vault.deleteSecret(secretPlace(key.secretRef));
  return outcome;
}
