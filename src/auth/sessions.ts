import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { SqlPool } from '../vault/sql-pool';
import type { Sealed } from '../vault/port';
import { principalOf, type PersonRow } from './people';
import type { SessionInfo, Sessions, SignInMethod } from './port';
import { ANONYMOUS, type Principal } from './principal';

export const SESSION_LIFETIME_MS = 24 * 60 * 60_000;
export const SESSION_IDLE_MS = 8 * 60 * 60_000;
/** "Last seen" is written at most this often, so that reading stays reading. */
const TOUCH_EVERY_MS = 60_000;
const TOKEN_BYTES = 32;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/;

const OPEN = `
  with expired as (
    delete from auth_sessions where token_digest in (select token_digest from auth_sessions where expires_at <= $5 limit 100)
  )
  insert into auth_sessions (token_digest, session_id, user_id, tenant_id, opened_at, last_seen_at, expires_at, method, address, device)
  values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)`;

const VALID = 's.expires_at > $2 and s.last_seen_at > $3';

const JUDGE = `
  select s.session_id, s.last_seen_at, p.user_id, p.tenant_id, p.role, p.operator, p.features
  from auth_sessions s
  join auth_people p on p.user_id = s.user_id and p.tenant_id = s.tenant_id
  where s.token_digest = $1 and ${VALID} and p.active`;

/** Those that were over by themselves go too, and are not told of: nobody saw them any more. */
const CLOSE_ALL = `
  with s as (
    delete from auth_sessions where user_id = $1 and session_id::text is distinct from $4 returning session_id, expires_at, last_seen_at
  )
  select s.session_id from s where ${VALID}`;

interface JudgedRow extends PersonRow {
  session_id: string;
  last_seen_at: Date;
}

interface SessionRow extends Record<string, unknown> {
  session_id: string;
  user_id: string;
  tenant_id: string;
  method: SignInMethod;
  address: Sealed | null;
  device: Sealed | null;
  opened_at: Date;
  last_seen_at: Date;
  expires_at: Date;
}

const toInfo = (row: SessionRow): SessionInfo => ({
  sessionId: row.session_id, userId: row.user_id, tenantId: row.tenant_id, method: row.method, address: row.address, device: row.device,
  openedAt: row.opened_at, lastSeenAt: row.last_seen_at, expiresAt: row.expires_at,
});

export interface JudgedSessions extends Sessions {
  /** The person of a token; anonymous when it is not valid. */
  judge(token: string): Promise<Principal>;
}

/**
 * Sessions on `auth_sessions`: 256 random bits in the cookie, their SHA-256 at rest; 24 hours at most, 8 hours idle.
 * @param forget what was remembered of callers on this node
 */
export function createSessions({ pool, clock, forget }: { pool: SqlPool; clock: () => Date; forget(): void }): JudgedSessions {
  const idleSince = (now: Date): Date => new Date(now.getTime() - SESSION_IDLE_MS);
  const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

  return {
    async judge(token) {
      if (!TOKEN_SHAPE.test(token)) return ANONYMOUS;
      const [now, digest] = [clock(), digestOf(token)];
      const { rows: [row] } = await pool.query<JudgedRow>(JUDGE, [digest, now, idleSince(now)]);
      if (!row) return ANONYMOUS;
      if (now.getTime() - row.last_seen_at.getTime() >= TOUCH_EVERY_MS) {
        await pool.query('update auth_sessions set last_seen_at = greatest(last_seen_at, $2) where token_digest = $1', [digest, now]);
      }
      return principalOf(row, { kind: 'session', sessionId: row.session_id });
    },

    async open({ userId, tenantId, method, address, device }) {
      const [token, sessionId, now] = [randomBytes(TOKEN_BYTES).toString('base64url'), randomUUID(), clock()];
      const expiresAt = new Date(now.getTime() + SESSION_LIFETIME_MS);
      await pool.query(OPEN, [
        digestOf(token), sessionId, userId, tenantId, now, expiresAt, method,
        address && JSON.stringify(address), device && JSON.stringify(device),
      ]);
      return { token, sessionId, expiresAt };
    },

    async of(userIds) {
      const now = clock();
      const { rows } = await pool.query<SessionRow>(
        `select s.* from auth_sessions s where s.user_id = any($1) and ${VALID} order by s.last_seen_at desc, s.session_id`,
        [userIds, now, idleSince(now)]);
      return rows.map(toInfo);
    },

    async find(sessionId, tenantId) {
      const now = clock();
      const { rows: [row] } = await pool.query<SessionRow>(
        `select s.* from auth_sessions s where s.session_id::text = $1 and ${VALID} and s.tenant_id = $4`,
        [sessionId, now, idleSince(now), tenantId]);
      return row && toInfo(row);
    },

    async close(sessionId) {
      const { rowCount } = await pool.query('delete from auth_sessions where session_id::text = $1', [sessionId]);
      forget();
      return rowCount === 1;
    },

    async closeAllOf(userId, but) {
      const now = clock();
      const { rows } = await pool.query<{ session_id: string }>(CLOSE_ALL, [userId, now, idleSince(now), but?.sessionId ?? null]);
      forget();
      return rows.map(({ session_id }) => session_id);
    },
  };
}
