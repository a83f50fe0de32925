import type { KeyPoolEvent } from '../../schema/key-pool/events';
import { tenantsOf } from '../../schema/key-pool/tenancy';
import type { Counts } from './counts';
import type { Deadlines } from './deadlines';
import { copyFifo, dropFirst, emptyFifo, sizeOf, type Fifo } from './fifo';
import { buildScopes, emptyScope, enter, leave, type Scope } from './queue';
import { addPermit, copyWindow, newWindow, type RateWindow } from './rate-window';

/** How long the pool remembers a finished request, so that a repeated command finds its answer. */
export const MEMORY_MS = 600_000;
/** How many finished requests it remembers at most. */
export const MEMORY_SIZE = 10_000;

export interface ProviderKey {
  readonly id: string;
  /** Whose key it is. */
  readonly owner: string;
  /** It came from the configuration and goes when it goes from there. */
  readonly specified: boolean;
  name: string;
  fingerprint: string;
  secretRef: string;
  concurrencyLimit: number;
  priority: number;
  /** As it was given: `*` or a comma list. */
  tenantScope: string;
  /** Tenants that may use it, or undefined for everybody. */
  tenants: ReadonlySet<string> | undefined;
  /** Leases that hold it now. */
  active: number;
  /** Under any limit, also where there was none before, the grants of the last 60 s count. */
  window: RateWindow;
  /** Why nothing is granted on it any more; undefined while it is in use. */
  deactivated: DataOf<'ProviderKeyDeactivated'>['reason'] | undefined;
  /** From this time on nothing is granted on it; Infinity: never. */
  expiresAt: number;
  /** Before this time nothing is granted on it. */
  coolsUntil: number;
  /** Fencing token at the last rotation: leases up to this one hold the old secret. */
  rotatedAt: number;
}

export interface Ticket {
  readonly id: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly holder: string;
  readonly ttlMs: number;
  /** The one key that will do; undefined: any key of the tenant will. */
  readonly keyId: string | undefined;
  readonly enqueuedAt: number;
  /** From this time on it is no longer served. */
  readonly deadline: number;
  /** Place in the order of arrival over the whole pool. */
  readonly seq: number;
}

export interface Lease {
  readonly id: string;
  readonly requestId: string;
  readonly keyId: string;
  /** Fencing token. */
  readonly token: number;
  readonly tenant: string;
  readonly holder: string;
  readonly ttlMs: number;
  readonly grantedAt: number;
}

/** A finished request: its lease ended, or its ticket left the queue without one. */
export interface Ended {
  readonly id: string;
  readonly requestId: string;
  readonly holder: string;
  /** Undefined when it never held a lease. */
  readonly token: number | undefined;
  readonly how: 'released' | 'expired' | 'revoked' | 'timedOut' | 'cancelled';
  readonly at: number;
}

export interface KeyPoolState {
  /** Logical clock: the newest time of any event. */
  now: number;
  /** Newest fencing token. */
  token: number;
  /** `seq` of the next ticket. */
  seq: number;
  keys: Map<string, ProviderKey>;
  leases: Map<string, Lease>;
  /** Tickets that wait, in order of arrival. */
  tickets: Map<string, Ticket>;
  /** `tickets` by when their wait ends; the first always waits, others may have left. */
  deadlines: Deadlines<Ticket>;
  /** Of `tickets`, by tenant. */
  tenantsWaiting: Counts;
  /** Of `tickets`, by holder. */
  holdersWaiting: Counts;
  /** Ticket of every request that waits, holds a lease or is remembered. */
  requests: Map<string, string>;
  ended: Map<string, Ended>;
  /** `ended`, oldest first. */
  endedOrder: Fifo<Ended>;
  /** A scope for each tenant that some key names; the others share `openScope`. */
  scopes: Map<string, Scope>;
  openScope: Scope;
  /** A scope for each key, of the requests that name it. */
  pinned: Map<string, Scope>;
  /** Of the requests that name a key which does not serve them any more. */
  closedScope: Scope;
  /** Scopes in which somebody waits. */
  waiting: Set<Scope>;
}

