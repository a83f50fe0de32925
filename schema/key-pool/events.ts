import { z } from 'zod';
import { event, type EventOf } from '../define-events';

/** Milliseconds since the epoch. */
const time = z.int().nonnegative();
const duration = z.int().nonnegative();
const token = z.int().positive();
/** Of the holder. Events of earlier builds do not name it. */
const tenant = z.string().optional();
const withdrawal = z.enum(['tenant_suspended']);

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
    at: time,
  })),
  LeaseRequested: event(z.strictObject({
    ticketId: z.string(),
    requestId: z.string(),
    tenant: z.string(),
    holder: z.string(),
    ttlMs: duration,
    maxWaitMs: duration,
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
  /** No heartbeat came for the lease's own TTL. */
  LeaseExpired: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant, at: time })),
  TicketTimedOut: event(z.strictObject({ ticketId: z.string(), tenant, at: time })),
  /** The holder lost the right to it before its end. */
  LeaseRevoked: event(z.strictObject({ leaseId: z.string(), keyId: z.string(), token, tenant: z.string(), reason: withdrawal, at: time })),
  /** Whoever waited lost the right to. */
  TicketCancelled: event(z.strictObject({ ticketId: z.string(), tenant: z.string(), reason: withdrawal, at: time })),
};

export type KeyPoolEvent = EventOf<typeof keyPoolEvents>;
