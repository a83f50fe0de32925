import { driveRunsReactor } from '../../../commands/run/reactor';
import type { RunEvent } from '../../../schema/run/events';
import type { Projected } from '../../../src/projection-runtime/projector';
import { sealedText } from '../../support/sealed';

const generation = {
  operation: 'kling_image', pool: 'kling', scenario: null, parameters: sealedText('r1', 'parameters', '{}'), autoPoll: true, pollIntervalMs: 1, maxWaitMs: 1, maxQueueMs: 1,
} as const;
const request = { runId: 'r1', kind: 'image', model: 'm', provider: 'kling', requestedBy: 'u1', simulated: false } as const;
const AT = '2026-01-01T00:00:00.000Z';

const jobsFor = (...events: RunEvent[]) => driveRunsReactor.react(events.map((event) =>
  ({ ...event, at: { id: 'e1', metadata: { tenant: 't1', at: AT, $correlationId: 'c1' } } }) as unknown as Projected<RunEvent>));

describe('the reactor of runs', () => {
  it('has somebody go on at once, one after the other, wherever there is something to do', () => {
    for (const type of ['RunQueued', 'RunWatchRequested', 'RunCancelled'] as const) {
      const event = { type, data: { runId: 'r1', attempt: 1, ...(type === 'RunCancelled' && { by: 'u1', durationMs: 1 }) } } as RunEvent;
      expect(jobsFor(event)).toEqual([{
        kind: 'job', task: 'drive-run', jobKey: 'drive-run:r1', queue: 'run:r1', payload: { tenant: 't1', eventId: 'e1', correlationId: 'c1', runId: 'r1' },
      }]);
    }
  });

  it('leaves whoever asked a moment to go on themselves', () => {
    const later = { runAt: new Date(Date.parse(AT) + 3_000) };
    expect(jobsFor({ type: 'RunRequested', data: { ...request, generation } })).toMatchObject([later]);
    expect(jobsFor({ type: 'RunRetryRequested', data: { runId: 'r1', attempt: 2 } })).toMatchObject([later]);
  });

  it('has nothing to do with chats, and with what its own job records', () => {
    expect(jobsFor({ type: 'RunRequested', data: { ...request, kind: 'chat' } }, { type: 'RunStarted', data: { runId: 'r1', attempt: 1 } },
      { type: 'RunPollingStarted', data: { runId: 'r1', attempt: 1 } })).toEqual([]);
  });
});
