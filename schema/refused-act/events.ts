import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { sealedSchema } from '../sealed';

/** Events of what was refused; the stream's id is a tenant and a day. */
export const refusedActEvents = {
  /**
   * Somebody tried what they may not or cannot do. `act` is the mutation, or `authenticate` for a credential that was no
   * good. `unrecorded` counts refusals of the same caller before this one that were too many to keep.
   */
  ActRefused: event(z.strictObject({
    act: z.string(),
    code: z.string(),
    rule: z.string(),
    /** Keys of the objects that the act named. */
    subjects: z.array(z.string()),
    address: sealedSchema.nullable(),
    unrecorded: z.int().nonnegative(),
  })),
};

export type RefusedActEvent = EventOf<typeof refusedActEvents>;
