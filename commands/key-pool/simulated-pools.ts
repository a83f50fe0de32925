import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { RefusedError } from '../../schema/errors/catalogue';
import { klingSecret } from '../../schema/key-pool/credentials';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { Vault } from '../../src/vault/port';
import { tenantIdOf } from '../tenant/tenant-id';
import { addProviderKey } from './add-provider-key';
import { keyPool } from './decider';

/** Namespace of the ids of these keys; must never change. */
const KEY_IDS = '6d1a1d5e-5d0c-5b7e-8a36-1f0b6a2c9e41';
const NAMES = ['mock-1', 'mock-2'];

/** Keys towards nobody: the vendor is played by this server. */
const SECRETS: Readonly<Record<string, (name: string) => string>> = {
  'legnext-simulated': (name) => `simulated-${name}`,
  'kling-simulated': (name) => klingSecret(`simulated-${name}`, `simulated-${name}`),
};

interface Services {
  commands: CommandRuntime;
  vault: Vault;
  now: () => Date;
}

/**
 * Makes the pool of a simulated vendor, `legnext-simulated` or `kling-simulated`, unless the default tenant has keys in it
 * already. Whoever asks at the same time, on whatever node, makes the same keys.
 */
export async function ensureSimulatedPool({ commands, vault, now }: Services, provider: string): Promise<void> {
  const tenant = tenantIdOf(DEFAULT_SLUG);
  const { state } = await commands.load(keyPool, provider);
  if ([...state.keys.values()].some(({ owner }) => owner === tenant)) return;
  const secretOf = SECRETS[provider];
  if (!secretOf) throw new Error(`There is no simulated vendor ${provider}`);
  await Promise.all(NAMES.map(async (name) => {
    const key = {
      keyId: uuidv5(JSON.stringify([provider, name]), KEY_IDS), provider, name, secret: secretOf(name),
      concurrencyLimit: 4, rpmLimit: 600, priority: 0, tenantScope: '*',
    };
    const added = await addProviderKey({ commands, vault }, commandOn(tenant), key, now().getTime());
    if (!added.accepted) throw new RefusedError(added.refusal);
  }));
}

function commandOn(tenant: string): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'simulated-pools' }, tenant };
}
