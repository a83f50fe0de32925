import type { KeyPoolCommand } from '../../../../commands/key-pool/decider';
import { recent } from './keys';
import { freeFor, servable } from './line';
import { keyOf, maySeize, waiterOf, type CommandOf, type DataOf, type Key, type Pool } from './pool';
import { leave } from './ticket-events';
import { broken } from './violation';

type Ending = 'released' | 'expired' | 'revoked';

export function grant(pool: Pool, data: DataOf<'LeaseGranted'>, cause: KeyPoolCommand): void {
  const { leaseId, ticketId, keyId, token, at, ttlMs, holder, tenant } = data;
  const waiter = waiterOf(pool, ticketId);
  if (!waiter) return broken(`lease for ${ticketId}, which does not wait`);
  const justCame = cause.type === 'RequestLease' && cause.ticketId === ticketId;
  if (waiter.deadline <= at && !justCame) broken(`ticket ${ticketId} served after its wait limit`);
  const due = servable(pool, at) ?? waiter;
  if (due !== waiter && pool.waiters.indexOf(due) < pool.waiters.indexOf(waiter)) broken(`${ticketId} overtook ${due.ticketId}`);
  const [best] = freeFor(pool, waiter, at);
  if (best?.id !== keyId) return broken(`${keyId} was given, ${best?.id ?? 'none'} was due`);
  if (token !== pool.token + 1) broken(`token ${token} after ${pool.token}`);
  if (leaseId !== ticketId || pool.held.has(leaseId) || pool.over.has(leaseId)) broken(`lease ${leaseId} granted twice, or under another id`);
  if (holder !== waiter.holder || tenant !== waiter.tenant || ttlMs !== waiter.ttlMs) broken(`lease ${leaseId} is not as it was asked for`);
  pool.token = token;
  leave(pool, ticketId);
  best.active++;
  if (best.active > best.limit) broken(`${best.active} leases on ${keyId}, its limit is ${best.limit}`);
  count(pool, best, 1, at);
  pool.held.set(leaseId, { requestId: waiter.requestId, keyId, token, holder, tenant, ttlMs, secretRef: best.secretRef });
  pool.requests.set(waiter.requestId, { standing: 'granted', ticketId, token, keyId });
  pool.counted.grants++;
  if (waiter.keyId !== undefined) pool.counted.pinnedGrants++;
}

export function takePermits(pool: Pool, { leaseId, keyId, token, tenant, units, at }: DataOf<'PermitsTaken'>, cause: CommandOf<'TakePermits'>): void {
  const lease = pool.held.get(leaseId);
  const asAsked = lease?.keyId === keyId && lease.token === token && lease.tenant === tenant && cause.leaseId === leaseId && cause.units === units;
  if (!asAsked) broken(`permits of ${leaseId} are not as they were asked for`);
  count(pool, keyOf(pool, keyId), units, at);
  pool.counted.permits += units;
}

/** Calls to the vendor from `at` on. */
function count(pool: Pool, key: Key, units: number, at: number): void {
  for (let unit = 0; unit < units; unit++) key.permits.push(at);
  const inWindow = recent(key, at);
  if (key.rpm !== null && inWindow > key.rpm) broken(`${inWindow} calls on ${key.id} in 60 s, its limit is ${key.rpm}`);
}

export function end(pool: Pool, { leaseId, token, keyId }: { leaseId: string; token: number; keyId: string }, how: Ending): void {
  const lease = pool.held.get(leaseId);
  if (!lease || lease.token !== token || lease.keyId !== keyId) return broken(`lease ${leaseId} ${how} without being held like that`);
  pool.held.delete(leaseId);
  pool.over.set(leaseId, lease);
  pool.requests.set(lease.requestId, { standing: how, ticketId: leaseId });
  keyOf(pool, keyId).active--;
}

export function expired(pool: Pool, data: DataOf<'LeaseExpired'>): void {
  pool.counted.expiries++;
  if (!pool.lapsed.has(data.leaseId)) broken(`lease ${data.leaseId} expired although it never lapsed`);
  end(pool, data, 'expired');
}

/** Somebody who may asked for it. */
export function revoked(pool: Pool, data: DataOf<'LeaseRevoked'>, cause: KeyPoolCommand): void {
  const { leaseId, tenant } = data;
  const lease = pool.held.get(leaseId);
  if (lease?.tenant !== tenant) return broken(`lease ${leaseId} was taken away as if of ${tenant}`);
  const asked = cause.type === 'WithdrawTenant' ? cause.tenant === tenant
    : cause.type === 'RevokeLease' ? cause.leaseId === leaseId && maySeize(pool, cause)
      : cause.type === 'RotateProviderKey' && cause.revokeLeases && cause.keyId === lease.keyId
        // A command that comes late may rotate back to a secret that older leases have; a repeat spares those that got it.
        && (pool.rotation === cause || lease.secretRef !== cause.secretRef);
  if (!asked) broken(`lease ${leaseId} of ${tenant} was taken away by ${cause.type}`);
  end(pool, data, 'revoked');
  if (cause.type === 'WithdrawTenant') pool.counted.withdrawals++;
  else pool.counted.revocations++;
}
