import { z } from 'zod';
import { scopeNames } from '../access/scopes';
import { event, type EventOf } from '../define-events';

export const clientKeyEvents = {
  /** A key for calling us, of a service client or of a user. The key itself is shown once and kept nowhere. */
  ClientKeyIssued: event(z.strictObject({
    keyId: z.string(),
    tenantId: z.string(),
    ownerKind: z.enum(['user', 'service']),
    ownerId: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(scopeNames)),
    lastFour: z.string().length(4),
    fingerprint: z.string(),
    expiresAt: z.iso.datetime(),
  })),
  ClientKeyRevoked: event(z.strictObject({ keyId: z.string() })),
};

export type ClientKeyEvent = EventOf<typeof clientKeyEvents>;
