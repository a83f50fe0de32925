import { pause, type Clock } from './clock';
import { AppendRefused, OutcomeUnknown, WrongExpectedRevision } from './port';

/** Longer than the two seconds a node gives itself for a write, so that its own answer normally comes first. */
const ATTEMPT_MS = 4_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** One try; `wanted` tells whether anybody still waits for it. */
export type Attempt<T> = (wanted: () => boolean) => Promise<T>;

/**
 * Makes the very same append again and again until the answer is definite. Everything but a conflict and a refusal may
 * hide a success: a lost connection, a timeout, no answer at all. `attempt` must send the same ids at the same expected
 * revision each time; the store then writes once, however often it hears of it.
 * @param deadline milliseconds since the epoch
 * @throws WrongExpectedRevision, AppendRefused as `attempt` throws them
 * @throws OutcomeUnknown at the deadline
 */
export async function untilDefinite<T>(stream: string, deadline: number, clock: Clock, attempt: Attempt<T>): Promise<T> {
  let wait = FIRST_PAUSE_MS;
  for (;;) {
    try {
      return await within(attempt, Math.min(ATTEMPT_MS, deadline - clock.now()), clock);
    } catch (error) {
      if (error instanceof WrongExpectedRevision || error instanceof AppendRefused) throw error;
      const left = deadline - clock.now();
      if (left <= 0) throw new OutcomeUnknown(stream, error);
      await pause(clock, Math.min(wait, left));
      if (clock.now() >= deadline) throw new OutcomeUnknown(stream, error);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }
}

/**
 * Fails when there is no answer within `ms` milliseconds. The client library has no timer of its own on appends: without
 * this one a lost answer would hang for ever.
 */
export async function within<T>(attempt: Attempt<T>, ms: number, clock: Clock): Promise<T> {
  let expired = false;
  let cancel: () => void;
  const timer = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () => {
      expired = true;
      reject(new Error(`No answer within ${ms} ms`));
    });
  });
  return Promise.race([attempt(() => !expired), timer]).finally(() => cancel());
}
