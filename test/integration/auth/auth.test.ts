import { createHash, randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Pool } from 'pg';
import { createAuth } from '../../../src/auth/auth';
import type { Auth } from '../../../src/auth/port';
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from '../../../src/auth/sessions';
import { deriveKey } from '../../../src/vault/cipher';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
const GOOD = 'violet tram on ice';
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let now: number;
const node = (): Auth => createAuth({ pool, masterKey, clock: () => new Date(now) });
let auth: Auth;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_passwords, auth_standing, auth_sessions, auth_setup');
  now = Date.UTC(2030, 0, 1);
  auth = node();
});

describe('passwords', () => {
  it('match in any Unicode form, and nothing else does', async () => {
    await auth.setPassword('u1', 'fine café in Wien');
    expect(await auth.verifyPassword('u1', 'ﬁne cafe\u0301 in Wien')).toBe(true);
    for (const wrong of ['fine café in wien', 'fine café in Wien ', '', 'x'.repeat(1_000_000)]) {
      expect(await auth.verifyPassword('u1', wrong)).toBe(false);
    }
    expect(await auth.verifyPassword('nobody', GOOD)).toBe(false);
    expect(await auth.verifyPassword(undefined, GOOD)).toBe(false);
  });

  it('are kept as peppered argon2id of the documented cost', async () => {
    await auth.setPassword('u1', GOOD);
    const { rows } = await pool.query('select hash from auth_passwords');
    expect(rows[0].hash).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(await createAuth({ pool, masterKey: randomBytes(32), clock: () => new Date(now) }).verifyPassword('u1', GOOD)).toBe(false);
  });

  it('of a lower cost are made stronger when they are next used', async () => {
    const weak = await hash(GOOD, { memoryCost: 8_192, timeCost: 1, secret: deriveKey(masterKey, ['password pepper']) });
    await pool.query('insert into auth_passwords values ($1, $2, now())', ['u1', weak]);
    expect(await auth.verifyPassword('u1', 'not it, not it')).toBe(false);
    expect(await Promise.all([auth.verifyPassword('u1', GOOD), node().verifyPassword('u1', GOOD)])).toEqual([true, true]);
    const { rows } = await pool.query('select hash from auth_passwords');
    expect(rows[0].hash).toContain('m=47104');
    expect(await auth.verifyPassword('u1', GOOD)).toBe(true);
  });

  it('that break a rule are refused and change nothing', async () => {
    await auth.setPassword('u1', GOOD);
    await expect(auth.setPassword('u1', 'short')).rejects.toMatchObject({ refusal: { code: 'V1001' } });
    expect(await auth.verifyPassword('u1', GOOD)).toBe(true);
  });

  it('are hashed a few at a time; the flood beyond the queue is told to wait', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 90 }, () => auth.verifyPassword(undefined, GOOD)));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason.refusal.code);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['E4291']));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled').length).toBeGreaterThanOrEqual(64);
  });
});

