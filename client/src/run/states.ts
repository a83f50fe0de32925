import type { Tone } from '../ui/status-pill';
import type { RunState } from './gql/documents';

export const runTones: Record<RunState, Tone> = {
  REQUESTED: 'queued',
  QUEUED: 'queued',
  LEASED: 'waiting',
  SUBMITTED: 'running',
  POLLING: 'running',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'bad',
  CANCELLED: 'cancelled',
  REJECTED: 'bad',
};

/** States of a run that goes on. */
export const activeStates: readonly RunState[] = ['REQUESTED', 'QUEUED', 'LEASED', 'SUBMITTED', 'POLLING'];

export const isActive = ({ state }: { state: RunState }): boolean => activeStates.includes(state);
