import type { Refusal } from '../../schema/errors/catalogue';
import { keyPoolEvents, type KeyPoolEvent } from '../../schema/key-pool/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';
import { diagnoseRequest } from './diagnosis';
import { drain } from './drain';
import { manageKeys, type KeyCommand } from './manage';
import { serves } from './queue';
import { isLimited, reopensAt, WINDOW_MS } from './rate-window';
import { copy, evolve, initial, ticketOf, type KeyPoolState, type Lease } from './state';

/** Most tickets that wait in one pool. */
export const QUEUE_LIMIT = 10_000;
/** A lease is not renewed for longer than this, in milliseconds. */
export const LEASE_LIFETIME_MS = 86_400_000;
/** Most leases and tickets that one command takes away, so that one append stays small. */
export const WITHDRAW_LIMIT = 200;
/** Wait to suggest when only a release can help, in milliseconds. */
const RETRY_MS = 1_000;

interface RequestLease {
  type: 'RequestLease';
  ticketId: string;
  /** The same request again has no second effect; unique over all callers. */
  requestId: string;
  tenant: string;
  holder: string;
  ttlMs: number;
  /** 0: now or not at all. */
  maxWaitMs: number;
  /** The one key that will do, for work that was begun with it. */
  keyId?: string;
  /** Most tickets of the holder that wait. Left out, like the next one, by this server itself: its work is limited elsewhere. */
  holderLimit?: number;
  /** Most tickets of the tenant that wait. */
  tenantLimit?: number;
  now: number;
}

interface ReleaseLease {
  type: 'ReleaseLease';
  leaseId: string;
  token: number;
  holder: string;
  outcome: 'ok' | 'error';
  now: number;
}

interface HeartbeatLease {
  type: 'HeartbeatLease';
  leaseId: string;
  token: number;
  holder: string;
  now: number;
}

/** Counts `units` more calls to the vendor against the rate of the leased key, each time it is sent. */
interface TakePermits {
  type: 'TakePermits';
  leaseId: string;
  token: number;
  holder: string;
  units: number;
  now: number;
}

/** Takes a lease away that belongs to `tenant`, or is on a key of `tenant`. */
interface RevokeLease {
  type: 'RevokeLease';
  leaseId: string;
  tenant: string;
  now: number;
}

interface ExpireLease {
  type: 'ExpireLease';
  leaseId: string;
  token: number;
  now: number;
}

/** Gives up a request that waits. */
interface CancelTicket {
  type: 'CancelTicket';
  ticketId: string;
  holder: string;
  now: number;
}

interface TimeOutTicket {
  type: 'TimeOutTicket';
  ticketId: string;
  now: number;
}

/** Takes from a tenant what it holds and waits for, at most WITHDRAW_LIMIT at once. */
interface WithdrawTenant {
  type: 'WithdrawTenant';
  tenant: string;
  reason: 'tenant_suspended';
  now: number;
}

interface Tick {
  type: 'Tick';
  now: number;
}

/** `now` is in milliseconds since the epoch; the pool's clock is the newest time it has seen. */
export type KeyPoolCommand = KeyCommand | RequestLease | ReleaseLease | HeartbeatLease | TakePermits | RevokeLease | ExpireLease
  | CancelTicket | TimeOutTicket | WithdrawTenant | Tick;

/** The keys of one provider with their leases and everybody who waits for one. The stream's id is the provider. */
export const keyPool: Aggregate<KeyPoolState, KeyPoolCommand, typeof keyPoolEvents> = {
  category: 'keyPool',
  events: keyPoolEvents,
  // The keys of a pool serve every tenant that they are open to; `scopes` keeps the tenants apart.
  tenancy: 'shared',
  initial,
  evolve,
  decide,
  copy,
};

function decide(state: KeyPoolState, command: KeyPoolCommand): Decision<KeyPoolEvent> {
  const now = Math.max(state.now, command.now);
  switch (command.type) {
    case 'RequestLease':
      return requestLease(state, command, now);
    case 'ReleaseLease':
      return releaseLease(state, command, now);
    case 'HeartbeatLease':
      return heartbeatLease(state, command, now);
    case 'TakePermits':
      return takePermits(state, command, now);
    case 'RevokeLease':
      return revokeLease(state, command, now);
    case 'ExpireLease':
      return expireLease(state, command, now);
    case 'CancelTicket':
      return cancelTicket(state, command, now);
    case 'TimeOutTicket':
      return timeOutTicket(state, command, now);
    case 'WithdrawTenant':
      return withdrawTenant(state, command, now);
    case 'Tick':
      return { events: drain(state, now) };
    default:
      return manageKeys(state, command, now);
  }
}