describe('sessions', () => {
  const standing = { tenantId: 't1', role: 'admin', active: true } as const;
  const signedIn = async (userId = 'u1'): Promise<string> => {
    await auth.setStanding(userId, standing);
    return auth.openSession({ userId, tenantId: 't1' });
  };
  const kind = async (of: Auth, token: string | undefined): Promise<string> => (await of.authenticate(token)).kind;

  it('prove who calls, on every node', async () => {
    const token = await signedIn();
    expect(await auth.authenticate(token)).toMatchObject({ kind: 'user', userId: 'u1', tenantId: 't1', role: 'admin' });
    expect(await node().authenticate(token)).toEqual(await auth.authenticate(token));
  });

  it.each([undefined, '', 'x', 'a'.repeat(43), 'a'.repeat(100_000), "' or 1=1 --"])('are not proven by %p', async (token) => {
    await signedIn();
    expect(await auth.authenticate(token?.slice(0, 200_000))).toEqual({ kind: 'anonymous' });
  });

  it('keep only a digest of the token', async () => {
    const token = await signedIn();
    const { rows } = await pool.query(`select s::text as row, token_digest from auth_sessions s`);
    expect(rows[0].row).not.toContain(token);
    expect(rows[0].token_digest).toEqual(createHash('sha256').update(token).digest());
  });

  it('end after 8 hours without use and after 24 hours at most', async () => {
    const idle = await signedIn('idle');
    const used = await signedIn('used');
    const start = now;
    while (now < start + SESSION_IDLE_MS - 60_000) {
      now += 60 * 60_000 - 10_000;
      expect(await kind(auth, used)).toBe('user');
    }
    now = start + SESSION_IDLE_MS;
    expect(await kind(auth, idle)).toBe('anonymous');
    while (now < start + SESSION_LIFETIME_MS - 2 * 60 * 60_000) {
      now += 60 * 60_000;
      expect(await kind(auth, used)).toBe('user');
    }
    now = start + SESSION_LIFETIME_MS - 1;
    expect(await kind(auth, used)).toBe('user');
    now += 1_001;
    expect(await kind(auth, used)).toBe('anonymous');
  });

  it('remember an answer for one second and no longer', async () => {
    const token = await signedIn();
    const other = node();
    const statements = jest.spyOn(pool, 'query');
    try {
      for (let i = 0; i < 20; i++) await other.authenticate(token);
      expect(statements).toHaveBeenCalledTimes(1);
    } finally {
      statements.mockRestore();
    }
    const principal = await auth.authenticate(token);
    await auth.closeSession(principal.kind === 'user' ? principal.sessionId : '');
    expect(await kind(auth, token)).toBe('anonymous');
    now += 1_000;
    expect(await kind(other, token)).toBe('anonymous');
  });

  it.each([
    ['sign-out', async (token: string) => {
      const principal = await auth.authenticate(token);
      if (principal.kind === 'user') await auth.closeSession(principal.sessionId);
    }],
    ['a new password', () => auth.setPassword('u1', GOOD)],
    ['deactivation', () => auth.setStanding('u1', { ...standing, active: false })],
    ['a move to another tenant', () => auth.setStanding('u1', { ...standing, tenantId: 't2' })],
  ])('end with %s within a second on every node, and do not come back', async (_what, end) => {
    const token = await signedIn();
    const other = node();
    expect(await kind(other, token)).toBe('user');
    await end(token);
    expect(await kind(auth, token)).toBe('anonymous');
    now += 1_000;
    expect(await kind(other, token)).toBe('anonymous');
    await auth.setStanding('u1', standing);
    expect(await kind(auth, token)).toBe('anonymous');
  });

  it('are judged with the newest role', async () => {
    const token = await signedIn();
    const other = node();
    await other.authenticate(token);
    await auth.setStanding('u1', { ...standing, role: 'auditor' });
    expect(await auth.authenticate(token)).toMatchObject({ role: 'auditor' });
    now += 1_000;
    expect(await other.authenticate(token)).toMatchObject({ role: 'auditor' });
  });

  it('of others stay when one ends', async () => {
    const [one, two] = [await signedIn('u1'), await signedIn('u2')];
    await auth.setPassword('u1', GOOD);
    expect(await kind(auth, one)).toBe('anonymous');
    expect(await kind(auth, two)).toBe('user');
  });

  it('that expired leave the table when others open', async () => {
    await signedIn();
    now += SESSION_LIFETIME_MS;
    await signedIn();
    expect((await pool.query('select 1 from auth_sessions')).rowCount).toBe(1);
  });

  it('are not remembered as failed when the database was away for a moment', async () => {
    const token = await signedIn();
    const failing = jest.spyOn(pool, 'query').mockImplementationOnce(() => Promise.reject(new Error('connection lost')) as never);
    try {
      await expect(auth.authenticate(token)).rejects.toThrow('connection lost');
      expect(await kind(auth, token)).toBe('user');
    } finally {
      failing.mockRestore();
    }
  });
});

describe('the set-up token', () => {
  it('is the same on every node and after every restart, and not in the database', async () => {
    const token = await auth.setupToken();
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await Promise.all([node().setupToken(), auth.setupToken(), node().setupToken()])).toEqual([token, token, token]);
    const { rows } = await pool.query(`select encode(seed, 'base64') as seed from auth_setup`);
    expect(Buffer.from(rows[0].seed, 'base64')).not.toEqual(Buffer.from(token!, 'base64url'));
  });

  it('lets exactly one of 1,000 racing callers win', async () => {
    const token = (await auth.setupToken())!;
    const nodes = [auth, node(), node()];
    const won = await Promise.all(Array.from({ length: 1_000 }, (_, i) => nodes[i % 3]!.consumeSetupToken(token)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await auth.consumeSetupToken(token)).toBe(false);
    expect(await auth.setupToken()).toBeUndefined();
  });

  it('is not guessed', async () => {
    const token = (await auth.setupToken())!;
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, 'A'.repeat(43)]) expect(await auth.consumeSetupToken(wrong)).toBe(false);
    expect(await auth.consumeSetupToken(token)).toBe(true);
  });

  it('is neither given nor taken once there is an owner', async () => {
    const token = (await auth.setupToken())!;
    await auth.setStanding('u1', { tenantId: 't1', role: 'owner', active: true });
    expect(await auth.setupToken()).toBeUndefined();
    expect(await auth.consumeSetupToken(token)).toBe(false);
  });

  it('is issued anew when the set-up that used it made no owner', async () => {
    const token = (await auth.setupToken())!;
    await auth.consumeSetupToken(token);
    now += 60_001;
    const second = await auth.setupToken();
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(token);
    expect(await auth.consumeSetupToken(token)).toBe(false);
    expect(await auth.consumeSetupToken(second!)).toBe(true);
  });
});
