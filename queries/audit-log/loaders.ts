import type { Context } from '../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { tenantOf } from '../../src/graphql/tenant';
import type { Sealed } from '../../src/vault/port';
import { toAuditEntry, type AuditEntryRow } from './sql';

/** Acts of the caller's tenant by event id. */
export const auditEntryById = defineLoader('auditEntryById', async (context: Context, ids: readonly string[]) => {
  const rows = await context.db.query<AuditEntryRow>('select * from views.audit_entries where tenant_id = $1 and id = any($2)', [tenantOf(context), ids]);
  return inOrderOf(ids, rows.map(toAuditEntry), (entry) => entry.id);
});

/** Network addresses as they were sealed; undefined once erased. */
export const openedAddress = defineLoader('openedAddress', async (context: Context, sealed: readonly Sealed[]) => {
  const texts = await context.vault.open(tenantOf(context), sealed);
  return texts.map((text) => text ?? undefined);
});
