import { loadTestsProjector } from '../../../projections/load-test/projector';
import { projectorSpecification } from '../../support/projector-specification';

const of = (type: string, data: object) => ({ type, stream: 'loadTest-l1', data: { loadTestId: 'l1', ...data } });
const requested = of('LoadTestRequested', { providers: ['a'], bursts: [5, 10], minHoldMs: 100, maxHoldMs: 500, requestedBy: 'u1' });
const results = [{ provider: 'a', burst: 5, succeeded: 4, failed: 1, averageMs: 1.5, p50Ms: 1, p95Ms: 2, p99Ms: 2, maxMs: 2, keys: [{ name: 'k', grants: 4 }] }];

describe('load_tests', () => {
  const specification = projectorSpecification(loadTestsProjector);

  it('shows a load test that runs', async () => {
    const [row] = (await specification.given([requested])).load_tests!;
    expect(row).toMatchObject({
      id: 'l1', tenant_id: 'tenant-1', state: 'running', plan: { providers: ['a'], bursts: [5, 10], minHoldMs: 100, maxHoldMs: 500 },
      outcome: { results: [] }, failure: null, requested_by: 'u1', finished_at: null, revision: '0',
    });
  });

  it('shows what it found, or why it could not', async () => {
    const [finished] = (await specification.given([requested, of('LoadTestFinished', { results })])).load_tests!;
    expect(finished).toMatchObject({ state: 'finished', outcome: { results }, failure: null, finished_at: expect.any(Date), revision: '1' });
    const [failed] = (await specification.given([requested, of('LoadTestFailed', { reason: 'why' })])).load_tests!;
    expect(failed).toMatchObject({ state: 'failed', outcome: { results: [] }, failure: 'why', finished_at: expect.any(Date) });
  });
});
