import { isOpenTo, tenantsOf } from '../../schema/key-pool/tenancy';
import { type WaitReason, type WaitTicket } from '../../schema/key-pool/types';
import { diagnoseKeys, type KeyOutlook } from '../../schema/key-pool/wait-diagnosis';
import type { Context } from '../../src/graphql/context';
import { permitsAt, type WaitTicketRow } from './sql';

/** A key as those who wait see it. */
interface KeyRow {
  provider: string;
  id: string;
  tenant_scope: string;
  /** Whether it is active and has not expired. */
  in_use: boolean;
  active_leases: number;
  concurrency_limit: number;
  rpm_limit: number | null;
  cooling_until: Date | null;
  /** Permit that must leave the window before the next one; null when the rate is not used up. */
  blocking_permit: Date | null;
  /** Of its newest leases, those that ended in the last 10 minutes: how many, and how many milliseconds they lasted together. */
  ended: number;
  lasted_ms: number;
}

/** Those who wait in one pool with one claim: any key of their tenant, or one that they name. */
interface ClaimRow {
  provider: string;
  tenant_id: string;
  key_id: string;
  /** Order of arrival of the first of them. */
  first: string;
}

/** What a claim comes to. */
interface Claim extends ClaimRow {
  /** Requests of one scope stand in one queue, so only the first of them can be served next. */
  scope: string;
  keys: readonly KeyRow[];
}

/** A rate window is 60 s long; so old a permit no longer counts. */
const WINDOW_MS = 60_000;
/** Nobody waits for as long as this; what is longer would not fit into an Int. */
const MOST_MS = 86_400_000;

const KEYS = `
  select k.provider, k.id, k.tenant_scope, k.active and coalesce(k.expires_at > $2, true) as in_use, k.active_leases, k.concurrency_limit,
    k.rpm_limit, k.cooling_until, p.taken_at as blocking_permit, e.ended, e.lasted_ms
  from views.provider_keys k
  left join lateral (
    select w.taken_at from (${permitsAt('$2')}) w, generate_series(1, w.units)
    order by w.taken_at desc offset greatest(k.rpm_limit, 1) - 1 limit 1
  ) p on k.rpm_limit > 0
  cross join lateral (
    select count(*)::int as ended, coalesce(sum(extract(epoch from l.ended_at - l.granted_at) * 1000), 0)::float8 as lasted_ms from (
      select granted_at, ended_at from views.leases
      where key_id = k.id and granted_at > $2::timestamptz - interval '1 day' order by granted_at desc limit 200
    ) l where l.ended_at > $2::timestamptz - interval '10 minutes'
  ) e
  where k.provider = any($1)
  order by k.id`;

const CLAIMS = `
  select provider, tenant_id, key_id, min(place) as first from views.wait_tickets where provider = any($1)
  group by provider, tenant_id, key_id`;

/** Places among those whom the same keys may serve (`kin`), counted once for all. */
const PLACES = `
  select id, place from (
    select t.id, row_number() over (partition by c.kin order by t.place)::int as place
    from views.wait_tickets t
    join unnest($1::text[], $2::text[], $3::text[], $4::text[]) as c (provider, tenant_id, key_id, kin) using (provider, tenant_id, key_id)
  ) p where id = any($5)`;

/** The tickets as callers see them: with the reason why each waits, and how long that may take. */
export async function withReasons(context: Pick<Context, 'db' | 'now'>, rows: readonly WaitTicketRow[]): Promise<WaitTicket[]> {
  if (rows.length === 0) return [];
  const now = context.now();
  const providers = [...new Set(rows.map(({ provider }) => provider))];
  const [keys, found] = await Promise.all([
    context.db.query<KeyRow>(KEYS, [providers, now]),
    context.db.query<ClaimRow>(CLAIMS, [providers]),
  ]);
  const claims = new Map(found.map((claim) => [claimIdOf(claim), claimOf(claim, keys)]));
  const heads = headsOf(claims.values());
  const places = await placesOf(context, rows, [...claims.values()]);
  return rows.map((row) => {
    const claim = claims.get(claimIdOf(row)) ?? claimOf({ ...row, first: row.seq }, keys);
    const isHead = BigInt(row.seq) <= (heads.get(claim.scope) ?? BigInt(row.seq));
    const { reason, retryAfterMs } = isHead ? diagnoseKeys(claim.keys.map(outlookOf), now.getTime()) : { reason: 'turn', retryAfterMs: undefined };
    return {
      id: row.id,
      provider: row.provider,
      holder: row.holder,
      place: row.place,
      reason: reason as WaitReason,
      enqueuedAt: new Date(row.enqueued_at),
      deadline: new Date(row.deadline),
      retryAfterMs: retryAfterMs ?? null,
      estimatedWaitMs: estimate(claim.keys, places.get(row.id) ?? 1, retryAfterMs ?? 0),
    };
  });
}

