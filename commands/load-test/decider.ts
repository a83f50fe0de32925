import { loadTestEvents, type BurstResult, type LoadTestEvent } from '../../schema/load-test/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export interface LoadTestPlan {
  loadTestId: string;
  /** Pools to ask, in this order. */
  providers: string[];
  /** Requests at once, burst by burst. */
  bursts: number[];
  /** Each lease is held for a time between these, in milliseconds. */
  minHoldMs: number;
  maxHoldMs: number;
  requestedBy: string;
}

export type LoadTestState = { phase: 'unknown' } | ({ phase: 'running' | 'finished' | 'failed' } & LoadTestPlan);

export type LoadTestCommand =
  | { type: 'RequestLoadTest'; plan: LoadTestPlan }
  | { type: 'FinishLoadTest'; results: BurstResult[] }
  | { type: 'FailLoadTest'; reason: string };

/** One load test, from the request to its figures. */
export const loadTest: Aggregate<LoadTestState, LoadTestCommand, typeof loadTestEvents> = {
  category: 'loadTest',
  events: loadTestEvents,
  initial: () => ({ phase: 'unknown' }),
  evolve,
  decide,
  begins: ({ type }) => type === 'RequestLoadTest',
};

function evolve(state: LoadTestState, event: LoadTestEvent): LoadTestState {
  switch (event.type) {
    case 'LoadTestRequested':
      return { phase: 'running', ...event.data };
    case 'LoadTestFinished':
      return state.phase === 'unknown' ? state : { ...state, phase: 'finished' };
    case 'LoadTestFailed':
      return state.phase === 'unknown' ? state : { ...state, phase: 'failed' };
    default:
      return event satisfies never;
  }
}

function decide(state: LoadTestState, command: LoadTestCommand): Decision<LoadTestEvent> {
  if (command.type === 'RequestLoadTest') {
    const { plan } = command;
    if (state.phase !== 'unknown') return nothing;
    if (plan.minHoldMs > plan.maxHoldMs) {
      return refuse('V1004', 'hold_times', 'The shortest time to hold a lease is longer than the longest.', { path: ['minHoldMs'] });
    }
    return { events: [{ type: 'LoadTestRequested', data: plan }] };
  }
  if (state.phase === 'unknown') return refuse('E4041', 'load_test_unknown', 'There is no such load test.', { path: ['loadTestId'] });
  if (state.phase !== 'running') return nothing;
  const { loadTestId } = state;
  switch (command.type) {
    case 'FinishLoadTest':
      return { events: [{ type: 'LoadTestFinished', data: { loadTestId, results: command.results } }] };
    case 'FailLoadTest':
      return { events: [{ type: 'LoadTestFailed', data: { loadTestId, reason: command.reason } }] };
    default:
      return command satisfies never;
  }
}
