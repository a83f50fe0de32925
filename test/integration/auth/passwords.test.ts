import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Pool } from 'pg';
import type { Auth } from '../../../src/auth/port';
import { deriveKey } from '../../../src/vault/cipher';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
const GOOD = 'violet tram on ice';
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
const node = (): Auth => authOn(pool, { masterKey });
let auth: Auth;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_passwords, auth_password_links, auth_sessions');
  auth = node();
});

const kept = async (userId = 'u1'): Promise<string> =>
  (await pool.query<{ hash: string }>('select hash from auth_passwords where user_id = $1', [userId])).rows[0]!.hash;

describe('passwords', () => {
  it('match in any Unicode form, and nothing else does', async () => {
    await auth.passwords.set('u1', 'fine café in Wien');
    expect(await auth.passwords.verify('u1', 'ﬁne cafe\u0301 in Wien')).toBe(true);
    for (const wrong of ['fine café in wien', 'fine café in Wien ', '', 'x'.repeat(1_000_000)]) {
      expect(await auth.passwords.verify('u1', wrong)).toBe(false);
    }
    expect(await auth.passwords.verify('nobody', GOOD)).toBe(false);
    expect(await auth.passwords.verify(undefined, GOOD)).toBe(false);
  });

  it('are kept as peppered argon2id of the documented cost', async () => {
    await auth.passwords.set('u1', GOOD);
    expect(await kept()).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(await authOn(pool).passwords.verify('u1', GOOD)).toBe(false);
  });

  it('of a lower cost are made stronger when they are next used', async () => {
    const weak = await hash(GOOD, { memoryCost: 8_192, timeCost: 1, secret: deriveKey(masterKey, ['password pepper']) });
    await pool.query('insert into auth_passwords values ($1, $2, now())', ['u1', weak]);
    expect(await auth.passwords.verify('u1', 'not it, not it')).toBe(false);
    expect(await Promise.all([auth.passwords.verify('u1', GOOD), node().passwords.verify('u1', GOOD)])).toEqual([true, true]);
    expect(await kept()).toContain('m=47104');
    expect(await auth.passwords.verify('u1', GOOD)).toBe(true);
  });

  it('that break a rule are refused and change nothing', async () => {
    await auth.passwords.set('u1', GOOD);
    await expect(auth.passwords.set('u1', 'short')).rejects.toMatchObject({ refusal: { code: 'V1001' } });
    expect(await auth.passwords.verify('u1', GOOD)).toBe(true);
  });

  it('that were proven are replaced unless another one was set meanwhile', async () => {
    let now = Date.UTC(2030, 0, 1);
    const { passwords, sessions } = authOn(pool, { masterKey, clock: () => new Date(now) });
    await passwords.set('u1', GOOD);
    const proven = (await passwords.since('u1'))!;
    now += 1;
    await passwords.set('u1', 'set by an operator');
    now += 1;
    expect(await passwords.replace('u1', 'chosen by a thief', proven)).toBeUndefined();
    expect(await passwords.verify('u1', 'set by an operator')).toBe(true);

    await sessions.open({ userId: 'u1', tenantId: 't1', method: 'password', address: null, device: null });
    const since = await passwords.replace('u1', 'chosen by the owner', (await passwords.since('u1'))!);
    expect(since).toEqual(new Date(now));
    expect(await passwords.since('u1')).toEqual(since);
    expect(await passwords.verify('u1', 'chosen by the owner')).toBe(true);
    expect(await sessions.of(['u1'])).toEqual([]);
    expect(await passwords.replace('nobody', GOOD, since!)).toBeUndefined();
  });

  it('can be taken away', async () => {
    expect(await auth.passwords.has('u1')).toBe(false);
    await auth.passwords.set('u1', GOOD);
    expect(await auth.passwords.has('u1')).toBe(true);
    await auth.passwords.remove('u1');
    expect(await auth.passwords.has('u1')).toBe(false);
    expect(await auth.passwords.verify('u1', GOOD)).toBe(false);
  });

  it('67: are hashed a few at a time; the flood beyond the queue is told to wait, and others are served', async () => {
    const attempts = Promise.allSettled(Array.from({ length: 1_000 }, () => auth.passwords.verify(undefined, GOOD)));
    let [longest, last] = [0, performance.now()];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await pool.query('select 1');
    const settled = await attempts;
    clearInterval(timer);
    const refused = settled.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason.refusal.code);
    expect(settled.length - refused.length).toBeGreaterThanOrEqual(64);
    expect(refused.length).toBeGreaterThan(800);
    expect(new Set(refused)).toEqual(new Set(['E4291']));
    expect(longest).toBeLessThan(1_000);
  });

  it('of a batch wait for each other, and let people in', async () => {
    await auth.passwords.set('u1', GOOD);
    const batch = Promise.all(Array.from({ length: 100 }, (_, n) => auth.passwords.set(`b${n}`, GOOD, { batch: true }).then(() => n)));
    const people = await Promise.all(Array.from({ length: 40 }, () => auth.passwords.verify('u1', GOOD)));
    expect(people).toEqual(Array.from({ length: 40 }, () => true));
    expect(await batch).toHaveLength(100);
    expect(await auth.passwords.verify('b99', GOOD)).toBe(true);
  }, 30_000);
});

