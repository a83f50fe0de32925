import { featureNames } from '../../../schema/access/features';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { newClientKey, withChecksum } from '../../../src/auth/client-key-format';
import type { Auth, KeptClientKey } from '../../../src/auth/port';
import type { Principal } from '../../../src/auth/principal';
import { reach, scopesOf } from '../../../src/graphql/access';
import { authOn } from '../../support/auth';
import { silentLog } from '../../../src/postgres/log';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
const DAY_MS = 24 * 60 * 60_000;
/** Longest time that another node may still go by an old answer. */
const A_SECOND = 1_000;

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let now: number;
let auth: Auth;
const made: Auth[] = [];
const log = { ...silentLog, warn: jest.fn() };
const node = (key = masterKey): Auth => {
  const fresh = authOn(pool, { masterKey: key, clock: () => new Date(now), log });
  made.push(fresh);
  return fresh;
};

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(async () => {
  await Promise.all(made.map((each) => each.close()));
  await database.close();
});
beforeEach(async () => {
  await pool.query('truncate auth_client_keys, auth_service_clients, auth_standing, auth_tenants, auth_features');
  now = Date.UTC(2030, 0, 1);
  auth = node();
  await auth.standings.setTenant('t1', { active: true, isDefault: true, revision: 0n });
  await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['users:read', 'audit:read'], deleted: false, revision: 0n });
  await auth.standings.setUser('u1', { tenantId: 't1', role: 'admin', active: true, tier: 'free', dailyRequests: undefined }, 1n);
});

const ofClient = (more: Partial<KeptClientKey> = {}): KeptClientKey => ({
  keyId: 'k1', tenantId: 't1', ownerKind: 'service', ownerId: 'c1', scopes: ['users:read', 'audit:read'], expiresAt: new Date(now + DAY_MS), revoked: false, ...more,
});
const ofPerson = (more: Partial<KeptClientKey> = {}): KeptClientKey => ofClient({ ownerKind: 'user', ownerId: 'u1', ...more });
async function kept(key: KeptClientKey): Promise<string> {
  const secret = auth.clientKeys.generate();
  await auth.clientKeys.keep(auth.clientKeys.fingerprint(secret), key);
  return secret;
}
/** The principal, or the refusal in words. */
async function judged(by: Auth, key: string): Promise<Principal | string> {
  try {
    return await by.authenticate({ kind: 'client_key', key });
  } catch (error) {
    const { code, rule, message } = (error as { refusal: { code: string; rule: string; message: string } }).refusal;
    return `${code} ${rule} ${message}`;
  }
}
const REFUSED = 'E4011 credential The credential that was sent is not valid.';

