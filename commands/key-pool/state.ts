import type { KeyPoolEvent } from '../../schema/key-pool/events';
import { tenantsOf } from '../../schema/key-pool/tenancy';
import { copyFifo, dropFirst, emptyFifo, sizeOf, type Fifo } from './fifo';
import { addPermit, copyWindow, newWindow, type RateWindow } from './rate-window';

/** How long the pool remembers a finished request, so that a repeated command finds its answer. */
export const MEMORY_MS = 600_000;
/** How many finished requests it remembers at most. */
export const MEMORY_SIZE = 10_000;

export interface ProviderKey {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly secretRef: string;
  /** Whose key it is. */
  readonly owner: string;
  readonly concurrencyLimit: number;
  readonly priority: number;
  /** Tenants that may use it, or undefined for everybody. */
  readonly tenants: ReadonlySet<string> | undefined;
  /** Leases that hold it now. */
  active: number;
  /** Undefined: no limit per minute. */
  readonly window: RateWindow | undefined;
}

export interface Ticket {
  readonly id: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly holder: string;
  readonly ttlMs: number;
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

/** Tenants that may use the same keys stand in one queue, so that only the head can be served next. */
export interface Scope {
  /** By priority, highest first, then by id. */
  readonly keys: readonly ProviderKey[];
  /** Items whose ticket has left meanwhile stay until they reach the head; the head itself always waits. */
  readonly queue: Fifo<Ticket>;
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
  /** Tickets that wait. */
  tickets: Map<string, Ticket>;
  /** Ticket of every request that waits, holds a lease or is remembered. */
  requests: Map<string, string>;
  ended: Map<string, Ended>;
  /** `ended`, oldest first. */
  endedOrder: Fifo<Ended>;
  /** A scope for each tenant that some key names; the others share `openScope`. */
  scopes: Map<string, Scope>;
  openScope: Scope;
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
  requests: new Map(),
  ended: new Map(),
  endedOrder: emptyFifo(),
  scopes: new Map(),
  openScope: { keys: [], queue: emptyFifo() },
  waiting: new Set(),
});

export const scopeOf = (state: KeyPoolState, tenant: string): Scope => state.scopes.get(tenant) ?? state.openScope;

/** The next state; works in place. */
export function evolve(state: KeyPoolState, event: KeyPoolEvent): KeyPoolState {
  const { at } = event.data;
  state.now = Math.max(state.now, at);
  switch (event.type) {
    case 'ProviderKeyAdded':
      addKey(state, event.data);
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
  for (const key of state.keys.values()) keys.set(key.id, { ...key, window: key.window && copyWindow(key.window) });
  const copied: KeyPoolState = {
    ...state,
    keys,
    leases: new Map(state.leases),
    tickets: new Map(state.tickets),
    requests: new Map(state.requests),
    ended: new Map(state.ended),
    endedOrder: copyFifo(state.endedOrder),
    waiting: new Set(),
  };
  const copyScope = (scope: Scope): Scope => {
    const twin = { keys: scope.keys.map((key) => keys.get(key.id)!), queue: copyFifo(scope.queue) };
    if (state.waiting.has(scope)) copied.waiting.add(twin);
    return twin;
  };
  copied.openScope = copyScope(state.openScope);
  copied.scopes = new Map(Array.from(state.scopes, ([tenant, scope]) => [tenant, copyScope(scope)]));
  return copied;
}

type DataOf<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];

function addKey(state: KeyPoolState, data: DataOf<'ProviderKeyAdded'>): void {
  const { keyId, name, fingerprint, secretRef, concurrencyLimit, rpmLimit, priority, tenantScope } = data;
  state.keys.set(keyId, {
    id: keyId, name, fingerprint, secretRef, concurrencyLimit, priority,
    owner: ownerOf(secretRef),
    tenants: tenantsOf(tenantScope),
    active: 0,
    window: rpmLimit === null ? undefined : newWindow(rpmLimit),
  });
  buildScopes(state);
}

/** The vault keeps a key's secret under its owner: `<tenant>/<key id>`. */
export const ownerOf = (secretRef: string): string => secretRef.slice(0, secretRef.lastIndexOf('/'));

function buildScopes(state: KeyPoolState): void {
  const keys = [...state.keys.values()].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  const scope = (tenant: string | undefined): Scope => ({
    keys: keys.filter((key) => !key.tenants || (tenant !== undefined && key.tenants.has(tenant))),
    queue: emptyFifo(),
  });
  state.openScope = scope(undefined);
  state.scopes = new Map(keys.flatMap((key) => [...key.tenants ?? []]).map((tenant) => [tenant, scope(tenant)]));
  state.waiting = new Set();
  for (const ticket of [...state.tickets.values()].sort((a, b) => a.seq - b.seq)) stand(state, ticket);
}

function stand(state: KeyPoolState, ticket: Ticket): void {
  const scope = scopeOf(state, ticket.tenant);
  scope.queue.items.push(ticket);
  state.waiting.add(scope);
}

/** The ticket of a request, as it will stand in the queue. */
export function ticketOf(state: KeyPoolState, data: DataOf<'LeaseRequested'>): Ticket {
  const { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, at } = data;
  return { id: ticketId, requestId, tenant, holder, ttlMs, enqueuedAt: at, deadline: at + maxWaitMs, seq: state.seq };
}

function enqueue(state: KeyPoolState, data: DataOf<'LeaseRequested'>): void {
  const ticket = ticketOf(state, data);
  state.seq++;
  state.tickets.set(ticket.id, ticket);
  state.requests.set(ticket.requestId, ticket.id);
  stand(state, ticket);
}

function leave(state: KeyPoolState, ticket: Ticket): void {
  state.tickets.delete(ticket.id);
  const scope = scopeOf(state, ticket.tenant);
  const { queue } = scope;
  while (sizeOf(queue) > 0 && !state.tickets.has(queue.items[queue.head]!.id)) dropFirst(queue);
  if (sizeOf(queue) === 0) state.waiting.delete(scope);
}

function grant(state: KeyPoolState, data: DataOf<'LeaseGranted'>): void {
  const { leaseId, ticketId, requestId, keyId, token, tenant, holder, ttlMs, at } = data;
  const ticket = state.tickets.get(ticketId);
  if (ticket) leave(state, ticket);
  const key = state.keys.get(keyId)!;
  key.active++;
  if (key.window) addPermit(key.window, at);
  state.token = token;
  state.leases.set(leaseId, { id: leaseId, requestId, keyId, token, tenant, holder, ttlMs, grantedAt: at });
}

function endLease(state: KeyPoolState, { leaseId, at }: { leaseId: string; at: number }, how: 'released' | 'expired' | 'revoked'): void {
  const lease = state.leases.get(leaseId);
  if (!lease) return;
  state.leases.delete(leaseId);
  state.keys.get(lease.keyId)!.active--;
  remember(state, { id: leaseId, requestId: lease.requestId, holder: lease.holder, token: lease.token, how, at });
}

function leaveInVain(state: KeyPoolState, { ticketId, at }: { ticketId: string; at: number }, how: 'timedOut' | 'cancelled'): void {
  const ticket = state.tickets.get(ticketId);
  if (!ticket) return;
  leave(state, ticket);
  remember(state, { id: ticketId, requestId: ticket.requestId, holder: ticket.holder, token: undefined, how, at });
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