describe('TEST-04, 66: hashes of another system', () => {
  /** Made by Python's hashlib, as the system they come from makes them. */
  const golden = {
    padded: 'pbkdf2_sha256$200000$AAECAwQFBgcICQoLDA0ODw==$UgGznPVXVEDlBj9uANiK0JQj7WeohbYWHxaTyItP1Ck=',
    bare: 'pbkdf2_sha256$600000$AAECAwQFBgcICQoLDA0ODw$lqWQTC4IyNpCMF28xdfPGOrSY21J9ZUmtgbyZpYoFHM',
  };
  const made = (password: string, rounds = 1_000): string => {
    const salt = randomBytes(16);
    return `pbkdf2_sha256$${rounds}$${salt.toString('base64url')}$${pbkdf2Sync(password, salt, rounds, 32, 'sha256').toString('base64url')}`;
  };

  it.each(Object.entries(golden))('sign in, and are argon2id from then on: %s', async (_form, imported) => {
    await auth.passwords.importHash('u1', imported);
    expect(await auth.passwords.verify('u1', 'not it')).toBe(false);
    expect(await kept()).toBe(imported);
    expect(await auth.passwords.verify('u1', 'correct horse')).toBe(true);
    expect(await kept()).toMatch(/^\$argon2id\$v=19\$m=47104/);
    expect(await auth.passwords.verify('u1', 'correct horse')).toBe(true);
    expect(await auth.passwords.verify('u1', 'not it')).toBe(false);
  });

  it('are upgraded once by two sign-ins at once, and never over a password that was set meanwhile', async () => {
    await auth.passwords.importHash('u1', made('old word'));
    expect(await Promise.all([auth.passwords.verify('u1', 'old word'), node().passwords.verify('u1', 'old word')])).toEqual([true, true]);
    expect(await auth.passwords.verify('u1', 'old word')).toBe(true);

    await auth.passwords.importHash('u1', made('old word'));
    const statements = jest.spyOn(pool, 'query');
    const slow = auth.passwords.verify('u1', 'old word');
    await statements.mock.results[0]!.value;
    statements.mockRestore();
    await pool.query(`update auth_passwords set hash = 'set meanwhile' where user_id = 'u1'`);
    expect(await slow).toBe(true);
    expect(await kept()).toBe('set meanwhile');
  });

  it('of any changed byte do not sign in', async () => {
    const imported = made('old word');
    const at = imported.length - 10;
    await auth.passwords.importHash('u1', `${imported.slice(0, at)}${imported[at] === 'A' ? 'B' : 'A'}${imported.slice(at + 1)}`);
    expect(await auth.passwords.verify('u1', 'old word')).toBe(false);
  });

  const [, , salt, digest] = made('x').split('$');
  it.each([
    '', 'plain', `pbkdf2_sha1$1000$${salt}$${digest}`, `pbkdf2_sha256$999$${salt}$${digest}`, `pbkdf2_sha256$2000001$${salt}$${digest}`,
    `pbkdf2_sha256$1e5$${salt}$${digest}`, `pbkdf2_sha256$-1000$${salt}$${digest}`, `pbkdf2_sha256$1000$$${digest}`,
    `pbkdf2_sha256$1000$${salt}$`, `pbkdf2_sha256$1000$${salt}$${digest!.slice(4)}`, `pbkdf2_sha256$1000$${salt}$${digest}$more`,
    `pbkdf2_sha256$1000$salt with space$${digest}`, '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA',
  ])('of another form are refused: %p', async (imported) => {
    await expect(auth.passwords.importHash('u1', imported)).rejects.toMatchObject({ refusal: { code: 'V1001', rule: 'password_hash', path: ['passwordHash'] } });
    expect(await auth.passwords.has('u1')).toBe(false);
  });
});

