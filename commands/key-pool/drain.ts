import type { KeyPoolEvent } from '../../schema/key-pool/events';
import { isFree, nothingPending, type Pending } from './eligibility';
import { scopeOf, type Scope } from './queue';
import { isLimited, permitsAt } from './rate-window';
import type { KeyPoolState, ProviderKey, Ticket } from './state';

/** Most events of one drain, so that one append stays small; the next command or tick goes on. */
const DRAIN_LIMIT = 100;

/** What a command has decided already, before the queue is looked at. */
export interface Beforehand {
  /** Key whose use just changed, and by how much. */
  used?: { key: ProviderKey } & Pending;
  /** Ticket that just came; nobody stands behind it. */
  arriving?: Ticket;
  /** Ticket that just left. */
  left?: Ticket;
}

type PendingUse = Map<ProviderKey, Pending>;

/** The tickets of one scope that wait, from the head on. */
interface Line {
  scope: Scope;
  index: number;
  ticket: Ticket;
  /** Whoever comes after the last of the queue. */
  arriving: Ticket | undefined;
}

/**
 * Serves everybody who can be served at `now`: always the ticket that has waited longest among those for whom a key
 * is free. A ticket past its wait limit is timed out instead.
 */
export function drain(state: KeyPoolState, now: number, beforehand: Beforehand = {}): KeyPoolEvent[] {
  const { used, arriving, left } = beforehand;
  const events: KeyPoolEvent[] = [];
  if (state.waiting.size === 0 && !arriving) return events;
  const pending: PendingUse = new Map();
  if (used) pending.set(used.key, used);
  let lines = openLines(state, arriving, left);
  const isOver = (ticket: Ticket): boolean => ticket !== arriving && now >= ticket.deadline;
  let { token } = state;
  while (events.length < DRAIN_LIMIT) {
    const line = earliest(lines);
    if (!line) break;
    const { ticket } = line;
    if (isOver(ticket)) {
      events.push({ type: 'TicketTimedOut', data: { ticketId: ticket.id, tenant: ticket.tenant, at: now } });
    } else {
      const key = bestKey(line.scope.keys, now, pending);
      if (!key) {
        // No key becomes free meanwhile, so nobody else whom none serves need be looked at again.
        lines = lines.filter(({ ticket: head, scope }) => isOver(head) || scope.keys.some((each) => isFree(each, now, pending.get(each))));
        continue;
      }
      take(pending, key);
      events.push(grantOf(ticket, key, ++token, now));
    }
    if (!advance(state, line, left)) lines.splice(lines.indexOf(line), 1);
  }
  return events;
}

/**
 * The free key of highest priority, then lowest share of its concurrency, then lowest share of its rpm limit
 * (no limit counts as none used), then lowest id; undefined when none is free.
 * @param keys of one scope, by priority and then by id
 */
function bestKey(keys: readonly ProviderKey[], now: number, pending: PendingUse): ProviderKey | undefined {
  let best: ProviderKey | undefined;
  for (const key of keys) {
    if (best && key.priority < best.priority) break;
    if (isFree(key, now, pending.get(key)) && (!best || isLessUsed(key, best, now, pending))) best = key;
  }
  return best;
}

function openLines(state: KeyPoolState, arriving: Ticket | undefined, left: Ticket | undefined): Line[] {
  const lines: Line[] = [];
  const theirs = arriving && scopeOf(state, arriving);
  for (const scope of state.waiting) {
    const { items, head } = scope.queue;
    const line: Line = { scope, index: head, ticket: items[head]!, arriving: scope === theirs ? arriving : undefined };
    if (line.ticket !== left || advance(state, line, left)) lines.push(line);
  }
  if (theirs && !state.waiting.has(theirs)) lines.push({ scope: theirs, index: theirs.queue.items.length, ticket: arriving, arriving });
  return lines;
}

/** Moves to the next ticket that waits. @returns false at the end of the line */
function advance(state: KeyPoolState, line: Line, left: Ticket | undefined): boolean {
  const { items } = line.scope.queue;
  while (++line.index < items.length) {
    const ticket = items[line.index]!;
    if (ticket !== left && state.tickets.has(ticket.id)) {
      line.ticket = ticket;
      return true;
    }
  }
  if (!line.arriving || line.ticket === line.arriving) return false;
  line.ticket = line.arriving;
  return true;
}

function earliest(lines: readonly Line[]): Line | undefined {
  let first = lines[0];
  for (const line of lines) {
    if (line.ticket.seq < first!.ticket.seq) first = line;
  }
  return first;
}

/** Compares shares by cross-multiplication, so that equal shares are equal. */
function isLessUsed(a: ProviderKey, b: ProviderKey, now: number, pending: PendingUse): boolean {
  const load = (key: ProviderKey) => key.active + (pending.get(key) ?? nothingPending).active;
  const byLoad = load(a) * b.concurrencyLimit - load(b) * a.concurrencyLimit;
  if (byLoad !== 0) return byLoad < 0;
  const used = (key: ProviderKey) => (isLimited(key.window) ? permitsAt(key.window, now) + (pending.get(key) ?? nothingPending).permits : 0);
  const limit = ({ window }: ProviderKey) => (isLimited(window) ? window.limit : 1);
  return used(a) * limit(b) < used(b) * limit(a);
}

function take(pending: PendingUse, key: ProviderKey): void {
  const { active, permits } = pending.get(key) ?? nothingPending;
  pending.set(key, { active: active + 1, permits: permits + 1 });
}

function grantOf(ticket: Ticket, key: ProviderKey, token: number, at: number): KeyPoolEvent {
  const { id, requestId, holder, tenant, ttlMs } = ticket;
  return { type: 'LeaseGranted', data: { leaseId: id, ticketId: id, requestId, keyId: key.id, token, holder, tenant, ttlMs, at } };
}
