import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { sealedSchema } from '../sealed';

/**
 * Events of one session. Its token is nowhere here. A new password, another role, deactivation and deletion end sessions
 * as well, and have events of their own.
 */
export const sessionEvents = {
  /** Somebody signed in. Network address and device are sealed with their key. */
  SessionOpened: event(z.strictObject({
    sessionId: z.string(),
    userId: z.string(),
    method: z.enum(['password', 'set_up', 'password_link', 'google', 'oidc']),
    address: sealedSchema.nullable(),
    device: sealedSchema.nullable(),
  })),
  SessionEnded: event(z.strictObject({
    sessionId: z.string(),
    userId: z.string(),
    reason: z.enum(['signed_out', 'revoked']),
  })),
};

export type SessionEvent = EventOf<typeof sessionEvents>;
