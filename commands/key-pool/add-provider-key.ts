import { lastFourOf } from '../../schema/key-pool/credentials';
import type { SpecifiedKey } from '../../schema/key-pool/specification';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { derivedId } from '../../src/graphql/mutate';
import type { SecretPlace, Vault } from '../../src/vault/port';
import { keyPool } from './decider';
import { ownerOf } from './state';

/** `provider` is the stream id of the pool. */
export interface NewProviderKey extends Omit<SpecifiedKey, 'active' | 'expiresAt'> {
  keyId: string;
  /** Milliseconds since the epoch; null or left out: never. */
  expiresAt?: number | null;
  /** It comes from the configuration of the server. */
  specified?: true;
}

/**
 * Adds a key to its pool. The secret is in the vault before the event that refers to it, so no lease is ever without one,
 * and under a name of this command's own: whoever adds the same key at the same time has another, and only one is kept.
 * @param now milliseconds since the epoch
 */
export async function addProviderKey(
  { commands, vault }: { commands: CommandRuntime; vault: Vault },
  command: CommandContext,
  { provider, secret, ...key }: NewProviderKey,
  now: number,
): Promise<CommandOutcome<{ provider: string; keyId: string }>> {
  const secretRef = `${command.tenant}/${key.keyId}.${derivedId(command, 'secret')}`;
  await vault.putSecret(secretPlace(secretRef), secret);
  const added = { type: 'AddProviderKey' as const, ...key, lastFour: lastFourOf(secret), fingerprint: fingerprintOf(vault, secret), secretRef, now };
  const outcome = await commands.execute(keyPool, provider, added, command, ({ keys }) => keys.get(key.keyId)?.secretRef === secretRef);
  if (!outcome.accepted || !outcome.answer) await vault.deleteSecret(secretPlace(secretRef));
  return outcome.accepted ? { ...outcome, answer: { provider, keyId: key.keyId } } : outcome;
}

/** By which a pool knows that it has a secret already. */
export const fingerprintOf = (vault: Pick<Vault, 'fingerprint'>, secret: string): string => vault.fingerprint('provider-key', secret);

/** Where the vault keeps the secret that an event refers to: `<tenant>/<key id>.<id>`, of keys of earlier builds `<tenant>/<key id>`. */
export function secretPlace(secretRef: string): SecretPlace {
  const tenant = ownerOf(secretRef);
  return { tenant, ref: secretRef.slice(tenant.length + 1), field: 'secret' };
}
