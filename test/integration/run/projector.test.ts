import { runsProjector } from '../../../projections/run/projector';
import { projectorSpecification } from '../../support/projector-specification';

const requested = {
  type: 'RunRequested',
  data: { runId: 'r1', kind: 'chat', model: 'gpt-4o-mini', provider: 'simulated', requestedBy: 'u1', simulated: true, sessionId: 's1', messageId: 'm1' },
};
const started = (attempt: number) => ({ type: 'RunStarted', data: { runId: 'r1', attempt } });

describe('runs', () => {
  const specification = projectorSpecification(runsProjector);

  it('shows what was asked for', async () => {
    const [row] = (await specification.given([requested])).runs!;
    expect(row).toMatchObject({
      id: 'r1', tenant_id: 'tenant-1', kind: 'chat', state: 'requested', model: 'gpt-4o-mini', provider: 'simulated', requested_by: 'u1', simulated: true,
      session_id: 's1', message_id: 'm1', attempt: 0, duration_ms: null, failure: null, revision: '0', position: '10',
    });
  });

  it('ends with what it used', async () => {
    const succeeded = {
      type: 'RunSucceeded', data: { runId: 'r1', promptTokens: 12, completionTokens: null, cost: '0.000150', durationMs: 900, outputRef: null },
    };
    const [row] = (await specification.given([requested, started(1), started(2), succeeded])).runs!;
    expect(row).toMatchObject({
      state: 'succeeded', attempt: 2, prompt_tokens: 12, completion_tokens: null, cost: '0.000150', duration_ms: 900, failure: null, revision: '3',
    });
  });

  it('ends with why it failed', async () => {
    const failed = { type: 'RunFailed', data: { runId: 'r1', code: 'E5041', reason: 'Too slow.', durationMs: 30_000 } };
    const [row] = (await specification.given([requested, started(1), failed])).runs!;
    expect(row).toMatchObject({ state: 'failed', failure: 'Too slow.', failure_code: 'E5041', duration_ms: 30_000 });
  });
});
