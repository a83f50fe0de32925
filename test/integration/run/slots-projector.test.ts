import { concurrencySlotsProjector } from '../../../projections/concurrency-slot/projector';
import { projectorSpecification } from '../../support/projector-specification';

const reserved = (runId: string, expiresAt: number) => ({ type: 'SlotReserved', data: { runId, userId: 'u1', tenant: 't1', expiresAt, at: 0 } });
const renewed = (runId: string, expiresAt: number) => ({ type: 'SlotRenewed', data: { runId, tenant: 't1', expiresAt, at: 1 } });
const released = (runId: string) => ({ type: 'SlotReleased', data: { runId, userId: 'u1', tenant: 't1', how: 'ended', at: 2 } });

describe('concurrency slots', () => {
  const specification = projectorSpecification(concurrencySlotsProjector);

  it('are there from the reservation to the release, until their newest end', async () => {
    const { concurrency_slots: slots } = await specification.given([
      reserved('r1', 1_000), reserved('r2', 1_000), renewed('r2', 5_000), released('r1'), renewed('r1', 9_000), reserved('r3', 7_000),
    ]);
    expect(slots).toEqual([
      { run_id: 'r2', tenant_id: 't1', user_id: 'u1', expires_at: new Date(5_000), position: '30' },
      { run_id: 'r3', tenant_id: 't1', user_id: 'u1', expires_at: new Date(7_000), position: '60' },
    ]);
  });
});
