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
      {
        id: 'k', provider: 'openai', name: 'name-k', last_four: '0000', concurrency_limit: 2, rpm_limit: 9, active: true, active_leases: 1,
        expires_at: null, cooling_until: null, cool_down_reason: null, specified: false, updated_at: new Date(at),
      },
      { id: 'l', tenant_scope: 'a', rpm_limit: null, active_leases: 0 },
    ]);
    expect(tables.leases).toMatchObject([
      { id: 'w', tenant_id: 'b', state: 'waiting', requested_at: new Date(at), granted_at: null, key_id: null, token: null },
      {
        id: 'x', tenant_id: 'a', key_id: 'k', holder: 'anna', token: '1', ttl_ms: 1_000, state: 'released',
        requested_at: new Date(at), granted_at: new Date(at), ended_at: new Date(at + 1_000),
      },
      { id: 'y', token: '2', state: 'active', ended_at: null },
      { id: 'z', state: 'waiting' },
    ]);
    expect(tables.wait_tickets).toMatchObject([
      { id: 'w', tenant_id: 'b', key_id: '', place: '6', enqueued_at: new Date(at), deadline: new Date(at + 500) },
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

  it('knows of keys how they have changed, which rest and which are gone', async () => {
    const about = (keyId: string, later: number) => ({ keyId, tenant: 'operator', at: at + later });
    const { provider_keys } = await specification.given(pool('openai',
      keyAdded('k', { at, expiresAt: at + 9_000, specified: true }), keyAdded('l', { at }), keyAdded('m', { at }), keyAdded('n', { at }),
      { type: 'ProviderKeyChanged', data: { ...about('k', 1), name: 'new', rpmLimit: 3, tenantScope: 'b', expiresAt: null } },
      { type: 'ProviderKeyRotated', data: { ...about('k', 2), lastFour: '1111', fingerprint: 'f', secretRef: 'operator/k.2' } },
      { type: 'ProviderKeyDeactivated', data: { ...about('l', 3), reason: 'by_hand' } },
      { type: 'ProviderKeyCooledDown', data: { ...about('l', 4), until: at + 60_000, reason: 'quota' } },
      { type: 'ProviderKeyDeactivated', data: { ...about('m', 5), reason: 'left_specification' } },
      { type: 'ProviderKeyActivated', data: about('m', 6) },
      { type: 'ProviderKeyCooledDown', data: { ...about('m', 7), until: at + 60_000, reason: 'rate' } },
      { type: 'ProviderKeyRecovered', data: about('m', 8) },
      { type: 'ProviderKeyRemoved', data: about('n', 9) }));
    expect(provider_keys).toMatchObject([
      {
        id: 'k', name: 'new', last_four: '1111', concurrency_limit: 1, rpm_limit: 3, tenant_scope: 'b', expires_at: null, specified: true,
        updated_at: new Date(at + 2),
      },
      { id: 'l', active: false, cooling_until: new Date(at + 60_000), cool_down_reason: 'quota', updated_at: new Date(at + 4) },
      { id: 'm', active: true, cooling_until: null, cool_down_reason: null, updated_at: new Date(at + 8) },
    ]);
  });

  it('is there for a tenant that a changed key is opened to', async () => {
    const { key_pools } = await specification.given(pool('openai',
      keyAdded('k', { at }), { type: 'ProviderKeyChanged', data: { keyId: 'k', tenant: 'operator', tenantScope: 'b', at: at + 5 } }));
    expect(key_pools!.map(({ tenant_id, updated_at }) => [tenant_id, updated_at.getTime() - at])).toEqual([['b', 5], ['operator', 5]]);
  });

  it('keeps the permits that leases took beside their grants for as long as they count', async () => {
    const taken = (keyId: string, units: number, later: number) =>
      ({ type: 'PermitsTaken', data: { leaseId: 'x', keyId, token: 1, tenant: 'a', units, at: at + later } });
    const { permits, leases } = await specification.given([
      ...pool('openai', keyAdded('k', { at }), keyAdded('l', { at }), requested('x', { at }), granted('x', 'k', 1, { at }),
        taken('k', 1, 1), taken('l', 2, 2), taken('k', 3, 1_000), taken('k', 4, 60_001), taken('k', 5, 60_002)),
      ...pool('kling', keyAdded('m', { at }), taken('m', 6, 500_000)),
    ]);
    expect(permits!.map(({ key_id, units }) => [key_id, units])).toEqual([['m', 6], ['l', 2], ['k', 3], ['k', 4], ['k', 5]]);
    expect(leases).toHaveLength(1);
  });

  it('keeps requests that name a key', async () => {
    const { wait_tickets } = await specification.given(pool('openai', keyAdded('k', { at }), requested('x', { at, keyId: 'k' })));
    expect(wait_tickets).toMatchObject([{ id: 'x', key_id: 'k' }]);
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
