import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Auth, UserStanding } from '../../../src/auth/port';
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from '../../../src/auth/sessions';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
/** As long as another node may still honour what has ended. */
const WITHIN_MS = 1_000;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let now: number;
const node = (): Auth => authOn(pool, { masterKey, clock: () => new Date(now) });
let auth: Auth;
let revision = 0n;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_standing, auth_sessions, auth_tenants, auth_passwords');
  now = Date.UTC(2030, 0, 1);
  auth = node();
});

const standing: UserStanding = { tenantId: 't1', role: 'admin', active: true, tier: 'free', dailyRequests: undefined };
const stand = (userId: string, as: UserStanding | undefined): Promise<void> => auth.standings.setUser(userId, as, ++revision);
const open = async (userId = 'u1', tenantId = 't1'): Promise<{ token: string; sessionId: string }> => {
  await stand(userId, { ...standing, tenantId });
  return auth.sessions.open({ userId, tenantId, method: 'password', address: null, device: null });
};
const kind = async (of: Auth, token: string): Promise<string> => (await of.authenticate({ kind: 'cookie', token })).kind;

describe('sessions', () => {
  it('prove who calls, on every node, by cookie and by header alike', async () => {
    const { token, sessionId } = await open();
    const proven = { kind: 'user', userId: 'u1', tenantId: 't1', role: 'admin', operator: false, proof: { kind: 'session', sessionId } };
    expect(await auth.authenticate({ kind: 'cookie', token })).toMatchObject(proven);
    expect(await node().authenticate({ kind: 'session', token })).toMatchObject(proven);
  });

  it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(100_000), "' or 1=1 --"])('are not proven by %p', async (token) => {
    await open();
    expect(await auth.authenticate({ kind: 'cookie', token })).toEqual({ kind: 'anonymous' });
    await expect(auth.authenticate({ kind: 'session', token })).rejects.toMatchObject({ refusal: { code: 'E4011', rule: 'credential' } });
  });

  it('74: have 256 random bits, of which only a digest is kept', async () => {
    const tokens = new Set<string>();
    for (let n = 0; n < 50; n++) tokens.add((await open()).token);
    expect(tokens.size).toBe(50);
    const { rows } = await pool.query('select s::text as row, token_digest from auth_sessions s');
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect(rows.some(({ token_digest: digest }) => createHash('sha256').update(token).digest().equals(digest))).toBe(true);
      expect(rows.some(({ row }) => row.includes(token))).toBe(false);
    }
  });

  it('TEST-05: end after 8 hours without use and after 24 hours at most', async () => {
    const [idle, used] = [await open('idle'), await open('used')];
    const start = now;
    while (now < start + SESSION_IDLE_MS - 60_000) {
      now += 60 * 60_000 - 10_000;
      expect(await kind(auth, used.token)).toBe('user');
    }
    now = start + SESSION_IDLE_MS;
    expect(await kind(auth, idle.token)).toBe('anonymous');
    while (now < start + SESSION_LIFETIME_MS - 2 * 60 * 60_000) {
      now += 60 * 60_000;
      expect(await kind(auth, used.token)).toBe('user');
    }
    now = start + SESSION_LIFETIME_MS - 1;
    expect(await kind(auth, used.token)).toBe('user');
    now += WITHIN_MS;
    expect(await kind(auth, used.token)).toBe('anonymous');
    expect(await auth.sessions.of(['idle', 'used'])).toEqual([]);
  });

  it('are listed with their newest use, and only in their tenant', async () => {
    const [first, second, other] = [await open('u1'), await open('u1'), await open('u2', 't2')];
    now += 120_000;
    await kind(auth, first.token);
    expect((await auth.sessions.of(['u1'])).map(({ sessionId, lastSeenAt }) => [sessionId, lastSeenAt.getTime()])).toEqual([
      [first.sessionId, now], [second.sessionId, now - 120_000],
    ]);
    expect(await auth.sessions.find(other.sessionId, 't1')).toBeUndefined();
    expect(await auth.sessions.find('not an id', 't1')).toBeUndefined();
    expect(await auth.sessions.find(other.sessionId, 't2')).toMatchObject({ userId: 'u2' });
  });

  it('remember an answer shorter than a second', async () => {
    const { token, sessionId } = await open();
    const other = node();
    const statements = jest.spyOn(pool, 'query');
    try {
      for (let n = 0; n < 20; n++) await kind(other, token);
      expect(statements).toHaveBeenCalledTimes(1);
    } finally {
      statements.mockRestore();
    }
    await auth.sessions.close(sessionId);
    expect(await kind(auth, token)).toBe('anonymous');
    now += WITHIN_MS;
    expect(await kind(other, token)).toBe('anonymous');
  });

  const ends: [string, (session: { sessionId: string }) => Promise<unknown>][] = [
    ['sign-out', ({ sessionId }) => auth.sessions.close(sessionId)],
    ['sign-out everywhere', () => auth.sessions.closeAllOf('u1')],
    ['a new password', () => auth.passwords.set('u1', 'violet tram on ice')],
    ['an imported password', () => auth.passwords.importHash('u1', `pbkdf2_sha256$1000$${'A'.repeat(22)}$${'A'.repeat(43)}`)],
    ['another role', () => stand('u1', { ...standing, role: 'auditor' })],
    ['deactivation', () => stand('u1', { ...standing, active: false })],
    ['deletion', () => stand('u1', undefined)],
    ['a move to another tenant', () => stand('u1', { ...standing, tenantId: 't2' })],
  ];
  it.each(ends)('73, 75: end with %s within a second on every node, and do not come back', async (_what, end) => {
    const session = await open();
    const other = node();
    expect(await kind(other, session.token)).toBe('user');
    await end(session);
    expect(await kind(auth, session.token)).toBe('anonymous');
    now += WITHIN_MS;
    expect(await kind(other, session.token)).toBe('anonymous');
    await stand('u1', standing);
    now += WITHIN_MS;
    expect(await kind(auth, session.token)).toBe('anonymous');
  });

  it('rest while their tenant is suspended', async () => {
    const { token } = await open();
    await auth.standings.setTenant('t1', { active: false, isDefault: false, revision: 0n });
    expect(await kind(auth, token)).toBe('anonymous');
    now += WITHIN_MS;
    expect(await kind(node(), token)).toBe('anonymous');
  });

  it('stay with another tier or limit, and of others when one ends', async () => {
    const [one, two] = [await open('u1'), await open('u2')];
    await stand('u2', { ...standing, tier: 'gold', dailyRequests: 5 });
    await auth.passwords.set('u1', 'violet tram on ice');
    expect(await kind(auth, one.token)).toBe('anonymous');
    expect(await kind(auth, two.token)).toBe('user');
  });

  it('end all but one', async () => {
    const [one, two, three] = [await open(), await open(), await open()];
    const ended = await auth.sessions.closeAllOf('u1', two);
    expect(new Set(ended)).toEqual(new Set([one.sessionId, three.sessionId]));
    expect(await Promise.all([one, two, three].map(({ token }) => kind(auth, token)))).toEqual(['anonymous', 'user', 'anonymous']);
  });

  it('that expired leave the table when others open', async () => {
    await open();
    now += SESSION_LIFETIME_MS;
    await open();
    expect((await pool.query('select 1 from auth_sessions')).rowCount).toBe(1);
  });

  it('are not remembered as failed when the database was away for a moment', async () => {
    const { token } = await open();
    const failing = jest.spyOn(pool, 'query').mockImplementationOnce(() => Promise.reject(new Error('connection lost')) as never);
    try {
      await expect(kind(auth, token)).rejects.toThrow('connection lost');
      expect(await kind(auth, token)).toBe('user');
    } finally {
      failing.mockRestore();
    }
  });
});
