import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import type { SecretPlace, Vault } from '../../src/vault/port';
import { keyPool } from './decider';
import { ownerOf } from './state';

export interface NewProviderKey {
  keyId: string;
  /** Stream id of the pool: lower-case letters, digits and dashes. */
  provider: string;
  name: string;
  secret: string;
  concurrencyLimit: number;
  rpmLimit: number | null;
  priority: number;
  tenantScope: string;
}

/**
 * Adds a key to its pool. The secret is in the vault before the event that refers to it, so no lease is ever without one.
 * @param now milliseconds since the epoch
 */
export async function addProviderKey(
  { commands, vault }: { commands: CommandRuntime; vault: Vault },
  command: CommandContext,
  { provider, secret, ...key }: NewProviderKey,
  now: number,
): Promise<CommandOutcome<{ provider: string; keyId: string }>> {
  const secretRef = `${command.tenant}/${key.keyId}`;
  await vault.putSecret(secretPlace(secretRef), secret);
  const fingerprint = vault.fingerprint('provider-key', secret);
  const added = { type: 'AddProviderKey' as const, ...key, lastFour: secret.slice(-4), fingerprint, secretRef, now };
  const outcome = await commands.execute(keyPool, provider, added, command, () => ({ provider, keyId: key.keyId }));
  if (!outcome.accepted) await vault.deleteSecret(secretPlace(secretRef));
  return outcome;
}

/** Where the vault keeps the secret that an event refers to: `<tenant>/<key id>`. */
export function secretPlace(secretRef: string): SecretPlace {
  const tenant = ownerOf(secretRef);
  return { tenant, ref: secretRef.slice(tenant.length + 1), field: 'secret' };
}