describe('a client key', () => {
  it('of a service client is the client, with the rights of the key that the client has', async () => {
    const key = await kept(ofClient({ scopes: ['users:read', 'pools:read'] }));
    expect(await judged(auth, key)).toEqual({
      kind: 'service', clientId: 'c1', keyId: 'k1', tenantId: 't1', scopes: ['users:read'], features: [...featureNames],
    });
    expect(await judged(node(), key)).toEqual(await judged(auth, key));
  });

  it('of a person is the person as they are now, with the rights of the key', async () => {
    const key = await kept(ofPerson({ scopes: ['users:read', 'users:write'] }));
    expect(await judged(auth, key)).toMatchObject({
      kind: 'user', userId: 'u1', tenantId: 't1', role: 'admin', operator: false, proof: { kind: 'client_key', keyId: 'k1', scopes: ['users:read', 'users:write'] },
    });
    await auth.standings.setUser('u1', { tenantId: 't1', role: 'user', active: true, tier: 'free', dailyRequests: undefined }, 1n);
    const demoted = await judged(auth, key) as Exclude<Principal, { kind: 'anonymous' }>;
    expect(scopesOf(demoted)).toEqual(['users:read']);
    expect(reach(demoted, 'users:read')).toBe('own');
  });

  it('HAPA-02: is nowhere in the database, and found under this master key only', async () => {
    const key = await kept(ofClient());
    const { rows } = await pool.query('select k::text as row from auth_client_keys k');
    expect(rows[0].row).not.toContain(key.slice(6, 20));
    expect(await judged(node(randomBytes(32)), key)).toBe(REFUSED);
  });

  it('HAPA-01: works until its last day by the clock', async () => {
    const key = await kept(ofClient({ expiresAt: new Date(now + DAY_MS) }));
    now += DAY_MS - 1;
    expect(await judged(auth, key)).toMatchObject({ kind: 'service' });
    now += A_SECOND;
    expect(await judged(auth, key)).toBe(REFUSED);
    now = Date.UTC(2030, 0, 1) + DAY_MS;
    expect(await judged(node(), key)).toBe(REFUSED);
  });

  it.each<[string, 'service' | 'user', () => Promise<unknown>]>([
    ['it is revoked', 'service', () => auth.clientKeys.keep('', ofClient({ revoked: true }))],
    ['its client is deleted', 'service', () => auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['users:read'], deleted: true, revision: 1n })],
    ['its tenant is suspended', 'service', () => auth.standings.setTenant('t1', { active: false, isDefault: true, revision: 1n })],
    ['the tenant of its person is suspended', 'user', () => auth.standings.setTenant('t1', { active: false, isDefault: true, revision: 1n })],
    ['its person is deactivated', 'user', () => auth.standings.setUser('u1', { tenantId: 't1', role: 'admin', active: false, tier: 'free', dailyRequests: null }, 1n)],
    ['its person is deleted', 'user', () => auth.standings.setUser('u1', undefined, 1n)],
    ['its person moves to another tenant', 'user', () => auth.standings.setUser('u1', { tenantId: 't2', role: 'admin', active: true, tier: 'free', dailyRequests: null }, 1n)],
  ])('opens nothing once %s, here at once and elsewhere within a second', async (_when, ownerKind, end) => {
    const key = await kept(ownerKind === 'service' ? ofClient() : ofPerson());
    const other = node();
    expect(await judged(other, key)).not.toBe(REFUSED);
    await end();
    expect(await judged(auth, key)).toBe(REFUSED);
    now += A_SECOND / 2;
    expect(await judged(other, key)).toBe(REFUSED);
  });

  it('loses what its client or tenant loses within half a second everywhere', async () => {
    const key = await kept(ofClient());
    const other = node();
    await judged(other, key);
    await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['audit:read'], deleted: false, revision: 1n });
    await auth.standings.setFeatures({ kind: 'tenant', id: 't1', tenantId: 't1' }, { features: ['runs'], revision: 0n });
    now += A_SECOND / 2;
    for (const each of [auth, other]) expect(await judged(each, key)).toMatchObject({ scopes: ['audit:read'], features: ['runs'] });
  });

  it('of an owner in another tenant opens nothing', async () => {
    expect(await judged(auth, await kept(ofClient({ tenantId: 't2' })))).toBe(REFUSED);
    expect(await judged(auth, await kept(ofPerson({ keyId: 'k2', tenantId: 't2' })))).toBe(REFUSED);
    expect(await judged(auth, await kept(ofPerson({ keyId: 'k3', ownerId: 'c1' })))).toBe(REFUSED);
    expect(await judged(auth, await kept(ofClient({ keyId: 'k4', ownerId: 'u1' })))).toBe(REFUSED);
  });

  it('that was revoked stays so, and an old standing does not come back, whoever writes last', async () => {
    const key = auth.clientKeys.generate();
    const print = auth.clientKeys.fingerprint(key);
    await auth.clientKeys.keep(print, ofClient({ revoked: true }));
    await auth.clientKeys.keep(print, ofClient());
    expect(await judged(auth, key)).toBe(REFUSED);

    const other = await kept(ofClient({ keyId: 'k2' }));
    await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['audit:read'], deleted: false, revision: 2n });
    await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['users:read', 'audit:read'], deleted: false, revision: 1n });
    expect(await judged(auth, other)).toMatchObject({ scopes: ['audit:read'] });
    await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: [], deleted: true, revision: 3n });
    await auth.standings.setServiceClient('c1', { tenantId: 't1', scopes: ['users:read'], deleted: false, revision: 2n });
    expect(await judged(auth, other)).toBe(REFUSED);
  });

  it('is not looked up when it cannot be one', async () => {
    const key = await kept(ofClient());
    const statements = jest.spyOn(pool, 'query');
    try {
      for (const typo of [`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`, key.slice(0, -1), `${key}0`, 'sk-kl-', key.replace('sk-kl-', 'sk-kl-0').slice(0, -1)]) {
        expect(await judged(auth, typo)).toBe(REFUSED);
      }
      expect(statements).not.toHaveBeenCalled();
    } finally {
      statements.mockRestore();
    }
  });

  it('71: never meets the remembered answer of another, however alike they are', async () => {
    const base62 = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    let count = 0;
    await fc.assert(fc.asyncProperty(fc.array(base62, { minLength: 43, maxLength: 43 }), fc.nat({ max: 42 }), base62, async (random, at, character) => {
      const one = withChecksum(`sk-kl-${random.join('')}`);
      const other = withChecksum(`sk-kl-${random.with(at, character).join('')}`);
      fc.pre(one !== other);
      const keyId = `like-${count++}`;
      await auth.clientKeys.keep(auth.clientKeys.fingerprint(one), ofClient({ keyId }));
      expect(await judged(auth, one)).toMatchObject({ keyId });
      expect(await judged(auth, other)).toBe(REFUSED);
      for (const part of [one.slice(0, -1), `${one} `, one.slice(0, 30)]) expect(await judged(auth, part)).toBe(REFUSED);
      // The same text as another kind of credential is another question.
      await expect(auth.authenticate({ kind: 'session', token: one })).rejects.toMatchObject({ refusal: { code: 'E4011' } });
      expect(await auth.authenticate({ kind: 'cookie', token: one })).toEqual({ kind: 'anonymous' });
      expect(await judged(auth, one)).toMatchObject({ keyId });
    }), { numRuns: 30 });
  });
});