export const initial = (): KeyPoolState => ({
  now: 0,
  token: 0,
  seq: 0,
  keys: new Map(),
  leases: new Map(),
  tickets: new Map(),
  deadlines: [],
  tenantsWaiting: new Map(),
  holdersWaiting: new Map(),
  requests: new Map(),
  ended: new Map(),
  endedOrder: emptyFifo(),
  scopes: new Map(),
  openScope: emptyScope([]),
  pinned: new Map(),
  closedScope: emptyScope([]),
  waiting: new Set(),
});

/** The next state; works in place. */
export function evolve(state: KeyPoolState, event: KeyPoolEvent): KeyPoolState {
  const { at } = event.data;
  state.now = Math.max(state.now, at);
  switch (event.type) {
    case 'ProviderKeyAdded':
      addKey(state, event.data);
      break;
    case 'ProviderKeyChanged':
      changeKey(state, event.data);
      break;
    case 'ProviderKeyRotated':
      rotateKey(state, event.data);
      break;
    case 'ProviderKeyDeactivated':
      keyOf(state, event.data).deactivated = event.data.reason;
      break;
    case 'ProviderKeyActivated':
      keyOf(state, event.data).deactivated = undefined;
      break;
    case 'ProviderKeyCooledDown':
      keyOf(state, event.data).coolsUntil = event.data.until;
      break;
    case 'ProviderKeyRecovered':
      keyOf(state, event.data).coolsUntil = 0;
      break;
    case 'ProviderKeyRemoved':
      state.keys.delete(event.data.keyId);
      buildScopes(state);
      break;
    case 'LeaseRequested':
      enqueue(state, event.data);
      break;
    case 'LeaseGranted':
      grant(state, event.data);
      break;
    case 'LeaseReleased':
      endLease(state, event.data, 'released');
      break;
    case 'PermitsTaken':
      takePermits(state, event.data);
      break;
    case 'LeaseExpired':
      endLease(state, event.data, 'expired');
      break;
    case 'LeaseRevoked':
      endLease(state, event.data, 'revoked');
      break;
    case 'TicketTimedOut':
      leaveInVain(state, event.data, 'timedOut');
      break;
    case 'TicketCancelled':
      leaveInVain(state, event.data, 'cancelled');
      break;
    default:
      return event satisfies never;
  }
  return state;
}

export function copy(state: KeyPoolState): KeyPoolState {
  const keys = new Map<string, ProviderKey>();
  for (const key of state.keys.values()) keys.set(key.id, { ...key, window: copyWindow(key.window) });
  const waiting = new Set<Scope>();
  const twins = new Map<Scope, Scope>();
  const copyScope = (scope: Scope): Scope => {
    const twin = { keys: scope.keys.map((key) => keys.get(key.id)!), queue: copyFifo(scope.queue), waiting: scope.waiting };
    twins.set(scope, twin);
    return twin;
  };
  const copyScopes = (scopes: Map<string, Scope>) => new Map(Array.from(scopes, ([name, scope]) => [name, copyScope(scope)]));
  const copied: KeyPoolState = {
    ...state,
    keys,
    leases: new Map(state.leases),
    tickets: new Map(state.tickets),
    deadlines: state.deadlines.slice(),
    tenantsWaiting: new Map(state.tenantsWaiting),
    holdersWaiting: new Map(state.holdersWaiting),
    requests: new Map(state.requests),
    ended: new Map(state.ended),
    endedOrder: copyFifo(state.endedOrder),
    scopes: copyScopes(state.scopes),
    openScope: copyScope(state.openScope),
    pinned: copyScopes(state.pinned),
    closedScope: copyScope(state.closedScope),
    waiting,
  };
  for (const scope of state.waiting) waiting.add(twins.get(scope)!);
  return copied;
}

type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];

const keyOf = (state: KeyPoolState, { keyId }: { keyId: string }): ProviderKey => state.keys.get(keyId)!;

function addKey(state: KeyPoolState, data: DataOf<'ProviderKeyAdded'>): void {
  const { keyId, name, fingerprint, secretRef, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt, specified } = data;
  state.keys.set(keyId, {
    id: keyId, name, fingerprint, secretRef, concurrencyLimit, priority, tenantScope,
    owner: ownerOf(secretRef),
    specified: specified ?? false,
    tenants: tenantsOf(tenantScope),
    active: 0,
    window: newWindow(limitOf(rpmLimit)),
    deactivated: undefined,
    expiresAt: expiresAt ?? Infinity,
    coolsUntil: 0,
    rotatedAt: 0,
  });
  buildScopes(state);
}

