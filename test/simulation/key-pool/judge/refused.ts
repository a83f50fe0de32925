import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import { isOpenTo, recent } from './keys';
import { freeFor, servable } from './line';
import { isManaged, isOf, keyOf, maySeize, ownerIn, waiterOf, type CommandOf, type Pool } from './pool';
import { broken } from './violation';

export function judgeRefused(pool: Pool, command: KeyPoolCommand, rule: string, now: number): void {
  if (!mayRefuse(pool, command, rule, now)) broken(`${command.type} refused by ${rule}`);
}

/** Whether the refusal is right as things stand. */
function mayRefuse(pool: Pool, command: KeyPoolCommand, rule: string, now: number): boolean {
  switch (rule) {
    case 'stale_lease':
    case 'lease_unknown': {
      if (command.type === 'RevokeLease') return !maySeize(pool, command);
      const { leaseId } = command as CommandOf<'ReleaseLease'>;
      pool.counted.stale++;
      return !isOf(pool.held.get(leaseId), command as CommandOf<'ReleaseLease'>);
    }
    case 'ticket_unknown': {
      const { ticketId, holder } = command as CommandOf<'CancelTicket'>;
      pool.counted.strangers++;
      return waiterOf(pool, ticketId)?.holder !== holder;
    }
    case 'no_key_free': {
      const request = command as CommandOf<'RequestLease'>;
      return servable(pool, now) !== undefined || freeFor(pool, request, now).length === 0;
    }
    case 'rpm': {
      const { leaseId, units } = command as CommandOf<'TakePermits'>;
      const lease = pool.held.get(leaseId);
      if (!isOf(lease, command as CommandOf<'TakePermits'>)) return false;
      const key = keyOf(pool, lease!.keyId);
      pool.counted.permitsRefused++;
      return key.rpm !== null && recent(key, now) + units > key.rpm;
    }
    case 'pool_unknown':
      return pool.keys.length === 0;
    case 'provider_key_unknown': {
      pool.counted.strangers++;
      if (command.type !== 'RequestLease') return !isManaged(pool, command as CommandOf<'RemoveProviderKey'>);
      const key = pool.keys.find(({ id }) => id === command.keyId);
      return !key || !isOpenTo(key, command.tenant);
    }
    case 'provider_key_leased':
      return keyOf(pool, (command as CommandOf<'RemoveProviderKey'>).keyId).active > 0;
    case 'provider_key_name_taken': {
      const { keyId, name } = command as CommandOf<'ChangeProviderKey'>;
      return pool.keys.some((key) => key.id !== keyId && key.name === name && key.owner === ownerIn(command, pool.keys));
    }
    case 'provider_key_known': {
      const { fingerprint } = command as CommandOf<'RotateProviderKey'>;
      return pool.keys.some((key) => key.fingerprint === fingerprint && key.owner === ownerIn(command, pool.keys));
    }
    case 'lease_not_due':
    case 'ticket_not_due':
      return true;
    default:
      return false;
  }
}
