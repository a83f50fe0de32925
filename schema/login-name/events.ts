import { z } from 'zod';
import { event, type EventOf } from '../define-events';

/** Events of one login name; the stream's id is the fingerprint of the e-mail address. */
export const loginNameEvents = {
  LoginNameClaimed: event(z.strictObject({ userId: z.string() })),
  /** Whoever had it was deleted, or never came to be; the address may be given to somebody else. */
  LoginNameReleased: event(z.strictObject({ userId: z.string() })),
};

export type LoginNameEvent = EventOf<typeof loginNameEvents>;
