import { keyPoolEvents } from '../../schema/key-pool/events';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import type { ErasingVault } from '../../src/vault/vault';
import { secretPlace } from './add-provider-key';
import { keyPool, LEASE_LIFETIME_MS } from './decider';

export const SETTLE_PROVIDER_KEY_SECRETS = 'settle-provider-key-secrets';

/** What a rotation has put into the vault may not be in the log before this; by then it is, or never will be. */
const GRACE_MS = 60_000;
/** No lease lives so long: its lifetime and its longest TTL are over. */
const LAST_LEASE_MS = LEASE_LIFETIME_MS + 7_200_000;

const changes = { ProviderKeyRotated: keyPoolEvents.ProviderKeyRotated, ProviderKeyRemoved: keyPoolEvents.ProviderKeyRemoved };

interface SecretsJob extends Record<string, unknown> {
  provider: string;
  keyId: string;
  owner: string;
}

/** Has the secrets deleted that a key has no more: soon, and once more when nobody can hold a lease on an old one any longer. */
export const providerKeySecretsReactor: Reactor<typeof changes> = {
  name: 'provider_key_secrets',
  events: changes,
  react: (events) => events.flatMap(({ data: { keyId, tenant, at }, at: { stream } }) => {
    const payload: SecretsJob = { provider: stream.slice(stream.indexOf('-') + 1), keyId, owner: tenant };
    return [GRACE_MS, LAST_LEASE_MS].map((afterMs) => ({
      kind: 'job' as const, task: SETTLE_PROVIDER_KEY_SECRETS, payload, jobKey: `${SETTLE_PROVIDER_KEY_SECRETS}:${keyId}:${afterMs}`,
      runAt: new Date(at + afterMs),
    }));
  }),
};

/** Task `settle-provider-key-secrets`: keeps of one key only the secret it has, and older ones while leases from before hold them. */
export function settleProviderKeySecretsTask({ commands, vault }: { commands: CommandRuntime; vault: ErasingVault }): Task {
  return async ({ provider, keyId, owner }: SecretsJob) => {
    const stored = await vault.storedRefs(secretPlace(`${owner}/${keyId}`), GRACE_MS / 2);
    // Read after the list, so that it knows every key whose secret is on it.
    const { state } = await commands.load(keyPool, provider);
    const key = state.keys.get(keyId);
    if (key && [...state.leases.values()].some((lease) => lease.keyId === keyId && lease.token <= key.rotatedAt)) return;
    for (const ref of stored) {
      if (`${owner}/${ref}` !== key?.secretRef) await vault.deleteSecret(secretPlace(`${owner}/${ref}`));
    }
  };
}