describe('uses of a key', () => {
  const usesOf = (by: Auth, ...ids: string[]) => by.clientKeys.usesOf(ids);

  it('are counted for every call, remembered answer or not, on all nodes together', async () => {
    const key = await kept(ofClient());
    const other = node();
    for (let n = 0; n < 5; n++) await judged(auth, key);
    now += 60_000;
    await judged(other, key);
    await other.clientKeys.flush();
    expect(await usesOf(auth, 'k1', 'unknown')).toEqual([{ useCount: 6, lastUsedAt: new Date(now) }, { useCount: 0, lastUsedAt: null }]);
    await auth.clientKeys.flush();
    expect(await usesOf(node(), 'k1')).toEqual([{ useCount: 6, lastUsedAt: new Date(now) }]);
  });

  it('are not counted when nobody is let in, or an open socket is judged again', async () => {
    const key = await kept(ofClient());
    await judged(auth, newClientKey());
    await auth.authenticate({ kind: 'client_key', key }, { again: true });
    await auth.clientKeys.keep('', ofClient({ revoked: true }));
    await judged(auth, key);
    expect(await usesOf(auth, 'k1')).toEqual([{ useCount: 0, lastUsedAt: null }]);
  });

  it('count for keys of people too', async () => {
    await judged(auth, await kept(ofPerson()));
    expect(await usesOf(auth, 'k1')).toMatchObject([{ useCount: 1 }]);
  });

  it('cost one statement for all keys, and none when there were none', async () => {
    const keys = await Promise.all([1, 2, 3].map((n) => kept(ofClient({ keyId: `k${n}` }))));
    for (const key of [...keys, keys[0]!]) await judged(auth, key);
    const statements = jest.spyOn(pool, 'query');
    try {
      await auth.clientKeys.flush();
      await auth.clientKeys.flush();
      expect(statements).toHaveBeenCalledTimes(1);
    } finally {
      statements.mockRestore();
    }
    expect(await usesOf(auth, 'k1', 'k2', 'k3')).toMatchObject([{ useCount: 2 }, { useCount: 1 }, { useCount: 1 }]);
  });

  it('are not lost when the database was away, nor counted twice', async () => {
    const key = await kept(ofClient());
    await judged(auth, key);
    const failing = jest.spyOn(pool, 'query').mockImplementationOnce(() => Promise.reject(new Error('connection lost')) as never);
    await expect(auth.clientKeys.flush()).rejects.toThrow('connection lost');
    failing.mockRestore();
    await judged(auth, key);
    await auth.close();
    expect(await usesOf(node(), 'k1')).toMatchObject([{ useCount: 2 }]);
  });

  it('are shown without being written, also while they cannot be', async () => {
    const key = await kept(ofClient());
    await judged(auth, key);
    await auth.clientKeys.flush();
    now += 60_000;
    await judged(auth, key);
    const statements = jest.spyOn(pool, 'query');
    try {
      expect(await usesOf(auth, 'k1')).toEqual([{ useCount: 2, lastUsedAt: new Date(now) }]);
      expect(statements).toHaveBeenCalledTimes(1);
      // A write that fails is under way while somebody looks.
      statements.mockImplementationOnce(() => Promise.reject(new Error('connection lost')) as never);
      const writing = auth.clientKeys.flush();
      expect(await usesOf(auth, 'k1')).toMatchObject([{ useCount: 2 }]);
      await expect(writing).rejects.toThrow('connection lost');
    } finally {
      statements.mockRestore();
    }
    const [shown] = await Promise.all([usesOf(auth, 'k1'), auth.clientKeys.flush(), usesOf(auth, 'k1')]);
    expect(shown).toMatchObject([{ useCount: 2 }]);
  });

  it('that can never be written are told to the log', async () => {
    await judged(auth, await kept(ofClient()));
    const failing = jest.spyOn(pool, 'query').mockImplementationOnce(() => Promise.reject(new Error('connection lost')) as never);
    await auth.close();
    failing.mockRestore();
    expect(log.warn).toHaveBeenCalledWith({ error: 'connection lost', keys: 1 }, expect.stringContaining('lost'));
  });

  it('are exact while many are counted and written at once', async () => {
    const key = await kept(ofClient());
    await Promise.all(Array.from({ length: 200 }, async (_, n) => {
      await judged(auth, key);
      if (n % 10 === 0) await auth.clientKeys.flush();
    }));
    expect(await usesOf(auth, 'k1')).toMatchObject([{ useCount: 200 }]);
  });
});
