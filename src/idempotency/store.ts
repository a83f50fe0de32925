import { randomUUID } from 'node:crypto';
import type { Refusal } from '../../schema/errors/catalogue';
import type { Db } from '../graphql/context';
import { limits } from '../graphql/limits';

/** Where a key counts: the same key of another tenant, caller or operation is another key. */
export interface IdempotencyScope {
  tenant: string;
  principal: string;
  operation: string;
  key: string;
}

/** Flat and free of secrets: ids and scalars from which the payload is built again. */
export type AnswerFields = Readonly<Record<string, string | number | boolean | null>>;

/** How a command was judged, as it is kept and answered again. */
export type KeptAnswer = { position: string; revision: string | null } & ({ answer: AnswerFields } | { refusal: Refusal });

export type Claim =
  /** It is yours to run; end it with `complete` or `release`. */
  | { kind: 'claimed'; claim: string }
  | { kind: 'answered'; answer: KeptAnswer }
  /** The key was used with another payload. */
  | { kind: 'mismatch' }
  /** A twin is running. */
  | { kind: 'in_progress'; retryAfterMs: number };

/** Keeps what mutations answered, so that asking again with the same key has one effect and one answer. */
export interface IdempotencyStore {
  /** Claims the record, or says why not. A record whose holder let its lease run out is taken over. */
  begin(scope: IdempotencyScope, payloadFingerprint: string): Promise<Claim>;
  /** Keeps the answer for its days. No effect once another took the record over: it answers the same. */
  complete(scope: IdempotencyScope, claim: string, answer: KeptAnswer): Promise<void>;
  /** Gives the record up without an answer. It stays bound to its payload, so that a repeat is the same command. */
  release(scope: IdempotencyScope, claim: string): Promise<void>;
  /** Deletes what is past its days; for cron. @returns how many records */
  removeExpired(): Promise<number>;
}

interface RecordRow {
  payload_fingerprint: string;
  answer: KeptAnswer | null;
  lease_ms: number;
}

const OF_SCOPE = 'tenant_id = $1 and principal = $2 and operation = $3 and key = $4';

/** The records of table `idempotency_record`; times are the database's, so that all nodes agree. */
export function createIdempotencyStore(db: Db): IdempotencyStore {
  return {
    async begin(scope, payloadFingerprint) {
      const claim = randomUUID();
      const claimed = await db.query(
        `insert into idempotency_record as held (tenant_id, principal, operation, key, payload_fingerprint, claim, lease_until, expires_at)
         values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 ms', now() + $8 * interval '1 day')
         on conflict (tenant_id, principal, operation, key) do update
           set payload_fingerprint = excluded.payload_fingerprint, claim = excluded.claim, lease_until = excluded.lease_until,
               answer = null, created_at = now(), expires_at = excluded.expires_at
           where held.expires_at <= now()
              or (held.answer is null and held.lease_until <= now() and held.payload_fingerprint = excluded.payload_fingerprint)
         returning claim`,
        [...placeOf(scope), payloadFingerprint, claim, limits.idempotencyLeaseMs, limits.idempotencyDays],
      );
      if (claimed.length > 0) return { kind: 'claimed', claim };

      const [record] = await db.query<RecordRow>(
        `select payload_fingerprint, answer, greatest(0, ceil(extract(epoch from lease_until - now()) * 1000))::int as lease_ms
         from idempotency_record where ${OF_SCOPE}`,
        placeOf(scope),
      );
      if (!record) return { kind: 'in_progress', retryAfterMs: 0 };
      if (record.payload_fingerprint !== payloadFingerprint) return { kind: 'mismatch' };
      if (record.answer) return { kind: 'answered', answer: record.answer };
      return { kind: 'in_progress', retryAfterMs: Math.min(record.lease_ms, 1_000) };
    },

    async complete(scope, claim, answer) {
      await db.query(
        `update idempotency_record set answer = $6 where ${OF_SCOPE} and claim = $5`, [...placeOf(scope), claim, JSON.stringify(answer)],
      );
    },

    async release(scope, claim) {
      await db.query(
        `update idempotency_record set lease_until = now() where ${OF_SCOPE} and claim = $5 and answer is null`, [...placeOf(scope), claim],
      );
    },

    async removeExpired() {
      const removed = await db.query('delete from idempotency_record where expires_at <= now() returning 1 as one');
      return removed.length;
    },
  };
}

function placeOf({ tenant, principal, operation, key }: IdempotencyScope): string[] {
  return [tenant, principal, operation, key];
}
