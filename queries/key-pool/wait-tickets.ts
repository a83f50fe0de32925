import { type WaitReason, type WaitTicket } from '../../schema/key-pool/types';
import { isOpenTo } from '../../schema/key-pool/tenancy';
import { diagnoseKeys, type KeyOutlook, type WaitDiagnosis } from '../../schema/key-pool/wait-diagnosis';
import type { Context } from '../../src/graphql/context';
import type { WaitTicketRow } from './sql';

/** A key as those who wait see it. */
interface OutlookRow {
  provider: string;
  id: string;
  tenant_scope: string;
  active_leases: number;
  concurrency_limit: number;
  rpm_limit: number | null;
  /** Grant that must leave the window before the next one; null when the rate is not used up. */
  blocking_grant: Date | null;
}

interface Outlook extends KeyOutlook {
  id: string;
  scope: string;
}

/** A rate window is 60 s long; so old a grant no longer counts. */
const WINDOW_MS = 60_000;

const OUTLOOKS = `
  select k.provider, k.id, k.tenant_scope, k.active_leases, k.concurrency_limit, k.rpm_limit, g.granted_at as blocking_grant
  from views.provider_keys k
  left join lateral (
    select l.granted_at from views.leases l
    where l.key_id = k.id and l.granted_at > $2::timestamptz - interval '60 seconds'
    order by l.granted_at desc offset greatest(k.rpm_limit, 1) - 1 limit 1
  ) g on k.rpm_limit > 0
  where k.provider = any($1) and k.active`;

/** The tickets as callers see them: with the reason why each waits, found from the keys that its tenant may use. */
export async function withReasons(context: Context, rows: readonly WaitTicketRow[]): Promise<WaitTicket[]> {
  if (rows.length === 0) return [];
  const now = context.now();
  const providers = [...new Set(rows.map(({ provider }) => provider))];
  const keys = await context.db.query<OutlookRow>(OUTLOOKS, [providers, now]);
  return rows.map((row) => {
    const outlooks = keys.filter(({ provider }) => provider === row.provider).map(toOutlook);
    const { reason, retryAfterMs } = reasonFor(row, outlooks, now.getTime());
    return {
      id: row.id,
      provider: row.provider,
      holder: row.holder,
      place: row.place,
      reason: reason as WaitReason,
      enqueuedAt: new Date(row.enqueued_at),
      retryAfterMs: retryAfterMs ?? null,
    };
  });
}

function toOutlook({ id, tenant_scope, active_leases, concurrency_limit, rpm_limit, blocking_grant }: OutlookRow): Outlook {
  const reopensAt = rpm_limit === 0 ? Infinity : blocking_grant ? new Date(blocking_grant).getTime() + WINDOW_MS : -Infinity;
  return { id, scope: tenant_scope, hasPlace: active_leases < concurrency_limit, reopensAt };
}

/** Whoever has the same keys stands in the same queue, so only the first of them can be served next. */
function reasonFor({ tenant_id, earlier_tenants }: WaitTicketRow, keys: readonly Outlook[], now: number): WaitDiagnosis {
  const own = keysOf(keys, tenant_id);
  const sameQueue = (other: string): boolean => idsOf(keysOf(keys, other)) === idsOf(own);
  return earlier_tenants.some(sameQueue) ? { reason: 'turn', retryAfterMs: undefined } : diagnoseKeys(own, now);
}

const keysOf = (keys: readonly Outlook[], tenant: string): Outlook[] =>
  keys.filter(({ scope }) => isOpenTo(scope, tenant));

const idsOf = (keys: readonly Outlook[]): string => keys.map(({ id }) => id).join();
