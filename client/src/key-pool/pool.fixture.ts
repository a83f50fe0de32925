import type { KeyPoolRow, LeaseRow, ProviderKeyRow, TicketRow } from './list';

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const ahead = (ms: number): string => ago(-ms);

export const aKey = (name: string, change: Partial<ProviderKeyRow> = {}): ProviderKeyRow => ({
  __typename: 'ProviderKey', id: `key-${name}`, name, lastFour: '1234', concurrencyLimit: 2, rpmLimit: 60, priority: 0, tenantScope: '*',
  active: true, activeLeases: 0, permitsLastMinute: 0, permitTimes: [], expiresAt: null, coolingDownUntil: null, coolDownReason: null,
  specified: false, ...change,
});

export const aLease = (id: string, key: ProviderKeyRow | null, change: Partial<LeaseRow> = {}): LeaseRow => ({
  __typename: 'Lease', id, holder: 'worker-7', fencingToken: '41', ttlSeconds: 120, grantedAt: ago(30_000), expiresAt: ahead(90_000),
  lastHeartbeatAt: ago(30_000), providerKey: key && { __typename: 'ProviderKey', id: key.id, name: key.name }, run: null, ...change,
});

export const aTicket = (id: string, change: Partial<TicketRow> = {}): TicketRow => ({
  __typename: 'WaitTicket', id, holder: 'worker-9', place: 1, reason: 'CONCURRENCY', enqueuedAt: ago(5_000), deadline: ahead(55_000),
  retryAfterMs: null, estimatedWaitMs: null, ...change,
});

export const aPool = (change: Partial<KeyPoolRow> = {}): KeyPoolRow => ({
  __typename: 'KeyPool', id: 'pool-1', provider: 'legnext', activeLeases: 0, waiting: 0, capacity: 2, grantsTotal: 0, grantsLastMinute: 0,
  waitP50Ms: null, waitP95Ms: null, updatedAt: ago(0), revision: '1', keys: [], leases: [], queue: [], ...change,
});
