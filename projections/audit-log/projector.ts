import path from 'node:path';
import type { EventDefinitions, EventOf } from '../../schema/define-events';
import type { EventMetadata } from '../../src/event-store/port';
import { projectRoot } from '../../src/paths';
import type { Change, Projected, Projector } from '../../src/projection-runtime/projector';
import { isSealed } from '../../src/vault/port';
import { outcomeOf } from './outcome';
import { isRoutine } from './routine';

/** View `audit_log`: one row for every event of every kind, in log order. */
export function auditLogProjector(events: EventDefinitions): Projector {
  return {
    name: 'audit_log',
    version: 4,
    events,
    tables: path.join(projectRoot, 'projections/audit-log/tables.sql'),
    live: { table: 'audit_entries', key: 'id' },
    project: (batch) => batch.flatMap(changes),
  };
}

function changes({ type, data, at }: Projected<EventOf<EventDefinitions>>): Change[] {
  const fields = data as Record<string, unknown>;
  const { metadata, position, revision, stream } = at;
  const subjects = subjectsOf(type, stream, fields);
  const { tenant, actor, requestId, address } = doerOf(metadata, stream, fields);
  return [
    {
      kind: 'put', table: 'audit_entries', key: { id: at.id }, position,
      set: {
        tenant_id: tenant,
        at: new Date(metadata.at),
        act: type,
        actor_kind: actor.kind,
        actor_id: actor.id,
        subjects,
        subject: subjects[0] ?? null,
        ...outcomeOf(type, fields),
        routine: isRoutine(type, fields),
        stream,
        revision,
        correlation_id: metadata.$correlationId,
        causation_id: metadata.$causationId,
        request_id: requestId ?? null,
        address: isSealed(address) ? { ...address } : null,
        summary: withoutSealed(fields),
      },
    },
    ...subjects.slice(1).map((subject): Change => ({
      kind: 'put', table: 'audit_subjects', key: { tenant_id: tenant, subject, entry_id: at.id }, position, set: {},
    })),
  ];
}

/**
 * Whose entry it is, and who did it. What tenants share, such as a key pool, goes on for one of them when another one acts:
 * the one whom it is about learns that it happened, and nothing of the other.
 */
function doerOf(
  { tenant, actor, requestId, address }: EventMetadata, stream: string, fields: Record<string, unknown>,
): Pick<EventMetadata, 'tenant' | 'actor' | 'requestId'> & { address: unknown } {
  const about = fields['tenant'];
  if (typeof about !== 'string' || about === tenant) return { tenant, actor, requestId, address: address ?? fields['address'] };
  const shared = { kind: 'system', id: stream.startsWith('keyPool-') ? 'key-pool' : 'concurrency-slots' } as const;
  // What no tenant had done was done by the server itself.
  return { tenant: about, actor: tenant === '' ? actor : shared, requestId: undefined, address: undefined };
}

/**
 * Ids of everything the event speaks of: the stream's own, and each field that names one; those of a refusal are listed.
 * What a tenant or a user is granted is about them: their stream of grants has no id of its own.
 */
function subjectsOf(type: string, stream: string, fields: Record<string, unknown>): string[] {
  if (type === 'ActRefused') return [...new Set(fields['subjects'] as string[])];
  if (type === 'EntitlementsSet' && fields['subjectKind'] !== 'tier') return [String(fields['subject'])];
  const named = Object.entries(fields).flatMap(([name, value]) => (name.endsWith('Id') && typeof value === 'string' ? [value] : []));
  return [...new Set([stream.slice(stream.indexOf('-') + 1), ...named])];
}

/** Ciphertext means nothing to a reader of the audit log; that something was sealed does. */
function withoutSealed(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueWithoutSealed(value)]));
}

function valueWithoutSealed(value: unknown): unknown {
  if (isSealed(value)) return 'sealed';
  if (Array.isArray(value)) return value.map(valueWithoutSealed);
  return typeof value === 'object' && value !== null ? withoutSealed(value as Record<string, unknown>) : value;
}
