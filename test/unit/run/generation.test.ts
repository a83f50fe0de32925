import { run } from '../../../commands/run/decider';
import type { RunEvent, RunOutputData, RunRequest } from '../../../schema/run/events';
import { sealedText } from '../../support/sealed';
import { specification, twiceIsOnce } from '../../support/specification';

const AT = 1_767_225_600_000;
const generation: NonNullable<RunRequest['generation']> = {
  operation: 'legnext_diffusion', pool: 'legnext', scenario: null, parameters: sealedText('r1', 'parameters', '{}'),
  autoPoll: true, pollIntervalMs: 2_000, maxWaitMs: 120_000, maxQueueMs: 120_000, at: AT,
};
const request: RunRequest = { runId: 'r1', kind: 'image', model: 'midjourney', provider: 'legnext', requestedBy: 'u1', simulated: false, generation };
const lease = { leaseId: 'legnext/l1', keyId: 'k1', keyName: 'one', token: 7 };
const other = { leaseId: 'legnext/l2', keyId: 'k2', keyName: 'two', token: 9 };
const rejection = { code: 'E4291', rule: 'user_concurrency', reason: 'Too much at once.', details: { limit: 1, active: 1 }, durationMs: 3 } as const;
const submission = { driver: 'd1', externalId: 'r1-1', endpoint: 'POST /diffusion', request: sealedText('r1', 'request.1', '{}'), at: AT + 10 };
const answer = { jobId: 'j1', httpStatus: 200, response: sealedText('r1', 'response.1', '{}') };
const file: RunOutputData = {
  outputId: 'o1', kind: 'image', contentType: 'image/png', bytes: 9, width: 3, height: 2, durationMs: null, blob: 't1/r1/o1', thumbnail: null, digest: 'aa',
  source: sealedText('r1', 'source.o1', 'https://cdn.test/1.png'),
};
const result = {
  promptTokens: null, completionTokens: null, cost: null, durationMs: 500, outputRef: null, outputs: [file], httpStatus: 200, response: answer.response,
  usage: { unit: 'points', amount: 8 },
};
const failure = { code: 'E5003', reason: 'No credit.', durationMs: 20, category: 'quota', httpStatus: 402, serviceCode: null, response: answer.response } as const;

const requested: RunEvent = { type: 'RunRequested', data: request };
const queued = (attempt = 1): RunEvent => ({ type: 'RunQueued', data: { runId: 'r1', attempt } });
const leased = (held = lease, attempt = 1): RunEvent => ({ type: 'RunLeased', data: { runId: 'r1', attempt, ...held } });
const begun: RunEvent = { type: 'RunSubmissionBegun', data: { runId: 'r1', attempt: 1, ...submission } };
const submitted: RunEvent = { type: 'RunSubmitted', data: { runId: 'r1', attempt: 1, ...answer } };
const polling: RunEvent = { type: 'RunPollingStarted', data: { runId: 'r1', attempt: 1 } };
const status = (word: string): RunEvent => ({ type: 'RunVendorStatusChanged', data: { runId: 'r1', attempt: 1, status: word } });
const succeeded: RunEvent = { type: 'RunSucceeded', data: { runId: 'r1', ...result } };
const failed: RunEvent = { type: 'RunFailed', data: { runId: 'r1', ...failure } };
const timedOut: RunEvent = { type: 'RunTimedOut', data: { runId: 'r1', attempt: 1, reason: 'Timeout after 120s', durationMs: 120_000 } };
const cancelled: RunEvent = { type: 'RunCancelled', data: { runId: 'r1', attempt: 1, by: 'u1', durationMs: 40 } };
const rejected: RunEvent = { type: 'RunRejected', data: { runId: 'r1', attempt: 1, ...rejection } };
const watched: RunEvent = { type: 'RunWatchRequested', data: { runId: 'r1', attempt: 1, at: AT + 200_000 } };
const retried: RunEvent = { type: 'RunRetryRequested', data: { runId: 'r1', attempt: 2, at: AT + 300_000 } };

const toLeased = [requested, queued(), leased()];
const toSubmitting = [...toLeased, begun];
const toPolling = [...toSubmitting, submitted, polling];
const ends = { succeeded, failed, timed_out: timedOut, cancelled };

const spec = specification(run);

