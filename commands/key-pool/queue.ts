import { count } from './counts';
import { addDeadline, dropEarliest, dueBy } from './deadlines';
import { dropFirst, emptyFifo, sizeOf, type Fifo } from './fifo';
import type { KeyPoolState, ProviderKey, Ticket } from './state';

/** Requests that the same keys may serve stand in one queue, so that only the head can be served next. */
export interface Scope {
  /** By priority, highest first, then by id. */
  readonly keys: readonly ProviderKey[];
  /** Items whose ticket has left meanwhile stay until they reach the head or become too many; the head itself always waits. */
  readonly queue: Fifo<Ticket>;
  /** Tickets that wait. */
  waiting: number;
}

/** What has left may take this much room in a list beside as much as what is still in. */
const SLACK = 64;

export const emptyScope = (keys: readonly ProviderKey[]): Scope => ({ keys, queue: emptyFifo(), waiting: 0 });

/** Whose keys may serve a request: those of its tenant, or only the one that it names. */
export function scopeOf(state: KeyPoolState, { tenant, keyId }: { tenant: string; keyId?: string | undefined }): Scope {
  if (keyId === undefined) return state.scopes.get(tenant) ?? state.openScope;
  const key = state.keys.get(keyId);
  return key && serves(key, tenant) ? state.pinned.get(keyId)! : state.closedScope;
}

/** Whether a tenant may use a key. */
export const serves = ({ tenants }: ProviderKey, tenant: string): boolean => tenants?.has(tenant) ?? true;

/** Makes the scopes for the keys as they are now; everybody who waits stands in order again. */
export function buildScopes(state: KeyPoolState): void {
  const keys = [...state.keys.values()].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  state.openScope = emptyScope(keys.filter(({ tenants }) => !tenants));
  const named = new Map(keys.flatMap(({ tenants }) => [...tenants ?? []]).map((tenant): [string, ProviderKey[]] => [tenant, []]));
  for (const key of keys) {
    for (const tenant of key.tenants ?? named.keys()) named.get(tenant)!.push(key);
  }
  state.scopes = new Map(Array.from(named, ([tenant, theirs]) => [tenant, emptyScope(theirs)]));
  state.pinned = new Map(keys.map((key) => [key.id, emptyScope([key])]));
  state.closedScope = emptyScope([]);
  state.waiting = new Set();
  for (const ticket of state.tickets.values()) stand(state, ticket);
}

/** Takes a ticket in, behind everybody of its scope. */
export function enter(state: KeyPoolState, ticket: Ticket): void {
  state.tickets.set(ticket.id, ticket);
  countWaiting(state, ticket, 1);
  addDeadline(state.deadlines, ticket);
  stand(state, ticket);
}

function countWaiting({ tenantsWaiting, holdersWaiting }: KeyPoolState, { tenant, holder }: Ticket, change: 1 | -1): void {
  count(tenantsWaiting, tenant, change);
  count(holdersWaiting, holder, change);
}

function stand(state: KeyPoolState, ticket: Ticket): void {
  const scope = scopeOf(state, ticket);
  scope.queue.items.push(ticket);
  scope.waiting++;
  state.waiting.add(scope);
}

/** Takes a ticket out, wherever it stands. */
export function leave(state: KeyPoolState, ticket: Ticket): void {
  const { tickets, deadlines } = state;
  const gone = ({ id }: Ticket): boolean => !tickets.has(id);
  tickets.delete(ticket.id);
  countWaiting(state, ticket, -1);

  const scope = scopeOf(state, ticket);
  const { queue } = scope;
  scope.waiting--;
  while (sizeOf(queue) > 0 && gone(queue.items[queue.head]!)) dropFirst(queue);
  if (sizeOf(queue) > 2 * scope.waiting + SLACK) {
    queue.items = queue.items.slice(queue.head).filter((item) => !gone(item));
    queue.head = 0;
  }
  if (scope.waiting === 0) state.waiting.delete(scope);

  while (deadlines.length > 0 && gone(deadlines[0]!)) dropEarliest(deadlines);
  if (deadlines.length > 2 * tickets.size + SLACK) state.deadlines = [...tickets.values()].sort((a, b) => a.deadline - b.deadline);
}

/** Earliest time at which somebody's wait ends, Infinity when nobody waits. */
export const earliestDeadline = ({ deadlines }: KeyPoolState): number => deadlines[0]?.deadline ?? Infinity;

/** Tickets past their wait limit at `now`, at most `limit`. */
export function overdueTickets({ deadlines, tickets }: KeyPoolState, now: number, limit: number): Ticket[] {
  const overdue: Ticket[] = [];
  for (const ticket of dueBy(deadlines, now)) {
    if (overdue.length === limit) break;
    if (tickets.has(ticket.id)) overdue.push(ticket);
  }
  return overdue;
}
