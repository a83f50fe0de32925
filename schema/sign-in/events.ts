import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { sealedSchema } from '../sealed';

/** Events of one login name, whether or not there is such an account; the stream's id is its fingerprint and the day. */
export const signInEvents = {
  /** `userId` is null when nobody has that name. */
  SignInFailed: event(z.strictObject({
    userId: z.string().nullable(),
    reason: z.enum(['credentials', 'inactive', 'throttled', 'identity']),
    address: sealedSchema.nullable(),
  })),
};

export type SignInEvent = EventOf<typeof signInEvents>;
