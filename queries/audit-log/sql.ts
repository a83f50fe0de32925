import type { AuditEntry } from '../../schema/audit-log/types';

/** A row of `views.audit_entries`. */
export interface AuditEntryRow {
  id: string;
  position: string;
  at: Date;
  act: string;
  actor_kind: string;
  actor_id: string;
  subjects: string[];
  stream: string;
  revision: string;
  correlation_id: string;
  causation_id: string;
  summary: unknown;
}

export function toAuditEntry(row: AuditEntryRow): AuditEntry {
  return {
    id: row.id,
    position: String(row.position),
    at: new Date(row.at),
    act: row.act,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    subjects: row.subjects,
    stream: row.stream,
    revision: String(row.revision),
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    summary: row.summary,
  };
}
