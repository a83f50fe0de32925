import { z } from 'zod';
import { event, type EventOf } from '../define-events';

/** Milliseconds since the epoch. */
const time = z.int().nonnegative();
/** Which piece of work on the run it is for, from 1: a retry and another look for the outcome are pieces of their own. */
const term = z.int().min(1).optional();

/** Events of the one stream that counts how much AI work goes on at once, over all tenants. `at` never goes back. */
export const concurrencySlotEvents = {
  /** A run may go on until `expiresAt`, unless the slot is renewed. */
  SlotReserved: event(z.strictObject({ runId: z.string(), userId: z.string(), tenant: z.string(), term, expiresAt: time, at: time })),
  SlotRenewed: event(z.strictObject({ runId: z.string(), tenant: z.string(), expiresAt: time, at: time })),
  /** `expired`: nobody renewed it; `cleared`: its user gave it up by force. */
  SlotReleased: event(z.strictObject({
    runId: z.string(), userId: z.string(), tenant: z.string(), how: z.enum(['ended', 'expired', 'cleared']), at: time,
  })),
};

export type ConcurrencySlotEvent = EventOf<typeof concurrencySlotEvents>;
