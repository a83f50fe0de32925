import type { ErrorCode } from '../../schema/errors/catalogue';
import { runEvents, type RunEvent, type RunRequest } from '../../schema/run/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export type RunState =
  | { phase: 'unknown' }
  | { phase: 'requested' | 'started' | 'succeeded' | 'failed'; runId: string; attempt: number };

export type RunCommand =
  | { type: 'RequestRun'; request: RunRequest }
  | { type: 'StartRun'; attempt: number }
  | {
      type: 'CompleteRun';
      promptTokens: number | null;
      completionTokens: number | null;
      cost: string | null;
      durationMs: number;
      outputRef: string | null;
    }
  | { type: 'FailRun'; code: ErrorCode; reason: string; durationMs: number };

export const run: Aggregate<RunState, RunCommand, typeof runEvents> = {
  category: 'run',
  events: runEvents,
  initial: () => ({ phase: 'unknown' }),
  evolve,
  decide,
  begins: ({ type }) => type === 'RequestRun',
};

function evolve(state: RunState, event: RunEvent): RunState {
  if (event.type === 'RunRequested') return { phase: 'requested', runId: event.data.runId, attempt: 0 };
  if (state.phase === 'unknown') return state;
  switch (event.type) {
    case 'RunStarted':
      return { ...state, phase: 'started', attempt: event.data.attempt };
    case 'RunSucceeded':
      return { ...state, phase: 'succeeded' };
    case 'RunFailed':
      return { ...state, phase: 'failed' };
    default:
      return event satisfies never;
  }
}

function decide(state: RunState, command: RunCommand): Decision<RunEvent> {
  if (command.type === 'RequestRun') {
    return state.phase === 'unknown' ? { events: [{ type: 'RunRequested', data: command.request }] } : nothing;
  }
  if (state.phase === 'unknown') return refuse('E4041', 'run_unknown', 'There is no such run.', { path: ['runId'] });
  const { runId } = state;
  switch (command.type) {
    case 'StartRun':
      if (ended(state)) return refuseEnded(state);
      if (command.attempt <= state.attempt) return nothing;
      return { events: [{ type: 'RunStarted', data: { runId, attempt: command.attempt } }] };
    case 'CompleteRun': {
      if (state.phase === 'succeeded') return nothing;
      if (state.phase === 'failed') return refuseEnded(state);
      const { promptTokens, completionTokens, cost, durationMs, outputRef } = command;
      return { events: [{ type: 'RunSucceeded', data: { runId, promptTokens, completionTokens, cost, durationMs, outputRef } }] };
    }
    case 'FailRun': {
      if (state.phase === 'failed') return nothing;
      if (state.phase === 'succeeded') return refuseEnded(state);
      const { code, reason, durationMs } = command;
      return { events: [{ type: 'RunFailed', data: { runId, code, reason, durationMs } }] };
    }
    default:
      return command satisfies never;
  }
}

function ended(state: RunState): boolean {
  return state.phase === 'succeeded' || state.phase === 'failed';
}

function refuseEnded(state: RunState): Decision<RunEvent> {
  return refuse('B2001', 'run_ended', 'This run has already ended.', { details: { state: state.phase } });
}
