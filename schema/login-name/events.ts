import { z } from 'zod';
import { event, type EventOf } from '../define-events';

export const loginNameEvents = {
  /** The one user who may sign in with this name. The stream's id is the name's fingerprint. */
  LoginNameClaimed: event(z.strictObject({ userId: z.string() })),
};

export type LoginNameEvent = EventOf<typeof loginNameEvents>;