/** The vault keeps a key's secret under its owner: `<tenant>/<key id>`. */
export const ownerOf = (secretRef: string): string => secretRef.slice(0, secretRef.lastIndexOf('/'));

function changeKey(state: KeyPoolState, data: DataOf<'ProviderKeyChanged'>): void {
  const key = keyOf(state, data);
  const { name = key.name, concurrencyLimit = key.concurrencyLimit, priority = key.priority, tenantScope = key.tenantScope } = data;
  Object.assign(key, { name, concurrencyLimit, priority, tenantScope, tenants: tenantsOf(tenantScope) });
  if (data.expiresAt !== undefined) key.expiresAt = data.expiresAt ?? Infinity;
  if (data.rpmLimit !== undefined) key.window = { ...key.window, limit: limitOf(data.rpmLimit) };
  if (data.priority !== undefined || data.tenantScope !== undefined) buildScopes(state);
}

const limitOf = (rpmLimit: number | null): number => rpmLimit ?? Infinity;

function rotateKey(state: KeyPoolState, data: DataOf<'ProviderKeyRotated'>): void {
  const { fingerprint, secretRef } = data;
  Object.assign(keyOf(state, data), { fingerprint, secretRef, rotatedAt: state.token });
}

/** The ticket of a request, as it will stand in the queue. */
export function ticketOf(state: KeyPoolState, data: DataOf<'LeaseRequested'>): Ticket {
  const { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, keyId, at } = data;
  return { id: ticketId, requestId, tenant, holder, ttlMs, keyId, enqueuedAt: at, deadline: at + maxWaitMs, seq: state.seq };
}

function enqueue(state: KeyPoolState, data: DataOf<'LeaseRequested'>): void {
  const ticket = ticketOf(state, data);
  state.seq++;
  state.requests.set(ticket.requestId, ticket.id);
  enter(state, ticket);
}

function grant(state: KeyPoolState, data: DataOf<'LeaseGranted'>): void {
  const { leaseId, ticketId, requestId, keyId, token, tenant, holder, ttlMs, at } = data;
  const ticket = state.tickets.get(ticketId);
  if (ticket) leave(state, ticket);
  const key = keyOf(state, data);
  key.active++;
  addPermit(key.window, at);
  state.token = token;
  state.leases.set(leaseId, { id: leaseId, requestId, keyId, token, tenant, holder, ttlMs, grantedAt: at });
}

function takePermits(state: KeyPoolState, data: DataOf<'PermitsTaken'>): void {
  const { window } = keyOf(state, data);
  for (let unit = 0; unit < data.units; unit++) addPermit(window, data.at);
}

function endLease(state: KeyPoolState, { leaseId, at }: { leaseId: string; at: number }, how: 'released' | 'expired' | 'revoked'): void {
  const lease = state.leases.get(leaseId);
  if (!lease) return;
  const { requestId, holder, token } = lease;
  state.leases.delete(leaseId);
  keyOf(state, lease).active--;
  remember(state, { id: leaseId, requestId, holder, token, how, at });
}

function leaveInVain(state: KeyPoolState, { ticketId, at }: { ticketId: string; at: number }, how: 'timedOut' | 'cancelled'): void {
  const ticket = state.tickets.get(ticketId);
  if (!ticket) return;
  const { requestId, holder } = ticket;
  leave(state, ticket);
  remember(state, { id: ticketId, requestId, holder, token: undefined, how, at });
}

function remember(state: KeyPoolState, ended: Ended): void {
  const { endedOrder: order } = state;
  order.items.push(ended);
  state.ended.set(ended.id, ended);
  while (sizeOf(order) > MEMORY_SIZE || order.items[order.head]!.at <= state.now - MEMORY_MS) {
    const oldest = order.items[order.head]!;
    dropFirst(order);
    state.ended.delete(oldest.id);
    state.requests.delete(oldest.requestId);
  }
}