describe('a generation', () => {
  it('TEST-54: goes from requested over queued, leased, submitted and polling to its end', () => {
    const steps: [RunEvent[], Parameters<typeof run.decide>[1], RunEvent][] = [
      [[], { type: 'RequestRun', request }, requested],
      [[requested], { type: 'QueueRun', attempt: 1 }, queued()],
      [[requested, queued()], { type: 'LeaseRun', attempt: 1, ...lease }, leased()],
      [toLeased, { type: 'BeginSubmission', attempt: 1, leaseId: lease.leaseId, ...submission }, begun],
      [toSubmitting, { type: 'RecordSubmission', attempt: 1, ...answer }, submitted],
      [[...toSubmitting, submitted], { type: 'StartPolling', attempt: 1 }, polling],
      [toPolling, { type: 'RecordVendorStatus', attempt: 1, status: 'staged' }, status('staged')],
      [[...toPolling, status('staged')], { type: 'CompleteRun', attempt: 1, ...result }, succeeded],
      [toPolling, { type: 'FailRun', attempt: 1, ...failure }, failed],
      [toPolling, { type: 'TimeOutRun', attempt: 1, reason: 'Timeout after 120s', durationMs: 120_000 }, timedOut],
    ];
    for (const [given, command, event] of steps) {
      spec.given(given).when(command).then([event]);
      twiceIsOnce(run, given, command);
    }
  });

  it('is rejected before it is queued and never afterwards', () => {
    const reject = { type: 'RejectRun', attempt: 1, ...rejection } as const;
    spec.given([requested]).when(reject).then([rejected]);
    twiceIsOnce(run, [requested], reject);
    spec.given([requested, queued()]).when(reject).thenRefused('B2001', 'run_begun');
    spec.given([requested, rejected]).when({ type: 'QueueRun', attempt: 1 }).thenRefused('B2001', 'run_ended', { state: 'rejected' });
  });

  it('waits for another key when it loses its first one before anything was sent, and not after', () => {
    const requeue = { type: 'RequeueRun', leaseId: lease.leaseId } as const;
    spec.given(toLeased).when(requeue).then([queued()]);
    twiceIsOnce(run, toLeased, requeue);
    spec.given([...toLeased, queued()]).when({ type: 'LeaseRun', attempt: 1, ...other }).then([leased(other)]);
    spec.given(toLeased).when({ type: 'LeaseRun', attempt: 1, ...other }).then([leased(other)]);
    spec.given([...toLeased, queued(), leased(other)]).when(requeue).thenNothing();
    spec.given(toSubmitting).when(requeue).thenNothing();
    spec.given(toSubmitting).when({ type: 'LeaseRun', attempt: 1, ...other }).thenRefused('B2001', 'run_elsewhere');
  });

  it('fault 55: is submitted by the first driver only, and once', () => {
    const begin = { type: 'BeginSubmission', attempt: 1, leaseId: lease.leaseId, ...submission } as const;
    spec.given(toSubmitting).when(begin).thenNothing();
    spec.given(toSubmitting).when({ ...begin, driver: 'd2' }).thenRefused('B2001', 'submission_begun');
    for (const given of [[...toSubmitting, submitted], toPolling]) spec.given(given).when(begin).thenRefused('B2001', 'submission_begun');
    spec.given(toLeased).when({ ...begin, leaseId: other.leaseId }).thenRefused('B2001', 'run_elsewhere');
    spec.given([requested, queued()]).when(begin).thenRefused('B2001', 'run_elsewhere');
    spec.given([...toSubmitting, submitted]).when({ type: 'RecordSubmission', attempt: 1, ...answer, jobId: 'j2' }).thenRefused('B2001', 'run_elsewhere');
  });

  it('fault 59: ends once, whichever end comes first', () => {
    const commands = [
      { type: 'CompleteRun', attempt: 1, ...result }, { type: 'FailRun', attempt: 1, ...failure },
      { type: 'TimeOutRun', attempt: 1, reason: 'Timeout after 120s', durationMs: 1 }, { type: 'CancelRun', by: 'u1', durationMs: 1 },
    ] as const;
    const own: Record<string, string> = { succeeded: 'CompleteRun', failed: 'FailRun', timed_out: 'TimeOutRun', cancelled: 'CancelRun' };
    for (const [state, end] of Object.entries(ends)) {
      for (const command of commands) {
        const outcome = spec.given([...toPolling, end]).when(command);
        if (command.type === own[state]) outcome.thenNothing();
        else outcome.thenRefused('B2001', 'run_ended', { state });
      }
      spec.given([...toPolling, end]).when({ type: 'RecordVendorStatus', attempt: 1, status: 'late' }).thenRefused('B2001', 'run_ended', { state });
    }
  });

  it('is cancelled wherever it stands', () => {
    const cancel = { type: 'CancelRun', by: 'u1', durationMs: 40 } as const;
    for (const given of [[requested], [requested, queued()], toLeased, toSubmitting, [...toSubmitting, submitted], toPolling]) {
      spec.given(given).when(cancel).then([cancelled]);
      twiceIsOnce(run, given, cancel);
    }
    spec.given([requested, cancelled]).when({ type: 'QueueRun', attempt: 1 }).thenRefused('B2001', 'run_ended');
  });

  it('does not end with a result that nobody submitted', () => {
    spec.given(toLeased).when({ type: 'CompleteRun', attempt: 1, ...result }).thenRefused('B2001', 'run_elsewhere');
    spec.given(toLeased).when({ type: 'TimeOutRun', attempt: 1, reason: 'Timeout after 120s', durationMs: 1 }).thenRefused('B2001', 'run_elsewhere');
  });

  it('is done once more as a new attempt, to which commands of the old one mean nothing', () => {
    const retry = { type: 'RetryRun', attempt: 2, at: AT + 300_000 } as const;
    for (const end of [failed, timedOut, cancelled]) {
      spec.given([...toPolling, end]).when(retry).then([retried]);
      twiceIsOnce(run, [...toPolling, end], retry);
    }
    spec.given([requested, rejected]).when(retry).then([retried]);
    spec.given([...toPolling, succeeded]).when(retry).thenRefused('B2001', 'run_not_retryable', { state: 'succeeded' });
    spec.given(toPolling).when(retry).thenRefused('B2001', 'run_not_retryable', { state: 'polling' });
    spec.given([...toPolling, failed]).when({ ...retry, attempt: 3 }).thenRefused('B2001', 'run_not_retryable');

    const again = [...toPolling, failed, retried];
    spec.given(again).when({ type: 'FailRun', attempt: 1, ...failure }).thenRefused('B2001', 'attempt_over', { attempt: 2 });
    spec.given(again).when({ type: 'QueueRun', attempt: 2 }).then([queued(2)]);
    spec.given([...again, queued(2)]).when({ type: 'LeaseRun', attempt: 2, ...lease }).then([leased(lease, 2)]);
    spec.given([...again, queued(2), leased(lease, 2)]).when({ type: 'BeginSubmission', leaseId: lease.leaseId, ...submission, attempt: 2, driver: 'd2' })
      .thenState((state) => expect(state).toMatchObject({ phase: 'submitting', attempt: 2, term: 2, submission: { driver: 'd2' } }));
  });

  it('is looked at again when the vendor has it and nobody asks, without another submission', () => {
    const watch = { type: 'WatchRun', at: AT + 200_000 } as const;
    const leftAlone: RunEvent = { type: 'RunRequested', data: { ...request, generation: { ...generation, autoPoll: false } } };
    const left = [leftAlone, queued(), leased(), begun, submitted];
    for (const given of [[...toPolling, timedOut], left]) {
      spec.given(given).when(watch).then([watched]);
      twiceIsOnce(run, given, watch);
      spec.given([...given, watched]).when({ type: 'StartPolling', attempt: 1 }).then([polling]);
      spec.given([...given, watched, polling]).when(watch).thenNothing();
      spec.given([...given, watched]).when({ type: 'BeginSubmission', attempt: 1, leaseId: lease.leaseId, ...submission }).thenRefused('B2001', 'submission_begun');
    }
    spec.given([...toPolling, timedOut, watched, polling, timedOut]).when({ ...watch, at: AT + 400_000 })
      .then([{ type: 'RunWatchRequested', data: { runId: 'r1', attempt: 1, at: AT + 400_000 } }]);
    for (const given of [toPolling, [...toPolling, succeeded], [...toPolling, failed], toLeased, [leftAlone, queued(), leased(), begun]]) {
      spec.given(given).when(watch).thenRefused('B2001', 'run_not_watchable');
    }
  });

  it('is diagnosed once an attempt, and only when it failed', () => {
    const report = sealedText('r1', 'report.1', '{}');
    const diagnose = { type: 'DiagnoseRun', attempt: 1, model: 'gpt-4o-mini', report } as const;
    spec.given([...toPolling, failed]).when(diagnose).then([{ type: 'RunDiagnosed', data: { runId: 'r1', attempt: 1, model: 'gpt-4o-mini', report } }]);
    twiceIsOnce(run, [...toPolling, failed], diagnose);
    spec.given(toPolling).when(diagnose).thenRefused('B2001', 'run_elsewhere');
    spec.given([...toPolling, failed, retried]).when(diagnose).thenRefused('B2001', 'run_elsewhere');
  });

  it('is another kind of run than a chat, with which none of this is done', () => {
    const chat: RunEvent = { type: 'RunRequested', data: { runId: 'r1', kind: 'chat', model: 'm', provider: 'simulated', requestedBy: 'u1', simulated: true } };
    spec.given([chat]).when({ type: 'CancelRun', by: 'u1', durationMs: 1 }).thenRefused('B2001', 'not_a_generation');
    spec.given([chat]).when({ type: 'QueueRun', attempt: 1 }).thenRefused('B2001', 'not_a_generation');
    spec.given().when({ type: 'CancelRun', by: 'u1', durationMs: 1 }).thenRefused('E4041', 'run_unknown');
  });
});
