import { z } from 'zod';
import { event, type EventOf } from '../define-events';

/** Events of one account elsewhere; the stream's id is a keyed digest of issuer and subject. */
export const identityEvents = {
  IdentityLinked: event(z.strictObject({ userId: z.string(), provider: z.string() })),
  IdentityUnlinked: event(z.strictObject({ userId: z.string(), provider: z.string() })),
};

export type IdentityEvent = EventOf<typeof identityEvents>;
