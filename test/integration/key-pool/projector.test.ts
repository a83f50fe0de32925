import { keyPoolsProjector } from '../../../projections/key-pool/projector';
import { projectorSpecification, type GivenEvent } from '../../support/projector-specification';
import { expired, granted, keyAdded, released, requested, timedOut } from '../../unit/key-pool/pool';

const at = Date.UTC(2026, 0, 1);
const pool = (provider: string, ...events: object[]): GivenEvent[] =>
  events.map((event) => ({ ...(event as GivenEvent), stream: `keyPool-${provider}`, tenant: 'operator' }));

describe('the view of key pools', () => {
  const specification = projectorSpecification(keyPoolsProjector);

  it('counts what a pool holds, and lists keys, leases and who waits', async () => {
    const tables = await specification.given(pool('openai',
      keyAdded('k', { concurrencyLimit: 2, rpmLimit: 9, at }),
      requested('x', { at }), granted('x', 'k', 1, { at }),
      requested('y', { at }), granted('y', 'k', 2, { at }),
      requested('z', { at, maxWaitMs: 500 }),
      requested('w', { at, tenant: 'b', maxWaitMs: 500 }),
      keyAdded('l', { tenantScope: 'a', at }),
      released('x', 'k', 1, at + 1_000)));
    expect(tables.key_pools).toEqual([
      {
        id: 'openai@a', tenant_id: 'a', provider: 'openai', active_leases: 1, waiting: 1, grants_total: '2',
        updated_at: new Date(at + 1_000), revision: '8', position: '90',
      },
      { id: 'openai@b', tenant_id: 'b', provider: 'openai', active_leases: 0, waiting: 1, grants_total: '0', updated_at: new Date(at), revision: '6', position: '70' },
      { id: 'openai@operator', tenant_id: 'operator', provider: 'openai', active_leases: 0, waiting: 0, grants_total: '0', updated_at: new Date(at), revision: '7', position: '80' },
    ]);
    expect(tables.provider_keys).toMatchObject([
      { id: 'k', provider: 'openai', name: 'name-k', last_four: '0000', concurrency_limit: 2, rpm_limit: 9, active_leases: 1 },
      { id: 'l', tenant_scope: 'a', rpm_limit: null, active_leases: 0 },
    ]);
    expect(tables.leases).toMatchObject([
      {
        id: 'x', tenant_id: 'a', key_id: 'k', holder: 'anna', token: '1', ttl_ms: 1_000, state: 'released',
        granted_at: new Date(at), ended_at: new Date(at + 1_000),
      },
      { id: 'y', token: '2', state: 'active', ended_at: null },
    ]);
    expect(tables.wait_tickets).toMatchObject([
      { id: 'w', tenant_id: 'b', place: '6', enqueued_at: new Date(at), deadline: new Date(at + 500) },
      { id: 'z', tenant_id: 'a', place: '5' },
    ]);
  });

  it('forgets tickets that wait no longer, and knows how a lease ended', async () => {
    const failed = { ...released('x', 'k', 1, at), data: { ...released('x', 'k', 1, at).data, outcome: 'error' } };
    const { key_pools, leases, wait_tickets } = await specification.given(pool('kling',
      keyAdded('k', { at }), requested('x', { at }), granted('x', 'k', 1, { at }), requested('y', { at }), failed,
      granted('y', 'k', 2, { at }), requested('z', { at }), expired('y', 'k', 2, at), timedOut('z', at)));
    expect(key_pools).toMatchObject([{ tenant_id: 'a', active_leases: 0, waiting: 0, grants_total: '2' }, { tenant_id: 'operator', grants_total: '0' }]);
    expect(leases!.map(({ state }) => state)).toEqual(['error', 'expired']);
    expect(wait_tickets).toEqual([]);
  });

  it('is there for a tenant that a key is opened to, and takes events of earlier builds by who sent them', async () => {
    const early = (event: object): object => ({ ...event, data: { ...(event as GivenEvent).data as object, tenant: undefined } });
    const { key_pools } = await specification.given([
      ...pool('openai', keyAdded('k', { at, tenantScope: 'b, c' }), requested('x', { at, tenant: 'operator' }), granted('x', 'k', 1, { at, tenant: 'operator' }), early(released('x', 'k', 1, at))),
    ]);
    expect(key_pools!.map(({ tenant_id, active_leases }) => ({ tenant_id, active_leases }))).toEqual(
      ['b', 'c', 'operator'].map((tenant_id) => ({ tenant_id, active_leases: 0 })));
  });

  it('keeps pools apart', async () => {
    const { key_pools } = await specification.given([
      ...pool('openai', keyAdded('k', { at }), requested('x', { at })),
      ...pool('kling', keyAdded('l', { at })),
      ...pool('openai', granted('x', 'k', 1, { at })),
    ]);
    expect(key_pools!.map(({ id, active_leases, waiting }) => ({ id, active_leases, waiting }))).toEqual([
      { id: 'kling@operator', active_leases: 0, waiting: 0 },
      { id: 'openai@a', active_leases: 1, waiting: 0 },
      { id: 'openai@operator', active_leases: 0, waiting: 0 },
    ]);
  });
});
