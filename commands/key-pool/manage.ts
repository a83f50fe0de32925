import type { KeyPoolEvent } from '../../schema/key-pool/events';
import type { Refusal } from '../../schema/errors/catalogue';
import { nothing, refuse, type Decision } from '../../src/command-runtime/aggregate';
import type { NewProviderKey } from './add-provider-key';
import { drain } from './drain';
import { copy, evolve, ownerOf, type KeyPoolState, type Lease, type ProviderKey } from './state';

/** Most keys of one tenant in one pool. */
export const KEY_LIMIT = 500;
/** Most leases that one rotation takes away, so that one append stays small; the same command again takes the next. */
export const ROTATE_LIMIT = 500;

type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];

/** A command about one key. `owner` is the tenant whose key it is; to all others the key does not exist. */
interface About {
  keyId: string;
  owner: string;
  now: number;
}

interface AddProviderKey extends Omit<NewProviderKey, 'provider' | 'secret'> {
  type: 'AddProviderKey';
  lastFour: string;
  fingerprint: string;
  secretRef: string;
  now: number;
}

/** What is left out stays as it is. Lowered limits take nothing from those who hold leases. */
interface ChangeProviderKey extends About {
  type: 'ChangeProviderKey';
  name?: string;
  concurrencyLimit?: number;
  rpmLimit?: number | null;
  priority?: number;
  tenantScope?: string;
  expiresAt?: number | null;
}

interface RotateProviderKey extends About {
  type: 'RotateProviderKey';
  lastFour: string;
  fingerprint: string;
  secretRef: string;
  /** Whether leases with the old secret end now, at most ROTATE_LIMIT at once. */
  revokeLeases: boolean;
}

interface DeactivateProviderKey extends About {
  type: 'DeactivateProviderKey';
  reason: DataOf<'ProviderKeyDeactivated'>['reason'];
}

interface ActivateProviderKey extends About {
  type: 'ActivateProviderKey';
}

/** Gives a key a rest; never a shorter one than it has. */
interface CoolDownProviderKey extends Omit<About, 'owner'> {
  type: 'CoolDownProviderKey';
  /** Left out by this server itself. */
  owner?: string;
  /** Milliseconds since the epoch. */
  until: number;
  reason: DataOf<'ProviderKeyCooledDown'>['reason'];
}

interface RecoverProviderKey extends About {
  type: 'RecoverProviderKey';
}

interface RemoveProviderKey extends About {
  type: 'RemoveProviderKey';
}

export type KeyCommand = AddProviderKey | ChangeProviderKey | RotateProviderKey | DeactivateProviderKey | ActivateProviderKey
  | CoolDownProviderKey | RecoverProviderKey | RemoveProviderKey;

/** Rules on the keys of a pool. Whatever changes, whoever can be served then is served. */
export function manageKeys(state: KeyPoolState, command: KeyCommand, now: number): Decision<KeyPoolEvent> {
  const decision = command.type === 'AddProviderKey' ? addProviderKey(state, command, now) : changeOwnKey(state, command, now);
  if ('refusal' in decision) return decision;
  const { events } = decision;
  return { events: [...events, ...drain(events.length === 0 ? state : events.reduce(evolve, copy(state)), now)] };
}

function addProviderKey(state: KeyPoolState, command: AddProviderKey, now: number): Decision<KeyPoolEvent> {
  const { type: _, now: __, ...data } = command;
  if (state.keys.has(data.keyId)) return nothing;
  // Of other tenants' keys nobody learns anything, not even that they are there.
  const own = keysOf(state, ownerOf(data.secretRef));
  if (own.length >= KEY_LIMIT) {
    return refuse('B2001', 'pool_full', `A tenant has at most ${KEY_LIMIT} keys in a pool.`, { details: { limit: KEY_LIMIT } });
  }
  if (own.some(({ name }) => name === data.name)) return nameTaken;
  if (own.some(({ fingerprint }) => fingerprint === data.fingerprint)) return secretKnown;
  return { events: [{ type: 'ProviderKeyAdded', data: { ...data, at: now } }] };
}

