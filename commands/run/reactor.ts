import { runEvents } from '../../schema/run/events';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf } from '../follow-up';
import { DRIVE_RUN, type RunJob } from './drive-run';

export { DRIVE_RUN, driveRunTask, type DrivingServices } from './drive-run';

/** The mutation itself goes on with what it has begun; the job takes over when it could not. */
const TAKE_OVER_MS = 3_000;

/** Has somebody go on with a generation whenever there is something to do about it. Jobs of one run follow each other. */
export const driveRunsReactor: Reactor<typeof runEvents> = {
  name: 'drive_runs',
  events: runEvents,
  react: (events) => events.flatMap((event) => {
    const { runId } = event.data;
    const job = (delayMs = 0) => {
      const payload: RunJob = { ...causeOf(event), runId };
      const runAt = delayMs > 0 ? { runAt: new Date(Date.parse(event.at.metadata.at) + delayMs) } : {};
      return [{ kind: 'job', task: DRIVE_RUN, payload, jobKey: `${DRIVE_RUN}:${runId}`, queue: `run:${runId}`, ...runAt } as const];
    };
    switch (event.type) {
      case 'RunRequested': return event.data.generation ? job(TAKE_OVER_MS) : [];
      case 'RunRetryRequested': return job(TAKE_OVER_MS);
      case 'RunQueued': case 'RunWatchRequested': case 'RunCancelled': return job();
      default: return [];
    }
  }),
};
