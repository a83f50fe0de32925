import type { WorkerEvents } from 'graphile-worker';

/** Milliseconds, by half more or less: looks of several processes are not to fall together each time. */
const PAUSES_MS = [40, 200];

/**
 * graphile-worker 0.17 locks every queue while it looks for a job, and passes over those that another look has locked. Of
 * all that hear of a job in a queue at the same moment, none may get it; then it would wait for the next poll. So each
 * looks again a moment after.
 */
export function lookAgain(events: WorkerEvents): void {
  let ended = false;
  // A worker that has ended must not be nudged: it would throw, into no hands.
  events.once('worker:release', () => {
    ended = true;
  });
  for (const pauseMs of PAUSES_MS) {
    let heard = 0;
    events.on('pool:listen:notification', ({ workerPool }) => {
      heard += 1;
      if (heard > 1) return;
      setTimeout(() => {
        if (!ended) workerPool.nudge(heard);
        heard = 0;
      }, pauseMs * (0.5 + Math.random())).unref();
    });
  }
}
