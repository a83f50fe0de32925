import { v5 } from 'uuid';
import type { CommandContext } from '../src/command-runtime/port';
import type { Projected } from '../src/projection-runtime/projector';

/** Namespace of the ids of commands that jobs send. */
const NAMESPACE = 'e2b1f7f4-4f0c-5c0e-9a35-7f0d6f6c1c0b';

/** What a job keeps of the event that asked for it: enough to send commands as part of the same story. */
export interface Cause extends Record<string, unknown> {
  tenant: string;
  eventId: string;
  correlationId: string;
}

export function causeOf({ at }: Projected<unknown>): Cause {
  return { tenant: at.metadata.tenant, eventId: at.id, correlationId: at.metadata.$correlationId };
}

/**
 * Context of a command that a job sends. The same cause and step give the same command id, so a job that runs again
 * has no second effect.
 * @param reactor name of the reactor on whose behalf the job acts
 */
export function followUp({ tenant, eventId, correlationId }: Cause, reactor: string, step: string): CommandContext {
  return {
    commandId: v5(`${eventId} ${step}`, NAMESPACE),
    correlationId,
    causationId: eventId,
    actor: { kind: 'system', id: reactor },
    tenant,
  };
}
