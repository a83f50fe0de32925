import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Principal, Role } from '../graphql/context';
import { createLru } from '../vault/lru';
import type { SqlPool } from '../vault/sql-pool';

export const SESSION_LIFETIME_MS = 24 * 60 * 60_000;
export const SESSION_IDLE_MS = 8 * 60 * 60_000;
/** How long an answer may be reused, hence how long another node may still honour an ended session or an old role; sockets look every 500 ms, and together it stays below 1 s. */
const MAX_ANSWER_AGE_MS = 400;
const MAX_CACHED_ANSWERS = 10_000;
/** "Last seen" is written at most this often, so that reading stays reading. */
const TOUCH_EVERY_MS = 60_000;
const TOKEN_BYTES = 32;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/;

const ANONYMOUS: Principal = { kind: 'anonymous' };

export interface Sessions {
  open(session: { userId: string; tenantId: string }): Promise<string>;
  authenticate(token: string | undefined): Promise<Principal>;
  close(sessionId: string): Promise<void>;
  /** Forgets remembered answers on this node, after something they were judged by changed. */
  forget(): void;
}

interface SessionRow extends Record<string, unknown> {
  session_id: string;
  user_id: string;
  tenant_id: string;
  role: Role;
  last_seen_at: Date;
}

const OPEN = `
  with expired as (
    delete from auth_sessions where token_digest in (select token_digest from auth_sessions where expires_at <= $5 limit 100)
  )
  insert into auth_sessions (token_digest, session_id, user_id, tenant_id, opened_at, last_seen_at, expires_at)
  values ($1, $2, $3, $4, $5, $5, $6)`;

const JUDGE = `
  select s.session_id, s.user_id, s.tenant_id, t.role, s.last_seen_at
  from auth_sessions s
  join auth_standing t on t.user_id = s.user_id and t.tenant_id = s.tenant_id
  where s.token_digest = $1 and s.expires_at > $2 and s.last_seen_at > $3 and t.active`;

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Sessions on `auth_sessions`: 256 random bits in the cookie, their SHA-256 at rest; 24 hours at most, 8 hours idle. */
export function createSessions({ pool, clock }: { pool: SqlPool; clock: () => Date }): Sessions {
  const answers = createLru<string, Promise<Principal>>(MAX_CACHED_ANSWERS, MAX_ANSWER_AGE_MS, () => clock().getTime());

  async function judge(digest: Buffer): Promise<Principal> {
    const now = clock();
    const { rows } = await pool.query<SessionRow>(JUDGE, [digest, now, new Date(now.getTime() - SESSION_IDLE_MS)]);
    const row = rows[0];
    if (!row) return ANONYMOUS;
    if (now.getTime() - row.last_seen_at.getTime() >= TOUCH_EVERY_MS) {
      await pool.query('update auth_sessions set last_seen_at = greatest(last_seen_at, $2) where token_digest = $1', [digest, now]);
    }
    return { kind: 'user', userId: row.user_id, tenantId: row.tenant_id, role: row.role, sessionId: row.session_id };
  }

  return {
    async open({ userId, tenantId }) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const now = clock();
      await pool.query(OPEN, [digestOf(token), randomUUID(), userId, tenantId, now, new Date(now.getTime() + SESSION_LIFETIME_MS)]);
      return token;
    },

    async authenticate(token) {
      if (token === undefined || !TOKEN_SHAPE.test(token)) return ANONYMOUS;
      const digest = digestOf(token);
      const key = digest.toString('base64');
      const remembered = answers.get(key);
      if (remembered) return remembered;
      const answer = judge(digest);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      return answer;
    },

    async close(sessionId) {
      await pool.query('delete from auth_sessions where session_id::text = $1', [sessionId]);
      answers.clear();
    },

    forget: () => answers.clear(),
  };
}
