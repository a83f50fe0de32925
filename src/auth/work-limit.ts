import { RefusedError, type Refusal } from '../../schema/errors/catalogue';

const signInBusy: Refusal = {
  code: 'E4291', rule: 'sign_in_busy', message: 'Too many people are signing in at once. Try again in a moment.', retryAfterMs: 2_000,
};

/**
 * Runs at most `workers` tasks at once and lets at most `waiting` more queue, first come first served.
 * The returned function throws RefusedError with `busy` when the queue is full; otherwise it settles as the task does.
 */
export function createWorkLimit(workers: number, waiting: number, busy = signInBusy): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (task) => {
    if (running < workers) running++;
    else await turn();
    try {
      return await task();
    } finally {
      // A finished task hands its place on instead of freeing it, so nobody can slip in between.
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };

  function turn(): Promise<void> {
    if (queue.length >= waiting) throw new RefusedError(busy);
    return new Promise((resolve) => queue.push(resolve));
  }
}
