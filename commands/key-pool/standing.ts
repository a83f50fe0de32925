import type { Ended, KeyPoolState, Lease } from './state';

/** How a request for a lease stands. */
export interface RequestStanding {
  /** `unknown`: it was never made, or ended so long ago that the pool has forgotten it. */
  standing: 'unknown' | 'waiting' | 'granted' | Ended['how'];
  /** Of every request that is known; the lease has the same id. */
  ticketId?: string;
  /** While it is granted. */
  lease?: Lease;
  /** Of the leased key. */
  keyName?: string;
  /** Where the vault keeps the secret of the leased key as it is now. */
  secretRef?: string;
}

export function standingOf({ requests, tickets, leases, keys, ended }: KeyPoolState, requestId: string): RequestStanding {
  const ticketId = requests.get(requestId);
  if (ticketId === undefined) return { standing: 'unknown' };
  const lease = leases.get(ticketId);
  if (lease) {
    const { name, secretRef } = keys.get(lease.keyId)!;
    return { standing: 'granted', ticketId, lease, keyName: name, secretRef };
  }
  return { standing: tickets.has(ticketId) ? 'waiting' : ended.get(ticketId)!.how, ticketId };
}