function requestLease(state: KeyPoolState, command: RequestLease, now: number): Decision<KeyPoolEvent> {
  const { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, keyId } = command;
  if (state.requests.has(requestId)) return { events: drain(state, now) };
  if (state.keys.size === 0) return refuse('E4041', 'pool_unknown', 'There is no key for this provider.', { path: ['provider'] });
  if (keyId !== undefined && !isKeyOf(state, keyId, tenant)) {
    return refuse('E4041', 'provider_key_unknown', 'There is no such key.', { path: ['providerKeyId'] });
  }
  const requested = { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, ...(keyId !== undefined && { keyId }), at: now };
  const arriving = ticketOf(state, requested);
  const drained = drain(state, now, { arriving });
  const served = drained.some(({ type, data }) => type === 'LeaseGranted' && data.ticketId === ticketId);
  if (!served && maxWaitMs === 0) return refuseNow(state, command, now);
  const full = served ? undefined : refusePlace(state, command);
  return full ?? { events: [{ type: 'LeaseRequested', data: requested }, ...drained] };
}

/** Refuses a place in the queue when there is none, or when whoever asks has as many as one may take from the others. */
function refusePlace({ tickets, holdersWaiting, tenantsWaiting }: KeyPoolState, command: RequestLease): { refusal: Refusal } | undefined {
  const { holder, tenant, holderLimit = Infinity, tenantLimit = Infinity } = command;
  const refuseAt = (limit: number, waiting: number, rule: string, message: string) =>
    (waiting < limit ? undefined : refuse('E4291', rule, message, { details: { limit, waiting }, retryAfterMs: RETRY_MS }));
  return refuseAt(QUEUE_LIMIT, tickets.size, 'queue_full', 'Too many callers wait for this pool.')
    ?? refuseAt(holderLimit, holdersWaiting.get(holder) ?? 0, 'caller_queue_full', 'Too many requests of yours wait for this pool.')
    ?? refuseAt(tenantLimit, tenantsWaiting.get(tenant) ?? 0, 'tenant_queue_full', 'Too many requests of your tenant wait for this pool.');
}

function isKeyOf({ keys }: KeyPoolState, keyId: string, tenant: string): boolean {
  const key = keys.get(keyId);
  return key !== undefined && serves(key, tenant);
}

function refuseNow(state: KeyPoolState, { tenant, keyId }: RequestLease, now: number): Decision<KeyPoolEvent> {
  const { reason, retryAfterMs = RETRY_MS } = diagnoseRequest(state, { tenant, keyId }, now);
  return refuse('E4291', 'no_key_free', 'No key of this pool is free now.', { details: { reason }, retryAfterMs });
}

function releaseLease(state: KeyPoolState, command: ReleaseLease, now: number): Decision<KeyPoolEvent> {
  const ended = state.ended.get(command.leaseId);
  if (ended?.how === 'released' && ended.token === command.token && ended.holder === command.holder) return { events: drain(state, now) };
  const lease = heldLease(state, command);
  if ('refusal' in lease) return lease;
  return endLease(state, { type: 'LeaseReleased', data: { ...ending(lease, now), outcome: command.outcome } });
}

function heartbeatLease(state: KeyPoolState, command: HeartbeatLease, now: number): Decision<KeyPoolEvent> {
  const lease = heldLease(state, command);
  if ('refusal' in lease) return lease;
  if (now - lease.grantedAt >= LEASE_LIFETIME_MS) {
    const details = { limitMs: LEASE_LIFETIME_MS };
    return refuse('B2001', 'lease_lifetime_over', 'A lease is not renewed this long; request a new one.', { details });
  }
  return nothing;
}

function takePermits(state: KeyPoolState, command: TakePermits, now: number): Decision<KeyPoolEvent> {
  const lease = heldLease(state, command);
  if ('refusal' in lease) return lease;
  const { units } = command;
  const key = state.keys.get(lease.keyId)!;
  if (!isLimited(key.window)) return { events: drain(state, now) };
  const opensAt = reopensAt(key.window, units - 1);
  if (now < opensAt) {
    const retryAfterMs = opensAt === Infinity ? WINDOW_MS : opensAt - now;
    return refuse('E4291', 'rpm', 'The rate of this key is used up.', { details: { limit: key.window.limit, units }, retryAfterMs });
  }
  const taken: KeyPoolEvent = { type: 'PermitsTaken', data: { ...ending(lease, now), units } };
  return { events: [taken, ...drain(state, now, { used: { key, active: 0, permits: units } })] };
}

