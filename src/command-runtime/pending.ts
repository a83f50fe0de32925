import type { PlainEvent } from '../../schema/define-events';
import { internalFault } from './failures';
import type { CommandContext, CommandOutcome } from './port';

/** `waiting` for its turn, `appending` while an append that holds its events is on the way, `settled` once answered. */
export type Stage = 'waiting' | 'appending' | 'settled';

/** A command on its way through a mailbox. */
export interface PendingCommand {
  kind: 'command';
  command: unknown;
  context: CommandContext;
  answer: (state: unknown, events: readonly PlainEvent[]) => unknown;
  /** Milliseconds since the epoch. */
  deadline: number;
  stage: Stage;
  /** The newest error on the way, for the cause of the final answer. */
  trouble?: unknown;
  resolve(outcome: CommandOutcome<unknown>): void;
  reject(error: Error): void;
}

/** A read of the newest state, in line with the commands. */
export interface PendingLoad {
  kind: 'load';
  deadline: number;
  stage: Stage;
  trouble?: unknown;
  resolve(loaded: { state: unknown; revision: bigint; position: bigint }): void;
  reject(error: Error): void;
}

export type Pending = PendingCommand | PendingLoad;

export const isOpen = (pending: Pending): boolean => pending.stage !== 'settled';
export const isCommand = (pending: Pending): pending is PendingCommand => pending.kind === 'command';
export const isLoad = (pending: Pending): pending is PendingLoad => pending.kind === 'load';

/** Answers once; whatever comes later is ignored. An answer that throws becomes a rejection. */
export function settle(pending: Pending, how: () => void): void {
  if (pending.stage === 'settled') return;
  pending.stage = 'settled';
  try {
    how();
  } catch (error) {
    pending.reject(internalFault(error));
  }
}
