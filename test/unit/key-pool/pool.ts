import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';

/** Sample events and commands of a pool; every member can be overridden. */
type Data<Type extends KeyPoolEvent['type']> = Extract<KeyPoolEvent, { type: Type }>['data'];
type Command<Type extends KeyPoolCommand['type']> = Omit<Extract<KeyPoolCommand, { type: Type }>, 'type'>;

const key = (id: string) => ({
  keyId: id, name: `name-${id}`, lastFour: '0000', fingerprint: `print-${id}`, secretRef: `operator/${id}`,
  concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope: '*',
});

const ticket = (id: string) => ({
  ticketId: id, requestId: `request-${id}`, tenant: 'a', holder: 'anna', ttlMs: 1_000, maxWaitMs: 60_000,
});

export const keyAdded = (id: string, more: Partial<Data<'ProviderKeyAdded'>> = {}): KeyPoolEvent =>
  ({ type: 'ProviderKeyAdded', data: { ...key(id), at: 0, ...more } });

export const requested = (id: string, more: Partial<Data<'LeaseRequested'>> = {}): KeyPoolEvent =>
  ({ type: 'LeaseRequested', data: { ...ticket(id), at: 0, ...more } });

export const granted = (id: string, keyId: string, token: number, more: Partial<Data<'LeaseGranted'>> = {}): KeyPoolEvent => ({
  type: 'LeaseGranted',
  data: { leaseId: id, ticketId: id, requestId: `request-${id}`, keyId, token, holder: 'anna', tenant: 'a', ttlMs: 1_000, at: 0, ...more },
});

export const released = (id: string, keyId: string, token: number, at = 0): KeyPoolEvent =>
  ({ type: 'LeaseReleased', data: { leaseId: id, keyId, token, tenant: 'a', outcome: 'ok', at } });

export const expired = (id: string, keyId: string, token: number, at: number): KeyPoolEvent =>
  ({ type: 'LeaseExpired', data: { leaseId: id, keyId, token, tenant: 'a', at } });

export const timedOut = (id: string, at: number): KeyPoolEvent => ({ type: 'TicketTimedOut', data: { ticketId: id, tenant: 'a', at } });

export const revoked = (id: string, keyId: string, token: number, at = 0, tenant = 'a'): KeyPoolEvent =>
  ({ type: 'LeaseRevoked', data: { leaseId: id, keyId, token, tenant, reason: 'tenant_suspended', at } });

export const cancelled = (id: string, at = 0, tenant = 'a'): KeyPoolEvent =>
  ({ type: 'TicketCancelled', data: { ticketId: id, tenant, reason: 'tenant_suspended', at } });

export const addKey = (id: string, more: Partial<Command<'AddProviderKey'>> = {}): KeyPoolCommand =>
  ({ type: 'AddProviderKey', ...key(id), now: 0, ...more });

export const request = (id: string, more: Partial<Command<'RequestLease'>> = {}): KeyPoolCommand =>
  ({ type: 'RequestLease', ...ticket(id), now: 0, ...more });

export const release = (id: string, token: number, more: Partial<Command<'ReleaseLease'>> = {}): KeyPoolCommand =>
  ({ type: 'ReleaseLease', leaseId: id, token, holder: 'anna', outcome: 'ok', now: 0, ...more });

export const heartbeat = (id: string, token: number, more: Partial<Command<'HeartbeatLease'>> = {}): KeyPoolCommand =>
  ({ type: 'HeartbeatLease', leaseId: id, token, holder: 'anna', now: 0, ...more });

export const expire = (id: string, token: number, now: number): KeyPoolCommand => ({ type: 'ExpireLease', leaseId: id, token, now });
export const timeOut = (id: string, now: number): KeyPoolCommand => ({ type: 'TimeOutTicket', ticketId: id, now });
export const tick = (now: number): KeyPoolCommand => ({ type: 'Tick', now });
export const withdraw = (tenant: string, now = 0): KeyPoolCommand => ({ type: 'WithdrawTenant', tenant, reason: 'tenant_suspended', now });
