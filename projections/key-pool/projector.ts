import path from 'node:path';
import { keyPoolEvents, type KeyPoolEvent } from '../../schema/key-pool/events';
import { poolIdOf, tenantsOf } from '../../schema/key-pool/tenancy';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector, Row } from '../../src/projection-runtime/projector';

/**
 * View `key_pools`: pools as each tenant sees them, with keys, leases and everybody who waits. Subscribers see the pool's
 * row. Tenants share pools: how long somebody waits depends on the leases and tickets of all, so rows are not hidden from
 * other tenants by the database, and every query names its tenant.
 */
export const keyPoolsProjector: Projector<typeof keyPoolEvents> = {
  name: 'key_pools',
  version: 3,
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
      const { keyId, name, lastFour, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt, specified } = event.data;
      return [{
        kind: 'put', table: 'provider_keys', key: { id: keyId }, position,
        set: {
          tenant_id: recorded.metadata.tenant, provider, name, last_four: lastFour, concurrency_limit: concurrencyLimit,
          rpm_limit: rpmLimit, priority, tenant_scope: tenantScope, active: true, active_leases: 0, expires_at: timeOf(expiresAt),
          cooling_until: null, cool_down_reason: null, specified: specified ?? false, updated_at: at,
        },
      }];
    }
    case 'ProviderKeyChanged': {
      const { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt } = event.data;
      return keyChange(event, {
        ...(name !== undefined && { name }),
        ...(concurrencyLimit !== undefined && { concurrency_limit: concurrencyLimit }),
        ...(rpmLimit !== undefined && { rpm_limit: rpmLimit }),
        ...(priority !== undefined && { priority }),
        ...(tenantScope !== undefined && { tenant_scope: tenantScope }),
        ...(expiresAt !== undefined && { expires_at: timeOf(expiresAt) }),
      });
    }
    case 'ProviderKeyRotated':
      return keyChange(event, { last_four: event.data.lastFour });
    case 'ProviderKeyDeactivated':
      return keyChange(event, { active: false });
    case 'ProviderKeyActivated':
      return keyChange(event, { active: true });
    case 'ProviderKeyCooledDown':
      return keyChange(event, { cooling_until: new Date(event.data.until), cool_down_reason: event.data.reason });
    case 'ProviderKeyRecovered':
      return keyChange(event, { cooling_until: null, cool_down_reason: null });
    case 'ProviderKeyRemoved':
      return [{ kind: 'remove', table: 'provider_keys', key: { id: event.data.keyId }, position }];
    case 'LeaseRequested': {
      const { ticketId, tenant, holder, ttlMs, maxWaitMs, keyId } = event.data;
      const key = { id: ticketId };
      return [
        {
          kind: 'put', table: 'wait_tickets', key, position,
          set: {
            tenant_id: tenant, provider, holder, key_id: keyId ?? '', place: recorded.revision, enqueued_at: at,
            deadline: new Date(event.data.at + maxWaitMs),
          },
        },
        {
          kind: 'put', table: 'leases', key, position,
          // All columns, so that requests make one statement however far they have come.
          set: {
            tenant_id: tenant, provider, holder, ttl_ms: ttlMs, state: 'waiting', requested_at: at, granted_at: null, key_id: null, token: null, ended_at: null,
          },
        },
      ];
    }
    case 'LeaseGranted': {
      const { leaseId, ticketId, keyId, token } = event.data;
      return [
        { kind: 'remove', table: 'wait_tickets', key: { id: ticketId }, position },
        { kind: 'patch', table: 'leases', key: { id: leaseId }, position, set: { state: 'active', granted_at: at, key_id: keyId, token } },
        { kind: 'add', table: 'provider_keys', key: { id: keyId }, position, add: { active_leases: 1 } },
      ];
    }
    case 'PermitsTaken': {
      const { keyId, units } = event.data;
      return [{
        kind: 'put', table: 'permits', key: { provider, revision: recorded.revision }, position, set: { tenant_id: event.data.tenant, key_id: keyId, taken_at: at, units },
      }];
    }
    case 'LeaseReleased':
      return ended(event, event.data.outcome === 'ok' ? 'released' : 'error');
    case 'LeaseExpired':
      return ended(event, 'expired');
    case 'LeaseRevoked':
      return ended(event, 'revoked');
    case 'TicketTimedOut':
    case 'TicketCancelled':
      return ['wait_tickets', 'leases'].map((table) => ({ kind: 'remove', table, key: { id: event.data.ticketId }, position }));
    default:
      return event satisfies never;
  }
}

const timeOf = (milliseconds: number | null | undefined): Date | null => (typeof milliseconds === 'number' ? new Date(milliseconds) : null);

function keyChange({ data, at: { position } }: Extract<Event, { data: { keyId: string } }>, set: Row): Change[] {
  return [{ kind: 'patch', table: 'provider_keys', key: { id: data.keyId }, position, set: { ...set, updated_at: new Date(data.at) } }];
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
  if (event.type === 'ProviderKeyAdded') return [...new Set([tenant, ...tenantsOf(event.data.tenantScope) ?? []])];
  const { data } = event;
  const opened = event.type === 'ProviderKeyChanged' ? tenantsOf(event.data.tenantScope ?? '') : undefined;
  return [...new Set([data.tenant ?? tenant, ...opened ?? []])];
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

/** Events by which a tenant may come to a pool. */
const BEGINNINGS: ReadonlySet<KeyPoolEvent['type']> = new Set(['ProviderKeyAdded', 'ProviderKeyChanged', 'LeaseRequested']);

/** One change of a tenant's row for all its events: a row that every grant touches must not cost a statement each. */
function poolChanges({ tenant, events }: { tenant: string; events: readonly Event[] }): Change[] {
  const last = events.at(-1)!;
  const { position, revision } = last.at;
  const provider = providerOf(last);
  const key = { id: poolIdOf(tenant, provider) };
  const seen = { updated_at: new Date(last.data.at), revision };
  const add = { active_leases: 0, waiting: 0, grants_total: 0 };
  for (const event of events) count(add, event);
  const begun = events.some(({ type }) => BEGINNINGS.has(type));
  const row: Change[] = begun ? [{ kind: 'put', table: 'key_pools', key, position, set: { tenant_id: tenant, provider, ...seen } }] : [];
  return [...row, { kind: 'add', table: 'key_pools', key, position, add, set: seen }];
}

function count(sums: { active_leases: number; waiting: number; grants_total: number }, event: Event): void {
  switch (event.type) {
    case 'ProviderKeyAdded':
    case 'ProviderKeyChanged':
    case 'ProviderKeyRotated':
    case 'ProviderKeyDeactivated':
    case 'ProviderKeyActivated':
    case 'ProviderKeyCooledDown':
    case 'ProviderKeyRecovered':
    case 'ProviderKeyRemoved':
    case 'PermitsTaken':
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
