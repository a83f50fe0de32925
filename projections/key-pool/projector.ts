import path from 'node:path';
import { keyPoolEvents, type KeyPoolEvent } from '../../schema/key-pool/events';
import { poolIdOf, tenantsOf } from '../../schema/key-pool/tenancy';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';

/**
 * View `key_pools`: pools as each tenant sees them, with keys, leases and everybody who waits. Subscribers see the pool's
 * row. Tenants share pools: how long somebody waits depends on the leases and tickets of all, so rows are not hidden from
 * other tenants by the database, and every query names its tenant.
 */
export const keyPoolsProjector: Projector<typeof keyPoolEvents> = {
  name: 'key_pools',
  version: 2,
  events: keyPoolEvents,
  tables: path.join(projectRoot, 'projections/key-pool/tables.sql'),
  live: { table: 'key_pools', key: 'id' },
  shared: true,
  project: (events) => [...events.flatMap(detailChanges), ...sharesOf(events).flatMap(poolChanges)],
};

type Event = Projected<KeyPoolEvent>;

/** The stream is `keyPool-<provider>`. */
const providerOf = ({ at }: Event): string => at.stream.slice(at.stream.indexOf('-') + 1);

/** Changes of keys, leases and tickets. */
function detailChanges(event: Event): Change[] {
  const { at: recorded } = event;
  const { position } = recorded;
  const provider = providerOf(event);
  const at = new Date(event.data.at);
  switch (event.type) {
    case 'ProviderKeyAdded': {
      const { keyId, name, lastFour, concurrencyLimit, rpmLimit, priority, tenantScope } = event.data;
      return [{
        kind: 'put', table: 'provider_keys', key: { id: keyId }, position,
        set: {
          tenant_id: recorded.metadata.tenant, provider, name, last_four: lastFour, concurrency_limit: concurrencyLimit,
          rpm_limit: rpmLimit, priority, tenant_scope: tenantScope, active: true, active_leases: 0,
        },
      }];
    }
    case 'LeaseRequested': {
      const { ticketId, tenant, holder, maxWaitMs } = event.data;
      return [{
        kind: 'put', table: 'wait_tickets', key: { id: ticketId }, position,
        set: {
          tenant_id: tenant, provider, holder, place: recorded.revision, enqueued_at: at, deadline: new Date(event.data.at + maxWaitMs),
        },
      }];
    }
    case 'LeaseGranted': {
      const { leaseId, ticketId, keyId, token, tenant, holder, ttlMs } = event.data;
      return [
        { kind: 'remove', table: 'wait_tickets', key: { id: ticketId }, position },
        {
          kind: 'put', table: 'leases', key: { id: leaseId }, position,
          set: {
            tenant_id: tenant, provider, key_id: keyId, holder, token, ttl_ms: ttlMs, state: 'active', granted_at: at, ended_at: null,
          },
        },
        { kind: 'add', table: 'provider_keys', key: { id: keyId }, position, add: { active_leases: 1 } },
      ];
    }
    case 'LeaseReleased':
      return ended(event, event.data.outcome === 'ok' ? 'released' : 'error');
    case 'LeaseExpired':
      return ended(event, 'expired');
    case 'LeaseRevoked':
      return ended(event, 'revoked');
    case 'TicketTimedOut':
    case 'TicketCancelled':
      return [{ kind: 'remove', table: 'wait_tickets', key: { id: event.data.ticketId }, position }];
    default:
      return event satisfies never;
  }
}

function ended({ data, at: { position } }: Extract<Event, { type: 'LeaseReleased' | 'LeaseExpired' | 'LeaseRevoked' }>, state: string): Change[] {
  return [
    { kind: 'patch', table: 'leases', key: { id: data.leaseId }, position, set: { state, ended_at: new Date(data.at) } },
    { kind: 'add', table: 'provider_keys', key: { id: data.keyId }, position, add: { active_leases: -1 } },
  ];
}

/** Whom an event of the pool is about. */
function tenantsOfEvent(event: Event): string[] {
  const { tenant } = event.at.metadata;
  if (event.type !== 'ProviderKeyAdded') return [event.data.tenant ?? tenant];
  return [...new Set([tenant, ...tenantsOf(event.data.tenantScope) ?? []])];
}

/** The events of each pool and tenant. */
function sharesOf(events: readonly Event[]): { tenant: string; events: Event[] }[] {
  const shares = new Map<string, { tenant: string; events: Event[] }>();
  for (const event of events) {
    for (const tenant of tenantsOfEvent(event)) {
      const id = poolIdOf(tenant, providerOf(event));
      const share = shares.get(id);
      if (share) share.events.push(event);
      else shares.set(id, { tenant, events: [event] });
    }
  }
  return [...shares.values()];
}

/** One change of a tenant's row for all its events: a row that every grant touches must not cost a statement each. */
function poolChanges({ tenant, events }: { tenant: string; events: readonly Event[] }): Change[] {
  const last = events.at(-1)!;
  const { position, revision } = last.at;
  const provider = providerOf(last);
  const key = { id: poolIdOf(tenant, provider) };
  const seen = { updated_at: new Date(last.data.at), revision };
  const add = { active_leases: 0, waiting: 0, grants_total: 0 };
  for (const event of events) count(add, event);
  const begun = events.some(({ type }) => type === 'ProviderKeyAdded' || type === 'LeaseRequested');
  const row: Change[] = begun ? [{ kind: 'put', table: 'key_pools', key, position, set: { tenant_id: tenant, provider, ...seen } }] : [];
  return [...row, { kind: 'add', table: 'key_pools', key, position, add, set: seen }];
}

function count(sums: { active_leases: number; waiting: number; grants_total: number }, event: Event): void {
  switch (event.type) {
    case 'ProviderKeyAdded':
      break;
    case 'LeaseRequested':
      sums.waiting++;
      break;
    case 'LeaseGranted':
      sums.waiting--;
      sums.active_leases++;
      sums.grants_total++;
      break;
    case 'LeaseReleased':
    case 'LeaseExpired':
    case 'LeaseRevoked':
      sums.active_leases--;
      break;
    case 'TicketTimedOut':
    case 'TicketCancelled':
      sums.waiting--;
      break;
    default:
      event satisfies never;
  }
}
