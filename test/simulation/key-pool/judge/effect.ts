import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import { keyOf, waiterOf, type CommandOf, type Key, type Pool } from './pool';
import { broken } from './violation';

/** What the command asked for is so now. */
export function judgeEffect(pool: Pool, command: KeyPoolCommand, now: number): void {
  switch (command.type) {
    case 'WithdrawTenant': {
      const left = [...pool.held.values(), ...pool.waiters].filter(({ tenant }) => tenant === command.tenant).length;
      if (left > 0) broken(`${left} leases and tickets of ${command.tenant} outlived its withdrawal`);
      break;
    }
    case 'ReleaseLease': case 'RevokeLease': case 'ExpireLease':
      if (command.type === 'ExpireLease' && pool.held.get(command.leaseId)?.token !== command.token) break;
      if (pool.held.has(command.leaseId)) broken(`lease ${command.leaseId} outlived its end (${command.type})`);
      break;
    case 'CancelTicket': case 'TimeOutTicket':
      if (waiterOf(pool, command.ticketId)) broken(`ticket ${command.ticketId} outlived ${command.type}`);
      break;
    case 'RemoveProviderKey':
      if (pool.keys.some(({ id }) => id === command.keyId)) broken(`key ${command.keyId} outlived its removal`);
      break;
    case 'RequestLease': case 'HeartbeatLease': case 'TakePermits': case 'AddProviderKey': case 'Tick':
      break;
    default: {
      const key = keyOf(pool, command.keyId);
      if (!hasBecome(pool, key, command, now)) broken(`${command.type} did not change key ${key.id} as asked`);
    }
  }
}

function hasBecome(
  pool: Pool,
  key: Key,
  command: CommandOf<'ChangeProviderKey' | 'RotateProviderKey' | 'DeactivateProviderKey' | 'ActivateProviderKey' | 'CoolDownProviderKey' | 'RecoverProviderKey'>,
  now: number,
): boolean {
  switch (command.type) {
    case 'ChangeProviderKey': {
      const { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = command;
      const asked = [[name, key.name], [concurrencyLimit, key.limit], [rpmLimit, key.rpm], [priority, key.priority], [tenantScope, key.scope], [expiresAt, key.expiresAt]];
      return asked.every(([wanted, is]) => wanted === undefined || wanted === is);
    }
    case 'RotateProviderKey': {
      const old = [...pool.held.values()].some(({ keyId, secretRef }) => keyId === key.id && secretRef !== command.secretRef);
      return key.secretRef === command.secretRef && key.fingerprint === command.fingerprint && !(command.revokeLeases && old);
    }
    case 'DeactivateProviderKey':
      return key.isInactive;
    case 'ActivateProviderKey':
      return !key.isInactive;
    case 'CoolDownProviderKey':
      return command.until <= now || key.coolsUntil >= command.until;
    case 'RecoverProviderKey':
      return key.coolsUntil <= now;
    default:
      return command satisfies never;
  }
}
