import type { KeyPoolEvent } from '../../schema/key-pool/events';
import { permitsAt, reopensAt } from './rate-window';
import { scopeOf, type KeyPoolState, type ProviderKey, type Scope, type Ticket } from './state';

/** Most events of one drain, so that one append stays small; the next command or tick goes on. */
export const DRAIN_LIMIT = 100;

/** What a command has decided already, before the queue is looked at. */
export interface Beforehand {
  /** Key that a lease just gave back. */
  freed?: ProviderKey;
  /** Ticket that just came; nobody stands behind it. */
  arriving?: Ticket;
  /** Ticket that just left. */
  left?: Ticket;
}

/** Use of a key that is decided but not yet in the state. */
interface Pending {
  active: number;
  permits: number;
}
type PendingUse = Map<ProviderKey, Pending>;

/** The tickets of one scope that wait, from the head on. */
interface Line {
  scope: Scope;
  index: number;
  ticket: Ticket;
}

/**
 * Serves everybody who can be served at `now`: always the ticket that has waited longest among those for whom a key
 * is free. A ticket past its wait limit is timed out instead.
 */
export function drain(state: KeyPoolState, now: number, beforehand: Beforehand = {}): KeyPoolEvent[] {
  const { freed, arriving, left } = beforehand;
  const events: KeyPoolEvent[] = [];
  if (state.waiting.size === 0 && !arriving) return events;
  const pending: PendingUse = new Map();
  if (freed) pending.set(freed, { active: -1, permits: 0 });
  const lines = openLines(state, arriving, left);
  let { token } = state;
  while (events.length < DRAIN_LIMIT) {
    const line = earliest(lines);
    if (!line) break;
    const { ticket } = line;
    if (ticket !== arriving && now >= ticket.deadline) {
      events.push({ type: 'TicketTimedOut', data: { ticketId: ticket.id, tenant: ticket.tenant, at: now } });
    } else {
      const key = bestKey(line.scope.keys, now, pending);
      if (!key) {
        lines.splice(lines.indexOf(line), 1);
        continue;
      }
      take(pending, key);
      events.push(grantOf(ticket, key, ++token, now));
    }
    if (!advance(state, line, arriving, left)) lines.splice(lines.indexOf(line), 1);
  }
  return events;
}

/**
 * The key to use next: highest priority, then lowest share of its concurrency, then lowest share of its rpm limit
 * (no limit counts as none used), then lowest id; undefined when none is free.
 * @param keys of one scope, by priority and then by id
 */
function bestKey(keys: readonly ProviderKey[], now: number, pending: PendingUse): ProviderKey | undefined {
  let best: ProviderKey | undefined;
  for (const key of keys) {
    if (best && key.priority < best.priority) break;
    if (isFree(key, now, pending) && (!best || isLessUsed(key, best, now, pending))) best = key;
  }
  return best;
}

function openLines(state: KeyPoolState, arriving: Ticket | undefined, left: Ticket | undefined): Line[] {
  const lines: Line[] = [];
  for (const scope of state.waiting) {
    const line: Line = { scope, index: scope.queue.head, ticket: scope.queue.items[scope.queue.head]! };
    if (line.ticket !== left || advance(state, line, arriving, left)) lines.push(line);
  }
  if (!arriving) return lines;
  const scope = scopeOf(state, arriving.tenant);
  if (!state.waiting.has(scope)) lines.push({ scope, index: scope.queue.items.length, ticket: arriving });
  return lines;
}

/** Moves to the next ticket that waits. @returns false at the end of the line */
function advance(state: KeyPoolState, line: Line, arriving: Ticket | undefined, left: Ticket | undefined): boolean {
  const { items } = line.scope.queue;
  while (++line.index < items.length) {
    const ticket = items[line.index]!;
    if (ticket !== left && state.tickets.has(ticket.id)) {
      line.ticket = ticket;
      return true;
    }
  }
  if (!arriving || line.ticket === arriving || scopeOf(state, arriving.tenant) !== line.scope) return false;
  line.ticket = arriving;
  return true;
}

function earliest(lines: readonly Line[]): Line | undefined {
  let first = lines[0];
  for (const line of lines) {
    if (line.ticket.seq < first!.ticket.seq) first = line;
  }
  return first;
}

function isFree(key: ProviderKey, now: number, pending: PendingUse): boolean {
  const more = pending.size === 0 ? undefined : pending.get(key);
  if (key.active + (more?.active ?? 0) >= key.concurrencyLimit) return false;
  return !key.window || now >= reopensAt(key.window, more?.permits ?? 0);
}

/** Compares shares by cross-multiplication, so that equal shares are equal. */
function isLessUsed(a: ProviderKey, b: ProviderKey, now: number, pending: PendingUse): boolean {
  const load = (key: ProviderKey) => key.active + (pending.get(key)?.active ?? 0);
  const byLoad = load(a) * b.concurrencyLimit - load(b) * a.concurrencyLimit;
  if (byLoad !== 0) return byLoad < 0;
  const used = (key: ProviderKey) => (key.window ? permitsAt(key.window, now) + (pending.get(key)?.permits ?? 0) : 0);
  return used(a) * (b.window?.limit ?? 1) < used(b) * (a.window?.limit ?? 1);
}

function take(pending: PendingUse, key: ProviderKey): void {
  const before = pending.get(key) ?? { active: 0, permits: 0 };
  pending.set(key, { active: before.active + 1, permits: before.permits + 1 });
}

function grantOf(ticket: Ticket, key: ProviderKey, token: number, at: number): KeyPoolEvent {
  const { id, requestId, holder, tenant, ttlMs } = ticket;
  return { type: 'LeaseGranted', data: { leaseId: id, ticketId: id, requestId, keyId: key.id, token, holder, tenant, ttlMs, at } };
}
