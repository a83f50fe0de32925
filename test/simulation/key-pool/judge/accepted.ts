import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import type { KeyPoolEvent } from '../../../../schema/key-pool/events';
import { isManaged, isOf, keyOf, waiterOf, type Pool } from './pool';
import { broken } from './violation';

/** Whoever sent the command may do that, and it had the effect that it has to have. */
export function judgeAccepted(pool: Pool, command: KeyPoolCommand, events: readonly KeyPoolEvent[]): void {
  switch (command.type) {
    case 'RequestLease':
      if (has(events, 'LeaseRequested') === pool.requests.has(command.requestId)) broken(`request ${command.requestId} taken twice or not at all`);
      break;
    case 'ReleaseLease': {
      const { leaseId } = command;
      if (!isOf(pool.held.get(leaseId) ?? pool.over.get(leaseId), command)) broken(`release of ${leaseId} with a token or holder not its own`);
      if (has(events, 'LeaseReleased') !== pool.held.has(leaseId)) broken(`release of ${leaseId} had no effect, or a second one`);
      break;
    }
    case 'HeartbeatLease':
      if (!isOf(pool.held.get(command.leaseId), command)) broken(`heartbeat of ${command.leaseId} accepted from no holder`);
      if (events.length > 0) broken('a heartbeat wrote an event');
      break;
    case 'TakePermits': {
      const lease = pool.held.get(command.leaseId);
      if (!isOf(lease, command)) broken(`permits given to no holder of ${command.leaseId}`);
      if (has(events, 'PermitsTaken') !== (keyOf(pool, lease!.keyId).rpm !== null)) broken(`permits of ${command.leaseId} not counted, or without need`);
      break;
    }
    case 'ExpireLease': {
      const isHeld = pool.held.get(command.leaseId)?.token === command.token;
      if (has(events, 'LeaseExpired') !== isHeld) broken(`expiry of ${command.leaseId} had no effect, or one that its token does not allow`);
      break;
    }
    case 'CancelTicket': {
      const waiter = waiterOf(pool, command.ticketId);
      if (waiter && waiter.holder !== command.holder) broken(`${command.holder} cancelled the ticket of ${waiter.holder}`);
      break;
    }
    case 'AddProviderKey': case 'RevokeLease': case 'TimeOutTicket': case 'WithdrawTenant': case 'Tick':
      break;
    default:
      if (!isManaged(pool, command)) broken(`${command.type} on key ${command.keyId} of somebody else`);
  }
}

const has = (events: readonly KeyPoolEvent[], type: KeyPoolEvent['type']): boolean => events.some((event) => event.type === type);