describe('80: links for choosing a password', () => {
  it('are kept as a digest, one for each user, and work once', async () => {
    const first = await auth.passwordLinks.issue('u1', 't1');
    const { token, linkId } = await auth.passwordLinks.issue('u1', 't1');
    const { rows } = await pool.query(`select l::text as row from auth_password_links l`);
    expect(rows).toHaveLength(1);
    expect(rows[0].row).not.toContain(token);
    expect(await auth.passwordLinks.find(first.token)).toBeUndefined();
    expect(await auth.passwordLinks.find(token)).toEqual({ userId: 'u1', tenantId: 't1', linkId });
    const won = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? auth : node()).passwords.setByLink(token, `${GOOD} ${n}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await auth.passwordLinks.find(token)).toBeUndefined();
    expect(await auth.passwords.verify('u1', `${GOOD} ${won.findIndex(Boolean)}`)).toBe(true);
  });

  it('work until a password is kept: a weak one, or too many who sign in, use none up', async () => {
    const { token } = await auth.passwordLinks.issue('u1', 't1');
    await expect(auth.passwords.setByLink(token, 'short')).rejects.toMatchObject({ refusal: { code: 'V1001' } });
    const crowd = Promise.all(Array.from({ length: 66 }, (_, n) => auth.passwords.set(`c${n}`, GOOD)));
    await expect(auth.passwords.setByLink(token, GOOD)).rejects.toMatchObject({ refusal: { code: 'E4291' } });
    await crowd;
    expect(await auth.passwords.setByLink(token, GOOD)).toEqual(await auth.passwords.since('u1'));
    expect(await auth.passwords.setByLink(token, 'another one, please')).toBeUndefined();
    expect(await auth.passwords.verify('u1', GOOD)).toBe(true);
  });

  it('of which there are none keep nothing', async () => {
    for (const token of ['', 'x', 'A'.repeat(43)]) expect(await auth.passwords.setByLink(token, GOOD)).toBeUndefined();
    expect(await auth.passwords.has('u1')).toBe(false);
  });

  it('end with a new password', async () => {
    const { token } = await auth.passwordLinks.issue('u1', 't1');
    await auth.passwords.set('u2', GOOD);
    expect(await auth.passwordLinks.find(token)).toBeDefined();
    await auth.passwords.set('u1', GOOD);
    expect(await auth.passwordLinks.find(token)).toBeUndefined();
    expect(await auth.passwords.setByLink(token, 'another one, please')).toBeUndefined();
  });

  it('expire after an hour', async () => {
    let now = Date.UTC(2030, 0, 1);
    const clocked = authOn(pool, { clock: () => new Date(now) });
    const { token, expiresAt } = await clocked.passwordLinks.issue('u1', 't1');
    expect(expiresAt.getTime()).toBe(now + 3_600_000);
    now += 3_600_000 - 1;
    expect(await clocked.passwordLinks.find(token)).toBeDefined();
    now += 1;
    expect(await clocked.passwordLinks.find(token)).toBeUndefined();
    expect(await clocked.passwords.setByLink(token, GOOD)).toBeUndefined();
  });
});
