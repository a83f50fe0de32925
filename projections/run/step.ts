import type { RunEvent } from '../../schema/run/events';
import type { RunStage } from '../../schema/run/enums';

/** A stage that is kept. */
export interface KeptStep {
  stage: `${RunStage}`;
  /** Null: that of the step before. */
  attempt: number | null;
  data: { keyName?: string; jobId?: string; vendorStatus?: string; httpStatus?: number };
}

/**
 * What an event of a run is as a stage of it. Answers in chats are many, and all there is to say of their stages stands in
 * the run itself: of them only failures are kept, which look like those of generations.
 */
export function stepOf(event: RunEvent): KeptStep | undefined {
  switch (event.type) {
    case 'RunRequested':
      return event.data.generation && { stage: 'start', attempt: 1, data: {} };
    case 'RunStarted':
      return undefined;
    case 'RunQueued':
      return { stage: 'acquire_lease', attempt: event.data.attempt, data: {} };
    case 'RunRejected':
      return { stage: 'rejected', attempt: event.data.attempt, data: {} };
    case 'RunLeased':
      return { stage: 'lease_acquired', attempt: event.data.attempt, data: { keyName: event.data.keyName } };
    case 'RunSubmissionBegun':
      return { stage: 'submitting', attempt: event.data.attempt, data: {} };
    case 'RunSubmitted': {
      const { attempt, jobId, httpStatus } = event.data;
      return { stage: 'submitted', attempt, data: { jobId, httpStatus } };
    }
    case 'RunPollingStarted':
      return { stage: 'polling', attempt: event.data.attempt, data: {} };
    case 'RunVendorStatusChanged':
      return { stage: 'polling', attempt: event.data.attempt, data: { vendorStatus: event.data.status } };
    case 'RunWatchRequested':
      return { stage: 'watch', attempt: event.data.attempt, data: {} };
    case 'RunRetryRequested':
      return { stage: 'retry', attempt: event.data.attempt, data: {} };
    case 'RunTimedOut':
      return { stage: 'timed_out', attempt: event.data.attempt, data: {} };
    case 'RunCancelled':
      return { stage: 'cancelled', attempt: event.data.attempt, data: {} };
    case 'RunDiagnosed':
      return { stage: 'diagnosed', attempt: event.data.attempt, data: {} };
    case 'RunSucceeded':
      return event.data.outputs && { stage: 'completed', attempt: null, data: statusOf(event.data) };
    case 'RunFailed':
      return { stage: 'failed', attempt: null, data: statusOf(event.data) };
    default:
      return event satisfies never;
  }
}

const statusOf = ({ httpStatus }: { httpStatus?: number | undefined }): KeptStep['data'] => (httpStatus === undefined ? {} : { httpStatus });
