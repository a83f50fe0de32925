import { randomUUID } from 'node:crypto';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import { concurrencySlots, SLOTS } from './decider';

export const EXPIRE_SLOTS = 'expire-slots';

/** Task `expire-slots`, each minute: ends the slots that nobody renewed, so that everybody sees that they are free. */
export function expireSlotsTask({ commands, clock }: { commands: CommandRuntime; clock: () => Date }): Task {
  return async () => {
    const commandId = randomUUID();
    const command = { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: EXPIRE_SLOTS }, tenant: '' } as const;
    await commands.execute(concurrencySlots, SLOTS, { type: 'ExpireSlots', now: clock().getTime() }, command);
  };
}
