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

export const revoked = (id: string, keyId: string, token: number, more: Partial<Data<'LeaseRevoked'>> = {}): KeyPoolEvent =>
  ({ type: 'LeaseRevoked', data: { leaseId: id, keyId, token, tenant: 'a', reason: 'tenant_suspended', at: 0, ...more } });

export const cancelled = (id: string, more: Partial<Data<'TicketCancelled'>> = {}): KeyPoolEvent =>
  ({ type: 'TicketCancelled', data: { ticketId: id, tenant: 'a', reason: 'tenant_suspended', at: 0, ...more } });

export const keyChanged = (id: string, more: Partial<Data<'ProviderKeyChanged'>>): KeyPoolEvent =>
  ({ type: 'ProviderKeyChanged', data: { keyId: id, tenant: 'operator', at: 0, ...more } });

export const keyRotated = (id: string, to: string, at = 0): KeyPoolEvent =>
  ({ type: 'ProviderKeyRotated', data: { keyId: id, tenant: 'operator', lastFour: '1111', fingerprint: `print-${to}`, secretRef: `operator/${to}`, at } });

export const keyDeactivated = (id: string, at = 0): KeyPoolEvent =>
  ({ type: 'ProviderKeyDeactivated', data: { keyId: id, tenant: 'operator', reason: 'by_hand', at } });

export const keyActivated = (id: string, at = 0): KeyPoolEvent => ({ type: 'ProviderKeyActivated', data: { keyId: id, tenant: 'operator', at } });

export const keyCooledDown = (id: string, until: number, at = 0): KeyPoolEvent =>
  ({ type: 'ProviderKeyCooledDown', data: { keyId: id, tenant: 'operator', until, reason: 'rate', at } });

export const keyRecovered = (id: string, at = 0): KeyPoolEvent => ({ type: 'ProviderKeyRecovered', data: { keyId: id, tenant: 'operator', at } });
export const keyRemoved = (id: string, at = 0): KeyPoolEvent => ({ type: 'ProviderKeyRemoved', data: { keyId: id, tenant: 'operator', at } });

export const permitsTaken = (id: string, keyId: string, token: number, units: number, at = 0): KeyPoolEvent =>
  ({ type: 'PermitsTaken', data: { leaseId: id, keyId, token, tenant: 'a', units, at } });

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

/** A command about a key, from its owner. */
const about = (keyId: string) => ({ keyId, owner: 'operator', now: 0 });

export const changeKey = (id: string, more: Partial<Command<'ChangeProviderKey'>>): KeyPoolCommand => ({ type: 'ChangeProviderKey', ...about(id), ...more });
export const rotate = (id: string, to: string, more: Partial<Command<'RotateProviderKey'>> = {}): KeyPoolCommand => ({
  type: 'RotateProviderKey', ...about(id), lastFour: '1111', fingerprint: `print-${to}`, secretRef: `operator/${to}`, revokeLeases: false, ...more,
});
export const deactivate = (id: string, more: Partial<Command<'DeactivateProviderKey'>> = {}): KeyPoolCommand =>
  ({ type: 'DeactivateProviderKey', ...about(id), reason: 'by_hand', ...more });
export const activate = (id: string, now = 0): KeyPoolCommand => ({ type: 'ActivateProviderKey', ...about(id), now });
export const coolDown = (id: string, until: number, more: Partial<Command<'CoolDownProviderKey'>> = {}): KeyPoolCommand =>
  ({ type: 'CoolDownProviderKey', ...about(id), until, reason: 'rate', ...more });
export const recover = (id: string, now = 0): KeyPoolCommand => ({ type: 'RecoverProviderKey', ...about(id), now });
export const removeKey = (id: string, now = 0): KeyPoolCommand => ({ type: 'RemoveProviderKey', ...about(id), now });
export const takePermits = (id: string, token: number, units: number, more: Partial<Command<'TakePermits'>> = {}): KeyPoolCommand =>
  ({ type: 'TakePermits', leaseId: id, token, holder: 'anna', units, now: 0, ...more });
export const revoke = (id: string, tenant: string, now = 0): KeyPoolCommand => ({ type: 'RevokeLease', leaseId: id, tenant, now });
export const cancel = (id: string, more: Partial<Command<'CancelTicket'>> = {}): KeyPoolCommand =>
  ({ type: 'CancelTicket', ticketId: id, holder: 'anna', now: 0, ...more });
