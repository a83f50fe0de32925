import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import type { Refusal } from '../../schema/errors/catalogue';
import type { PoolSpecification, SpecifiedKey } from '../../schema/key-pool/specification';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import type { Db } from '../../src/graphql/context';
import type { Log } from '../../src/postgres/log';
import type { Vault } from '../../src/vault/port';
import { tenant } from '../tenant/decider';
import { tenantIdOf } from '../tenant/tenant-id';
import { addProviderKey, fingerprintOf } from './add-provider-key';
import { keyPool } from './decider';
import { manageKey, rotateProviderKey } from './manage-keys';
import type { KeyPoolState, ProviderKey } from './state';

interface Services {
  commands: CommandRuntime;
  vault: Vault;
  /** On the database of the views. */
  db: Db;
  log: Log;
  clock: () => Date;
}

/** A key of the specification with the one of the pool that it describes, undefined when that is still to be made. */
interface Match {
  specified: SpecifiedKey;
  known: ProviderKey | undefined;
}

/** Namespace of the ids of keys that come from the configuration; must never change. */
const KEY_IDS = '0b5c1f0a-7a0e-5d0d-9a4c-2f4f0d1b6e83';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes the pools of the default tenant as the configuration describes them: keys are added, changed and rotated; those
 * that it has no more are deactivated, and activated when they come back. Applying it again changes nothing, whoever does,
 * and a key that somebody deactivated by hand stays so. What a pool refuses is logged, and the rest is done.
 */
export async function applyPoolSpecification(services: Services, specification: PoolSpecification): Promise<void> {
  const { db, log } = services;
  for (const { provider, index } of specification.skipped) {
    log.warn({ provider, entry: index }, 'An entry of KEY_POOL_JSON has no name or no credentials and is left out');
  }
  const pools = await db.query<{ provider: string }>('select distinct provider from views.provider_keys');
  const providers = new Set([...specification.keys, ...pools].map(({ provider }) => provider));
  await Promise.all([...providers].map((provider) =>
    applyToPool(services, provider, specification.keys.filter((key) => key.provider === provider))));
}

async function applyToPool(services: Services, provider: string, keys: readonly SpecifiedKey[]): Promise<void> {
  const { commands, vault, clock } = services;
  const owner = tenantIdOf(DEFAULT_SLUG);
  const { state } = await commands.load(keyPool, provider);
  const own = [...state.keys.values()].filter((key) => key.owner === owner && key.specified);
  const matches = matchesOf(keys, own, (key) => fingerprintOf(vault, key.secret));

  // Names that are free from now on may be taken by those that come next.
  for (const gone of own.filter((key) => !matches.some(({ known }) => known === key))) {
    if (!gone.deactivated) await deactivate(gone);
  }
  for (const { specified, known } of matches) {
    const key = known ?? (await add(specified));
    if (!key) continue;
    const { id: keyId, deactivated } = key;
    await change(key, specified);
    if (specified.active && deactivated === 'left_specification') {
      await told('activated', specified.name, manageKey(services, commandOn(owner), { provider, keyId }, { type: 'ActivateProviderKey', keyId, owner, now: now() }));
    }
    if (!specified.active && !deactivated) await deactivate({ id: keyId, name: specified.name });
  }

  /** @returns the key as it is then: another server that starts at the same time may have added it, and otherwise */
  async function add(specified: SpecifiedKey): Promise<ProviderKey | undefined> {
    const { active: _, tenantScope, ...key } = specified;
    const keyId = freeIdOf(state, specified);
    const added = addProviderKey(services, commandOn(owner), {
      ...key, keyId, tenantScope: await scopeOf(commands, tenantScope), specified: true,
    }, now());
    if (!(await told('added', specified.name, added))) return undefined;
    return (await commands.load(keyPool, provider)).state.keys.get(keyId);
  }

  async function change(known: ProviderKey, specified: SpecifiedKey): Promise<void> {
    const { name, secret, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = specified;
    const place = { provider, keyId: known.id };
    const fingerprint = fingerprintOf(vault, secret);
    if (fingerprint !== known.fingerprint) {
      const rotated = await rotateProviderKey(services, commandOn(owner), place, { secret, revokeLeases: true, now: now() });
      // Another server that starts at the same time may have been first.
      const isDone = rotated.accepted || (await commands.load(keyPool, provider)).state.keys.get(known.id)?.fingerprint === fingerprint;
      if (!isDone) warn('rotated', name, rotated.refusal);
    }
    await told('changed', name, manageKey(services, commandOn(owner), place, {
      type: 'ChangeProviderKey', keyId: known.id, owner, name, concurrencyLimit, rpmLimit, priority, tenantScope: await scopeOf(commands, tenantScope),
      expiresAt, now: now(),
    }));
  }

  function deactivate({ id: keyId, name }: Pick<ProviderKey, 'id' | 'name'>): Promise<boolean> {
    return told('deactivated', name, manageKey(services, commandOn(owner), { provider, keyId }, {
      type: 'DeactivateProviderKey', keyId, owner, reason: 'left_specification', now: now(),
    }));
  }

  async function told(what: string, key: string, doing: Promise<CommandOutcome<unknown>>): Promise<boolean> {
    const outcome = await doing;
    if (!outcome.accepted) warn(what, key, outcome.refusal);
    return outcome.accepted;
  }

  function warn(what: string, key: string, { rule, message }: Refusal): void {
    services.log.warn({ provider, key, rule }, `A provider key of the configuration was not ${what}: ${message}`);
  }

  function now(): number {
    return clock().getTime();
  }
}

/** A key is known by its name; by its secret when it was given another name. */
function matchesOf(keys: readonly SpecifiedKey[], own: readonly ProviderKey[], fingerprint: (key: SpecifiedKey) => string): Match[] {
  const named = new Map(own.map((key) => [key.name, key]));
  const claimed = new Set(keys.flatMap(({ name }) => named.get(name) ?? []));
  return keys.map((specified) => {
    const known = named.get(specified.name) ?? own.find((key) => !claimed.has(key) && key.fingerprint === fingerprint(specified));
    if (known) claimed.add(known);
    return { specified, known };
  });
}

/** The same for everybody who adds this key at the same time. A key that was renamed keeps its id, so a later one gets another. */
function freeIdOf({ keys }: KeyPoolState, { provider, name }: SpecifiedKey): string {
  for (let n = 1; ; n++) {
    const id = uuidv5(JSON.stringify([provider, name, n]), KEY_IDS);
    if (!keys.has(id)) return id;
  }
}

/** Slugs as ids of tenants; `*` and what is an id of a tenant already stay. */
async function scopeOf(commands: CommandRuntime, scope: string): Promise<string> {
  const names = scope.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const ids = await Promise.all(names.map(async (name) => {
    const isId = name === '*' || (UUID.test(name) && (await commands.load(tenant, name)).state.exists);
    return isId ? name : tenantIdOf(name);
  }));
  return ids.join(',') || '*';
}

function commandOn(tenantId: string): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'key-pool-specification' }, tenant: tenantId };
}