function changeOwnKey(state: KeyPoolState, command: Exclude<KeyCommand, AddProviderKey>, at: number): Decision<KeyPoolEvent> {
  const key = state.keys.get(command.keyId);
  if (!key || (command.owner ?? key.owner) !== key.owner) {
    return refuse('E4041', 'provider_key_unknown', 'There is no such key.', { path: ['providerKeyId'] });
  }
  const about = { keyId: key.id, tenant: key.owner, at };
  switch (command.type) {
    case 'ChangeProviderKey':
      return changeProviderKey(state, key, command, at);
    case 'RotateProviderKey':
      return rotateProviderKey(state, key, command, at);
    case 'DeactivateProviderKey':
      return key.deactivated ? nothing : { events: [{ type: 'ProviderKeyDeactivated', data: { ...about, reason: command.reason } }] };
    case 'ActivateProviderKey':
      return key.deactivated ? { events: [{ type: 'ProviderKeyActivated', data: about }] } : nothing;
    case 'CoolDownProviderKey': {
      const { until, reason } = command;
      return until <= Math.max(at, key.coolsUntil) ? nothing : { events: [{ type: 'ProviderKeyCooledDown', data: { ...about, until, reason } }] };
    }
    case 'RecoverProviderKey':
      return key.coolsUntil <= at ? nothing : { events: [{ type: 'ProviderKeyRecovered', data: about }] };
    case 'RemoveProviderKey':
      return key.active > 0 ? leased(key) : { events: [{ type: 'ProviderKeyRemoved', data: about }] };
    default:
      return command satisfies never;
  }
}

function changeProviderKey(state: KeyPoolState, key: ProviderKey, command: ChangeProviderKey, at: number): Decision<KeyPoolEvent> {
  const { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = command;
  if (othersOf(state, key).some((other) => other.name === name)) return nameTaken;
  const changed = {
    ...(differs(name, key.name) && { name }),
    ...(differs(concurrencyLimit, key.concurrencyLimit) && { concurrencyLimit }),
    ...(differs(rpmLimit, orNull(key.window.limit)) && { rpmLimit }),
    ...(differs(priority, key.priority) && { priority }),
    ...(differs(tenantScope, key.tenantScope) && { tenantScope }),
    ...(differs(expiresAt, orNull(key.expiresAt)) && { expiresAt }),
  };
  if (Object.keys(changed).length === 0) return nothing;
  return { events: [{ type: 'ProviderKeyChanged', data: { keyId: key.id, tenant: key.owner, ...changed, at } }] };
}

const orNull = (limit: number): number | null => (limit === Infinity ? null : limit);

/** Whether something is asked for and is not so already. */
const differs = <Value>(asked: Value | undefined, now: Value): asked is Value => asked !== undefined && asked !== now;

function rotateProviderKey(state: KeyPoolState, key: ProviderKey, command: RotateProviderKey, at: number): Decision<KeyPoolEvent> {
  const { lastFour, fingerprint, secretRef, revokeLeases } = command;
  const isDone = key.secretRef === secretRef;
  if (!isDone && keysOf(state, key.owner).some((known) => known.fingerprint === fingerprint)) return secretKnown;
  const rotated: KeyPoolEvent = { type: 'ProviderKeyRotated', data: { keyId: key.id, tenant: key.owner, lastFour, fingerprint, secretRef, at } };
  const old = revokeLeases ? leasesUpTo(state, key, isDone ? key.rotatedAt : state.token) : [];
  const revoked = old.slice(0, ROTATE_LIMIT).map(({ id, token, tenant }): KeyPoolEvent =>
    ({ type: 'LeaseRevoked', data: { leaseId: id, keyId: key.id, token, tenant, reason: 'key_rotated', at } }));
  return { events: isDone ? revoked : [rotated, ...revoked] };
}

/** Leases of a key that are no newer than `token`. */
const leasesUpTo = ({ leases }: KeyPoolState, { id }: ProviderKey, token: number): Lease[] =>
  [...leases.values()].filter((lease) => lease.keyId === id && lease.token <= token);

const keysOf = ({ keys }: KeyPoolState, owner: string): ProviderKey[] => [...keys.values()].filter((key) => key.owner === owner);
const othersOf = (state: KeyPoolState, key: ProviderKey): ProviderKey[] => keysOf(state, key.owner).filter((other) => other !== key);

const nameTaken: { refusal: Refusal } = refuse('E4091', 'provider_key_name_taken', 'The pool already has a key of this name.', { path: ['name'] });
const secretKnown: { refusal: Refusal } = refuse('E4091', 'provider_key_known', 'The pool already has this key.', { path: ['secret'] });

const leased = ({ active }: ProviderKey): { refusal: Refusal } =>
  refuse('B2001', 'provider_key_leased', 'Leases hold this key; deactivate it and wait until they have ended.', { details: { leases: active } });
