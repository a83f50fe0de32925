import { waiterOf, type CommandOf, type DataOf, type Pool, type Waiter } from './pool';
import { broken } from './violation';

export function requested(pool: Pool, data: DataOf<'LeaseRequested'>, cause: CommandOf<'RequestLease'>): void {
  const { ticketId, requestId, tenant, holder, ttlMs, maxWaitMs, keyId, at } = data;
  const asAsked = ticketId === cause.ticketId && requestId === cause.requestId && tenant === cause.tenant && holder === cause.holder
    && ttlMs === cause.ttlMs && maxWaitMs === cause.maxWaitMs && keyId === cause.keyId;
  if (!asAsked) broken(`request ${cause.requestId} was taken down as another`);
  pool.waiters.push({ ticketId, requestId, tenant, holder, ttlMs, keyId, deadline: at + maxWaitMs });
  pool.requests.set(requestId, { standing: 'waiting', ticketId });
}

/** Whoever waited asked for it, or their tenant was suspended. */
export function cancelled(pool: Pool, data: DataOf<'TicketCancelled'>, cause: CommandOf<'CancelTicket' | 'WithdrawTenant'>): void {
  const waiter = leave(pool, data.ticketId);
  const asked = cause.type === 'WithdrawTenant' ? cause.tenant === waiter.tenant : cause.ticketId === waiter.ticketId;
  if (!asked || data.tenant !== waiter.tenant) broken(`ticket ${waiter.ticketId} of ${waiter.tenant} was cancelled by ${cause.type}`);
  pool.requests.set(waiter.requestId, { standing: 'cancelled', ticketId: waiter.ticketId });
  if (cause.type === 'WithdrawTenant') pool.counted.withdrawals++;
  else pool.counted.cancellations++;
}

export function timedOut(pool: Pool, data: DataOf<'TicketTimedOut'>): void {
  const waiter = leave(pool, data.ticketId);
  if (waiter.deadline > data.at) broken(`ticket ${waiter.ticketId} timed out early`);
  pool.requests.set(waiter.requestId, { standing: 'timedOut', ticketId: waiter.ticketId });
  pool.counted.timeOuts++;
}

/** Takes somebody out of the line, wherever they stand. */
export function leave(pool: Pool, ticketId: string): Waiter {
  const waiter = waiterOf(pool, ticketId) ?? broken(`ticket ${ticketId} left without waiting`);
  pool.waiters.splice(pool.waiters.indexOf(waiter), 1);
  return waiter;
}
