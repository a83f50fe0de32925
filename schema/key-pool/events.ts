import { z } from 'zod';
import { event, type EventOf } from '../define-events';

/** Milliseconds since the epoch. */
const time = z.int().nonnegative();
const duration = z.int().nonnegative();
const token = z.int().positive();
/** Of the holder. Events of earlier builds do not name it. */
const tenant = z.string().optional();
/** Why a lease or a place in the queue was taken away. */
const withdrawal = z.enum(['tenant_suspended', 'by_hand', 'key_rotated', 'abandoned']);
/** Whose key it is: the tenant that the audit log shows the event to. */
const owner = z.string();
/** What a vendor's refusal said about a key, or that somebody gave it a rest. */
export const coolDownReason = z.enum(['credentials', 'quota', 'rate', 'outage', 'by_hand']);

/**
 * Events of one key pool; the stream's id is the provider. A lease keeps the id of the ticket that it served.
 * `at` is the pool's logical clock, which never goes back.
 */
export const keyPoolEvents = {
  /** A key towards the vendor. The secret lies in the vault under `secretRef`; `tenantScope` is `*` or a comma list of tenants. */
  ProviderKeyAdded: event(z.strictObject({
    keyId: z.string(),
    name: z.string(),
    lastFour: z.string(),
    fingerprint: z.string(),
    secretRef: z.string(),
    concurrencyLimit: z.int().positive(),
    rpmLimit: z.int().nonnegative().nullable(),
    priority: z.int(),
    tenantScope: z.string(),
    /** From this time on nothing is granted on it; null or left out: never. */
    expiresAt: time.nullable().optional(),
    /** It came from `KEY_POOL_JSON` or a variable beside it, and goes when it goes from there. */
    specified: z.literal(true).optional(),
    at: time,
  })),
  /** What is left out stays as it is. */
  ProviderKeyChanged: event(z.strictObject({
    keyId: z.string(),
    tenant: owner,
    name: z.string().optional(),
    concurrencyLimit: z.int().positive().optional(),
    rpmLimit: z.int().nonnegative().nullable().optional(),
    priority: z.int().optional(),
    tenantScope: z.string().optional(),
    expiresAt: time.nullable().optional(),
    at: time,
  })),
  /** Another secret in place of the old one; leases from now on get it. */
  ProviderKeyRotated: event(z.strictObject({
    keyId: z.string(), tenant: owner, lastFour: z.string(), fingerprint: z.string(), secretRef: z.string(), at: time,
  })),
  /** Nothing is granted on it any more; leases that hold it go on. `left_specification`: it is no longer in `KEY_POOL_JSON`. */
  ProviderKeyDeactivated: event(z.strictObject({ keyId: z.string(), tenant: owner, reason: z.enum(['by_hand', 'left_specification']), at: time })),
  ProviderKeyActivated: event(z.strictObject({ keyId: z.string(), tenant: owner, at: time })),
  /** Nothing is granted on it before `until`. */
  ProviderKeyCooledDown: event(z.strictObject({ keyId: z.string(), tenant: owner, until: time, reason: coolDownReason, at: time })),
  /** Its rest was ended early. */
  ProviderKeyRecovered: event(z.strictObject({ keyId: z.string(), tenant: owner, at: time })),
  ProviderKeyRemoved: event(z.strictObject({ keyId: z.string(), tenant: owner, at: time })),
  /** `keyId` names the one key that will do, for work that was begun with it; left out, any key of the tenant will. */
  LeaseRequested: event(z.strictObject({
    ticketId: z.string(),
    requestId: z.string(),
    tenant: z.string(),
    holder: z.string(),
    ttlMs: duration,
    maxWaitMs: duration,
    keyId: z.string().optional(),
    at: time,
  })),
  /** `token` is the fencing token: one greater at each grant of the pool. */
  LeaseGranted: event(z.strictObject({
    leaseId: z.string(),
    ticketId: z.string(),
    requestId: z.string(),
    keyId: z.string(),
    token,
    holder: z.string(),
    tenant: z.string(),
    ttlMs: duration,
    at: time,
  })),
  LeaseReleased: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant, outcome: z.enum(['ok', 'error']), at: time })),
  /** Further calls to the vendor on a lease, beyond the one that every grant counts for. */
  PermitsTaken: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant: z.string(), units: z.int().positive(), at: time })),
  /** No heartbeat came for the lease's own TTL. */
  LeaseExpired: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant, at: time })),
  TicketTimedOut: event(z.strictObject({ ticketId: z.string(), tenant, at: time })),
  /** The holder lost the right to it before its end. */
  LeaseRevoked: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant: z.string(), reason: withdrawal, at: time })),
  /** Whoever waited lost the right to. */
  TicketCancelled: event(z.strictObject({ ticketId: z.string(), tenant: z.string(), reason: withdrawal, at: time })),
};

export type KeyPoolEvent = EventOf<typeof keyPoolEvents>;
