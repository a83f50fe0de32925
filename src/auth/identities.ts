import { createHmac } from 'node:crypto';
import { deriveKey } from '../vault/cipher';
import type { SqlPool } from '../vault/sql-pool';
import type { Identities } from './port';

const SET = `
  insert into auth_identities as i (digest, user_id, tenant_id, provider, linked_at, revision) values ($1, $2, $3, $4, $5, $6)
  on conflict (digest) do update set
    user_id = excluded.user_id, tenant_id = excluded.tenant_id, provider = excluded.provider,
    linked_at = excluded.linked_at, revision = excluded.revision, leaving_until = null
  where i.revision < excluded.revision`;

/** All of a person's rows are locked, so of two that leave at once the second sees that the first does. */
const LEAVE = `
  with mine as materialized (
    select digest, leaving_until from auth_identities where user_id = $1 order by digest for update
  ), leaving as (
    update auth_identities set leaving_until = $4
    where digest = $2 and exists (select 1 from mine where digest = $2) and (
      exists (select 1 from auth_passwords where user_id = $1)
      or exists (select 1 from mine other where other.digest <> $2 and coalesce(other.leaving_until <= $3, true))
    )
    returning 1
  )
  select exists (select 1 from mine where digest = $2) as linked, exists (select 1 from leaving) as leaving`;
/** Longer than any command runs, and than the reactor needs when the server dies after it. */
const LEAVING_MS = 60_000;

/** Accounts elsewhere on `auth_identities`; issuer and subject stand there as a keyed digest only. */
export function createIdentities({ pool, masterKey, clock }: { pool: SqlPool; masterKey: Buffer; clock: () => Date }): Identities {
  const key = deriveKey(masterKey, ['identity']);
  const digest = (issuer: string, subject: string): string => createHmac('sha256', key).update(JSON.stringify([issuer, subject])).digest('hex');
  return {
    digest,
    async find(issuer, subject) {
      const { rows: [row] } = await pool.query<{ user_id: string; tenant_id: string }>(
        'select user_id, tenant_id from auth_identities where digest = $1 and user_id is not null', [digest(issuer, subject)]);
      return row && { userId: row.user_id, tenantId: row.tenant_id };
    },
    async set(of, owner, revision) {
      await pool.query(SET, [of, owner?.userId ?? null, owner?.tenantId ?? null, owner?.provider ?? null, clock(), revision]);
    },
    async leave(of, userId) {
      const now = clock();
      const { rows: [row] } = await pool.query<{ linked: boolean; leaving: boolean }>(
        LEAVE, [userId, of, now, new Date(now.getTime() + LEAVING_MS)]);
      if (!row!.linked) return 'not_linked';
      return row!.leaving ? 'leaving' : 'last_way_in';
    },
    async of(userId) {
      const { rows } = await pool.query<{ digest: string; provider: string; linked_at: Date }>(
        'select digest, provider, linked_at from auth_identities where user_id = $1 order by linked_at', [userId]);
      return rows.map((row) => ({ digest: row.digest, provider: row.provider, linkedAt: row.linked_at }));
    },
  };
}
