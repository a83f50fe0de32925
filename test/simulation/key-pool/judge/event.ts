import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import type { KeyPoolEvent } from '../../../../schema/key-pool/events';
import { keyEvent } from './key-events';
import { newKey } from './keys';
import { end, expired, grant, revoked, takePermits } from './lease-events';
import type { CommandOf, Pool } from './pool';
import { cancelled, requested, timedOut } from './ticket-events';
import { broken } from './violation';

/** Commands that may cause an event, beside those that serve the queue, which all of them do. */
const CAUSES: Partial<Record<KeyPoolEvent['type'], readonly KeyPoolCommand['type'][]>> = {
  ProviderKeyAdded: ['AddProviderKey'],
  ProviderKeyChanged: ['ChangeProviderKey'],
  ProviderKeyRotated: ['RotateProviderKey'],
  ProviderKeyDeactivated: ['DeactivateProviderKey'],
  ProviderKeyActivated: ['ActivateProviderKey'],
  ProviderKeyCooledDown: ['CoolDownProviderKey'],
  ProviderKeyRecovered: ['RecoverProviderKey'],
  ProviderKeyRemoved: ['RemoveProviderKey'],
  LeaseRequested: ['RequestLease'],
  LeaseReleased: ['ReleaseLease'],
  PermitsTaken: ['TakePermits'],
  LeaseExpired: ['ExpireLease'],
  LeaseRevoked: ['WithdrawTenant', 'RevokeLease', 'RotateProviderKey'],
  TicketCancelled: ['WithdrawTenant', 'CancelTicket'],
};

/** What one event makes of the pool, if it may. */
export function happened(pool: Pool, event: KeyPoolEvent, cause: KeyPoolCommand): void {
  if (event.type === 'ProviderKeyRotated') pool.rotation = cause;
  const { data } = event;
  if (data.at < pool.clock) broken(`the clock went back from ${pool.clock} to ${data.at}`);
  pool.clock = data.at;
  if (CAUSES[event.type]?.includes(cause.type) === false) broken(`${cause.type} caused ${event.type}`);
  switch (event.type) {
    case 'ProviderKeyAdded':
      pool.keys.push(newKey(event.data));
      break;
    case 'LeaseRequested':
      requested(pool, event.data, cause as CommandOf<'RequestLease'>);
      break;
    case 'LeaseGranted':
      grant(pool, event.data, cause);
      break;
    case 'LeaseReleased':
      pool.counted.releases++;
      end(pool, event.data, 'released');
      break;
    case 'PermitsTaken':
      takePermits(pool, event.data, cause as CommandOf<'TakePermits'>);
      break;
    case 'LeaseExpired':
      expired(pool, event.data);
      break;
    case 'LeaseRevoked':
      revoked(pool, event.data, cause);
      break;
    case 'TicketCancelled':
      cancelled(pool, event.data, cause as CommandOf<'CancelTicket' | 'WithdrawTenant'>);
      break;
    case 'TicketTimedOut':
      timedOut(pool, event.data);
      break;
    default:
      keyEvent(pool, event, cause as CommandOf<'ChangeProviderKey'>);
  }
}
