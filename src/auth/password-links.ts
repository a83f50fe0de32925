import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { SqlPool } from '../vault/sql-pool';
import type { PasswordLinks } from './port';

export const PASSWORD_LINK_MS = 60 * 60_000;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/;

const ISSUE = `
  insert into auth_password_links (user_id, tenant_id, link_id, token_digest, expires_at) values ($1, $2, $3, $4, $5)
  on conflict (user_id) do update set
    tenant_id = excluded.tenant_id, link_id = excluded.link_id, token_digest = excluded.token_digest, expires_at = excluded.expires_at`;

/** By what the link of a token is found; undefined for what cannot be one. */
export function linkDigest(token: string): Buffer | undefined {
  return TOKEN_SHAPE.test(token) ? createHash('sha256').update(token).digest() : undefined;
}

/** One-time links on `auth_password_links`: 256 random bits in the link, their SHA-256 at rest. */
export function createPasswordLinks({ pool, clock }: { pool: SqlPool; clock: () => Date }): PasswordLinks {
  return {
    async issue(userId, tenantId) {
      const [token, linkId] = [randomBytes(32).toString('base64url'), randomUUID()];
      const expiresAt = new Date(clock().getTime() + PASSWORD_LINK_MS);
      await pool.query(ISSUE, [userId, tenantId, linkId, linkDigest(token), expiresAt]);
      return { token, linkId, expiresAt };
    },
    async find(token) {
      const digest = linkDigest(token);
      if (!digest) return undefined;
      const { rows: [row] } = await pool.query<{ user_id: string; tenant_id: string; link_id: string }>(
        'select user_id, tenant_id, link_id from auth_password_links where token_digest = $1 and expires_at > $2', [digest, clock()]);
      return row && { userId: row.user_id, tenantId: row.tenant_id, linkId: row.link_id };
    },
  };
}