type Claiming = Pick<ClaimRow, 'provider' | 'tenant_id' | 'key_id'>;

const claimIdOf = ({ provider, tenant_id, key_id }: Claiming): string => [provider, tenant_id, key_id].join('\n');

/** The rules are those of `commands/key-pool/queue.ts`. */
function claimOf(claim: ClaimRow, all: readonly KeyRow[]): Claim {
  const { provider, tenant_id, key_id } = claim;
  const ofPool = all.filter((key) => key.provider === provider);
  const own = ofPool.filter((key) => isOpenTo(key.tenant_scope, tenant_id) && ['', key.id].includes(key_id));
  return { ...claim, scope: [provider, ...scopeOf(claim, ofPool, own)].join('\n'), keys: own.filter((key) => key.in_use) };
}

function scopeOf({ tenant_id, key_id }: Claiming, ofPool: readonly KeyRow[], own: readonly KeyRow[]): string[] {
  if (key_id !== '') return own.length > 0 ? ['key', key_id] : ['closed'];
  return ofPool.some((key) => tenantsOf(key.tenant_scope)?.has(tenant_id)) ? ['tenant', tenant_id] : ['open'];
}

/** Order of arrival of whoever came first, by scope. */
function headsOf(claims: Iterable<Claim>): Map<string, bigint> {
  const heads = new Map<string, bigint>();
  for (const { scope, first } of claims) {
    const head = heads.get(scope);
    if (head === undefined || BigInt(first) < head) heads.set(scope, BigInt(first));
  }
  return heads;
}

async function placesOf({ db }: Pick<Context, 'db'>, rows: readonly WaitTicketRow[], claims: readonly Claim[]): Promise<Map<string, number>> {
  const kinOf = ({ provider, keys }: Claim): string => [provider, ...keys.map(({ id }) => id)].join('\n');
  const places = await db.query<{ id: string; place: number }>(PLACES, [
    claims.map(({ provider }) => provider), claims.map(({ tenant_id }) => tenant_id), claims.map(({ key_id }) => key_id), claims.map(kinOf),
    rows.map(({ id }) => id),
  ]);
  return new Map(places.map(({ id, place }) => [id, place]));
}

/** A key that cools down counts as one whose rate is used up until then. */
function outlookOf({ active_leases, concurrency_limit, rpm_limit, cooling_until, blocking_permit }: KeyRow): KeyOutlook {
  const opens = rpm_limit === 0 ? Infinity : blocking_permit ? new Date(blocking_permit).getTime() + WINDOW_MS : -Infinity;
  return { hasPlace: active_leases < concurrency_limit, reopensAt: Math.max(opens, cooling_until ? new Date(cooling_until).getTime() : -Infinity) };
}

/** From how long leases of these keys last: as long as it takes until everybody before has had one. */
function estimate(keys: readonly KeyRow[], place: number, retryAfterMs: number): number | null {
  const sum = (of: (key: KeyRow) => number): number => keys.reduce((total, key) => total + of(key), 0);
  const ended = sum((key) => key.ended);
  if (ended === 0) return null;
  const meanMs = sum((key) => key.lasted_ms) / ended;
  const waitMs = Math.max(retryAfterMs, (meanMs * place) / sum((key) => key.concurrency_limit));
  return Math.round(Math.min(waitMs, MOST_MS));
}
