import type { AuditEntry, AuditResult } from '../../schema/audit-log/types';
import type { Sealed } from '../../src/vault/port';

/** A row of `views.audit_entries`. */
export interface AuditEntryRow {
  id: string;
  position: string;
  at: Date;
  act: string;
  actor_kind: string;
  actor_id: string;
  subjects: string[];
  result: AuditResult;
  reason: string | null;
  code: string | null;
  routine: boolean;
  stream: string;
  revision: string;
  correlation_id: string;
  causation_id: string;
  request_id: string | null;
  address: Sealed | null;
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
    result: row.result,
    reason: row.reason,
    code: row.code,
    stream: row.stream,
    revision: String(row.revision),
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    requestId: row.request_id,
    sealedAddress: row.address,
    summary: row.summary,
  };
}
