import type { Clock } from '../event-store/clock';
import { outcomeUnknown, queueFull, storeUnavailable } from './failures';
import type { CommandLimits } from './limits';
import type { CommandMetrics } from './metrics';
import { isOpen, settle, type Pending } from './pending';
import type { StreamWorker } from './stream-worker';

export interface MailboxParts {
  worker: StreamWorker;
  clock: Clock;
  limits: CommandLimits;
  metrics: CommandMetrics;
  /** Called when nothing waits any more. The mailbox works no further: whoever comes later opens a new one. */
  emptied(): void;
}

export interface Mailbox {
  /** Queues a command or a load. @throws RefusedError E4291 when the queue is full */
  put(pending: Pending): void;
  /** Resolves when nothing waits any more. */
  readonly done: Promise<void>;
}

/** How long after a command came what waits is looked at, in milliseconds, while others are served. */
const LOOK_AHEAD_MS = 1;

/**
 * The one place in this process where commands of a stream wait and are served: everything that waits at once, the next
 * batch gathering, and being decided, meanwhile. Never are two appends on the way: revisions are counts, so a second one could pass although
 * the first, on which it was decided, was lost to another node.
 */
export function openMailbox({ worker, clock, limits, metrics, emptied }: MailboxParts): Mailbox {
  let waiting: Pending[] = [];
  let serving: readonly Pending[] = [];
  let batchMs = 1;
  let alarm: { at: number; cancel: () => void } | undefined;
  let cancelLook: (() => void) | undefined;

  function put(pending: Pending): void {
    if (waiting.length >= limits.queueLength) throw queueFull(Math.ceil((waiting.length / limits.batchCommands) * batchMs));
    waiting.push(pending);
    metrics.waiting(1);
    if (!alarm || pending.deadline < alarm.at) setAlarm(pending.deadline);
    lookSoon();
  }

  /** Soon, not at once: first the append goes out, and others may come. */
  function lookSoon(): void {
    if (serving.length === 0 || waiting.length === 0) return;
    cancelLook ??= clock.after(LOOK_AHEAD_MS, () => {
      cancelLook = undefined;
      worker.lookAhead(waiting);
    });
  }

  async function work(): Promise<void> {
    await Promise.resolve();
    while (waiting.length > 0) {
      const since = clock.now();
      serving = waiting.splice(0, worker.take(waiting));
      metrics.waiting(-serving.length);
      lookSoon();
      const left = (await worker.serve(serving)).filter(isOpen);
      serving = [];
      waiting = [...left, ...waiting];
      metrics.waiting(left.length);
      batchMs = Math.max(1, clock.now() - since);
    }
    alarm?.cancel();
    cancelLook?.();
    emptied();
  }

  function setAlarm(at: number): void {
    alarm?.cancel();
    alarm = { at, cancel: clock.after(at - clock.now(), expire) };
  }

  /** Answers everybody whose deadline has passed, whatever the store is doing. */
  function expire(): void {
    const now = clock.now();
    for (const pending of [...serving, ...waiting]) {
      if (pending.deadline > now) continue;
      const failure = pending.stage === 'appending' ? outcomeUnknown(pending.trouble) : storeUnavailable(pending.trouble);
      settle(pending, () => pending.reject(failure));
    }
    const still = waiting.filter(isOpen);
    metrics.waiting(still.length - waiting.length);
    waiting = still;
    alarm = undefined;
    const next = [...serving, ...waiting].filter(isOpen).reduce((earliest, { deadline }) => Math.min(earliest, deadline), Infinity);
    if (next !== Infinity) setAlarm(next);
  }

  return { put, done: work() };
}
