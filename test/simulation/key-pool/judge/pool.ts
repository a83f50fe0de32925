import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import type { RequestStanding } from '../../../../commands/key-pool/standing';
import type { KeyPoolEvent } from '../../../../schema/key-pool/events';
import { broken } from './violation';

export type CommandOf<Type extends KeyPoolCommand['type']> = Extract<KeyPoolCommand, { type: Type }>;
export type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];

export interface Key {
  id: string;
  owner: string;
  name: string;
  fingerprint: string;
  secretRef: string;
  limit: number;
  rpm: number | null;
  priority: number;
  scope: string;
  active: number;
  /** Times of its grants, and of further calls while they are limited: all count against whatever limit there is. */
  permits: number[];
  isInactive: boolean;
  expiresAt: number | null;
  coolsUntil: number;
}

export interface Waiter {
  ticketId: string;
  requestId: string;
  tenant: string;
  holder: string;
  ttlMs: number;
  keyId: string | undefined;
  deadline: number;
}

export interface Held {
  requestId: string;
  keyId: string;
  token: number;
  holder: string;
  tenant: string;
  ttlMs: number;
  /** Secret of the key when it was granted. */
  secretRef: string;
}

/** What a caller has to be told about a request. */
export interface Standing {
  standing: RequestStanding['standing'];
  ticketId: string;
  token?: number;
  keyId?: string;
}

/** What is so as far as the judge knows. */
export interface Pool {
  clock: number;
  /** Newest fencing token. */
  token: number;
  readonly keys: Key[];
  /** In order of arrival. */
  readonly waiters: Waiter[];
  readonly held: Map<string, Held>;
  readonly over: Map<string, Held>;
  readonly requests: Map<string, Standing>;
  /** Leases whose missing heartbeat the beat table has established. */
  readonly lapsed: Set<string>;
  /** The newest command that gave a key another secret. */
  rotation: KeyPoolCommand | undefined;
  /** How often each thing came up. */
  readonly counted: ReturnType<typeof noneYet>;
}

const noneYet = () => ({
  grants: 0, pinnedGrants: 0, releases: 0, expiries: 0, timeOuts: 0, withdrawals: 0, revocations: 0, cancellations: 0, permits: 0, permitsRefused: 0,
  keysChanged: 0, keysRotated: 0, keysRemoved: 0, keysCooledDown: 0, keysRecovered: 0, keysDeactivated: 0, keysActivated: 0, strangers: 0, stale: 0,
});

export const emptyPool = (): Pool => ({
  clock: 0, token: 0, keys: [], waiters: [], held: new Map(), over: new Map(), requests: new Map(), lapsed: new Set(), rotation: undefined, counted: noneYet(),
});

export function keyOf(pool: Pool, keyId: string): Key {
  return pool.keys.find(({ id }) => id === keyId) ?? broken(`there is no key ${keyId}`);
}

export function waiterOf(pool: Pool, ticketId: string): Waiter | undefined {
  return pool.waiters.find((waiter) => waiter.ticketId === ticketId);
}

export function isOf(lease: Held | undefined, { token, holder }: { token: number; holder: string }): boolean {
  return lease !== undefined && lease.token === token && lease.holder === holder;
}

/** Whether the key is there for whoever sent the command; the server itself names no owner. */
export function isManaged(pool: Pool, { keyId, owner }: { keyId: string; owner?: string }): boolean {
  return pool.keys.some((key) => key.id === keyId && (owner === undefined || key.owner === owner));
}

export function maySeize(pool: Pool, { leaseId, tenant }: CommandOf<'RevokeLease'>): boolean {
  const lease = pool.held.get(leaseId);
  return lease !== undefined && (lease.tenant === tenant || keyOf(pool, lease.keyId).owner === tenant);
}

/** Owner that a command about a key speaks for. */
export function ownerIn(command: KeyPoolCommand, keys: readonly Key[]): string | undefined {
  if (command.type === 'AddProviderKey') return command.secretRef.split('/')[0];
  return keys.find(({ id }) => 'keyId' in command && id === command.keyId)?.owner;
}
