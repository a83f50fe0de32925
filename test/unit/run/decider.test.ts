import { run } from '../../../commands/run/decider';
import type { RunEvent, RunRequest } from '../../../schema/run/events';
import { specification, twiceIsOnce } from '../../support/specification';

const request: RunRequest = {
  runId: 'r1', kind: 'chat', model: 'gpt-4o-mini', provider: 'simulated', requestedBy: 'u1', simulated: true, sessionId: 's1', messageId: 'm1',
};
const requested: RunEvent = { type: 'RunRequested', data: request };
const started = (attempt: number): RunEvent => ({ type: 'RunStarted', data: { runId: 'r1', attempt } });
const outcome = { promptTokens: 3, completionTokens: null, cost: '0.000120', durationMs: 250, outputRef: null };
const succeeded: RunEvent = { type: 'RunSucceeded', data: { runId: 'r1', ...outcome } };
const failure = { code: 'E5041', reason: 'The model was silent for 30 s.', durationMs: 30_000 } as const;
const failed: RunEvent = { type: 'RunFailed', data: { runId: 'r1', ...failure } };

describe('run', () => {
  it('goes from requested over started to succeeded', () => {
    specification(run).given().when({ type: 'RequestRun', request }).then([requested]);
    specification(run).given([requested]).when({ type: 'StartRun', attempt: 1 }).then([started(1)]);
    specification(run).given([requested, started(1)]).when({ type: 'CompleteRun', ...outcome }).then([succeeded]);
    twiceIsOnce(run, [], { type: 'RequestRun', request });
    twiceIsOnce(run, [requested], { type: 'StartRun', attempt: 1 });
    twiceIsOnce(run, [requested, started(1)], { type: 'CompleteRun', ...outcome });
  });

  it('counts attempts upwards only', () => {
    const second = specification(run).given([requested, started(1), started(2)]);
    second.when({ type: 'StartRun', attempt: 3 }).then([started(3)]);
    second.when({ type: 'StartRun', attempt: 1 }).thenNothing();
  });

  it('fails before or after its start, once', () => {
    specification(run).given([requested]).when({ type: 'FailRun', ...failure }).then([failed]);
    specification(run).given([requested, started(1)]).when({ type: 'FailRun', ...failure }).then([failed]);
    twiceIsOnce(run, [requested], { type: 'FailRun', ...failure });
  });

  it('ends once: no other end and no start follows', () => {
    const good = specification(run).given([requested, started(1), succeeded]);
    good.when({ type: 'FailRun', ...failure }).thenRefused('B2001', 'run_ended', { state: 'succeeded' });
    good.when({ type: 'StartRun', attempt: 2 }).thenRefused('B2001', 'run_ended', { state: 'succeeded' });
    const bad = specification(run).given([requested, failed]);
    bad.when({ type: 'CompleteRun', ...outcome }).thenRefused('B2001', 'run_ended', { state: 'failed' });
    bad.when({ type: 'StartRun', attempt: 1 }).thenRefused('B2001', 'run_ended', { state: 'failed' });
  });

  it('refuses what was never requested', () => {
    specification(run).given().when({ type: 'StartRun', attempt: 1 }).thenRefused('E4041', 'run_unknown');
    specification(run).given().when({ type: 'CompleteRun', ...outcome }).thenRefused('E4041', 'run_unknown');
    specification(run).given().when({ type: 'FailRun', ...failure }).thenRefused('E4041', 'run_unknown');
  });
});
