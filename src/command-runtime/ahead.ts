import { emptyBatch, extendBatch, type Batch, type Terms } from './decide-batch';
import { isCommand, isOpen, type Pending, type PendingCommand } from './pending';
import { rollBack, type StreamState } from './stream-state';

/** What is decided for the next append while one is on its way. */
export interface Ahead {
  /** Decides those of `waiting`, in order, that can be decided already, upon the append on its way. */
  begin(stream: StreamState, flight: Batch, waiting: readonly Pending[], terms: Terms): void;
  /** The append is confirmed: decides what has come since, unless nothing was decided before. */
  complete(stream: StreamState, waiting: readonly Pending[], terms: Terms): void;
  /** How many of `waiting`, from the first on, make the next append; 0 when nothing is decided. */
  countOf(waiting: readonly Pending[]): number;
  /** The batch of exactly these, for the stream as it is now. Otherwise nothing is decided any more, nor in the working state. */
  take(stream: StreamState, taken: readonly Pending[]): Batch | undefined;
  /** Forgets everything, but leaves the working state. */
  forget(): void;
}

/**
 * Uses the time in which an append is on its way: what has come meanwhile is decided as if it had succeeded. Nothing of it
 * is sent or answered before that is known; when the append fails, it is forgotten and decided again.
 * @param limit most commands of one append
 */
export function createAhead(limit: number): Ahead {
  let batch: Batch | undefined;
  /** Whether a command threw: the working state is then good for nothing. */
  let isSpoilt = false;

  function decide(on: Batch, stream: StreamState, flight: Batch | undefined, waiting: readonly Pending[], terms: Terms): void {
    if (isSpoilt || on.left.length > 0 || !areDecided(on, waiting)) return;
    const fresh = waiting.slice(on.decided.length, limit);
    const end = fresh.findIndex((pending) => !canBeDecided(pending, stream, flight));
    const commands = (end < 0 ? fresh : fresh.slice(0, end)) as PendingCommand[];
    isSpoilt = extendBatch(on, stream, commands, terms) !== undefined;
  }

  const countOf = (waiting: readonly Pending[]): number =>
    (batch && !isSpoilt && batch.events.length > 0 && areDecided(batch, waiting) ? batch.decided.length : 0);

  function forget(): void {
    batch = undefined;
    isSpoilt = false;
  }

  return {
    begin(stream, flight, waiting, terms) {
      batch ??= emptyBatch(stream, flight);
      decide(batch, stream, flight, waiting, terms);
    },
    complete(stream, waiting, terms) {
      if (batch) decide(batch, stream, undefined, waiting, terms);
    },
    countOf,
    take(stream, taken) {
      const count = countOf(taken);
      const ready = count > 0 && count === taken.length && batch?.base === stream.revision ? batch : undefined;
      if (!ready && (isSpoilt || (batch && batch.events.length > 0))) rollBack(stream);
      forget();
      return ready;
    },
    forget,
  };
}

/** Whether a batch is of the first of these, and nobody has given one of them up. */
const areDecided = ({ decided }: Batch, pendings: readonly Pending[]): boolean =>
  decided.every(({ pending }, index) => pending === pendings[index] && isOpen(pending));

/** Whether it needs nothing that only comes with the append: its place in the log if it is a repeat, or the owner of the stream. */
function canBeDecided(pending: Pending, { aggregate, tenant, commands }: StreamState, flight: Batch | undefined): boolean {
  if (!isCommand(pending) || !isOpen(pending)) return false;
  const { commandId, tenant: asking } = pending.context;
  return !commands.find(commandId) && !flight?.written.has(commandId) && (aggregate.tenancy === 'shared' || asking === tenant);
}