function revokeLease(state: KeyPoolState, { leaseId, tenant }: RevokeLease, now: number): Decision<KeyPoolEvent> {
  const lease = state.leases.get(leaseId);
  if (!lease || ![lease.tenant, state.keys.get(lease.keyId)!.owner].includes(tenant)) {
    return refuse('E4041', 'lease_unknown', 'There is no such lease.', { path: ['leaseId'] });
  }
  return endLease(state, { type: 'LeaseRevoked', data: { ...ending(lease, now), reason: 'by_hand' } });
}

function expireLease(state: KeyPoolState, { leaseId, token }: ExpireLease, now: number): Decision<KeyPoolEvent> {
  const lease = state.leases.get(leaseId);
  if (lease?.token !== token) return { events: drain(state, now) };
  if (now < lease.grantedAt + lease.ttlMs) return refuse('B2001', 'lease_not_due', 'The lease is younger than its time to live.');
  return endLease(state, { type: 'LeaseExpired', data: ending(lease, now) });
}

function cancelTicket(state: KeyPoolState, { ticketId, holder }: CancelTicket, now: number): Decision<KeyPoolEvent> {
  const ticket = state.tickets.get(ticketId);
  if (!ticket) return { events: drain(state, now) };
  if (ticket.holder !== holder) return refuse('E4041', 'ticket_unknown', 'You have no such ticket.', { path: ['ticketId'] });
  const cancelled: KeyPoolEvent = { type: 'TicketCancelled', data: { ticketId, tenant: ticket.tenant, reason: 'abandoned', at: now } };
  return { events: [cancelled, ...drain(state, now, { left: ticket })] };
}

function timeOutTicket(state: KeyPoolState, { ticketId }: TimeOutTicket, now: number): Decision<KeyPoolEvent> {
  const ticket = state.tickets.get(ticketId);
  if (!ticket) return { events: drain(state, now) };
  if (now < ticket.deadline) return refuse('B2001', 'ticket_not_due', 'The ticket may still wait.');
  return { events: [{ type: 'TicketTimedOut', data: { ticketId, tenant: ticket.tenant, at: now } }, ...drain(state, now, { left: ticket })] };
}

function withdrawTenant(state: KeyPoolState, { tenant, reason }: WithdrawTenant, now: number): Decision<KeyPoolEvent> {
  const theirs = <Item extends { tenant: string }>(items: Map<string, Item>): Item[] => [...items.values()].filter((item) => item.tenant === tenant);
  const due: KeyPoolEvent[] = [
    ...theirs(state.leases).map((lease) => ({ type: 'LeaseRevoked' as const, data: { ...ending(lease, now), reason } })),
    ...theirs(state.tickets).map(({ id }) => ({ type: 'TicketCancelled' as const, data: { ticketId: id, tenant, reason, at: now } })),
  ];
  const withdrawn = due.slice(0, WITHDRAW_LIMIT);
  // What is left goes with the next command: until then a free place must not fall to those who still wait.
  if (withdrawn.length < due.length) return { events: withdrawn };
  return { events: [...withdrawn, ...drain(withdrawn.reduce(evolve, copy(state)), now)] };
}

/** The lease that the caller proves to hold. A lease of somebody else is as unknown as one that never was. */
function heldLease(state: KeyPoolState, { leaseId, token, holder }: ReleaseLease | HeartbeatLease | TakePermits): Lease | { refusal: Refusal } {
  const lease = state.leases.get(leaseId);
  const known = lease ?? state.ended.get(leaseId);
  if (known?.holder !== holder || known.token === undefined) {
    return refuse('E4041', 'lease_unknown', 'You hold no such lease.', { path: ['leaseId'] });
  }
  return lease?.token === token ? lease : staleLease(token);
}

/** Refusal of a token that is not, or no longer, the one of the lease. */
export function staleLease(token: number): { refusal: Refusal } {
  const message = 'The lease is over; its key may serve somebody else by now.';
  return refuse('E4091', 'stale_lease', message, { path: ['fencingToken'], details: { token } });
}

const ending = ({ id, keyId, token, tenant }: Lease, at: number) => ({ leaseId: id, keyId, token, tenant, at });

function endLease(state: KeyPoolState, ended: Extract<KeyPoolEvent, { type: 'LeaseReleased' | 'LeaseExpired' | 'LeaseRevoked' }>): Decision<KeyPoolEvent> {
  const key = state.keys.get(ended.data.keyId)!;
  return { events: [ended, ...drain(state, ended.data.at, { used: { key, active: -1, permits: 0 } })] };
}
