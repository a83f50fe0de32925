import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { MasterKeyError } from '../../../src/vault/master-key';
import { ERASED, isSealed, type Sealed } from '../../../src/vault/port';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { migratedDatabase } from './migrated-database';

const masterKey = randomBytes(32);
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let vault: ErasingVault;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  vault = await createVault({ pool, masterKey });
});
afterAll(() => database.close());

/** The vault as another node sees it: nothing cached. */
const afresh = (): Promise<ErasingVault> => createVault({ pool, masterKey });

describe('secrets', () => {
  const place = { tenant: 't1', ref: 'key-1', field: 'secret' };

  it('come back on any node until they are replaced or deleted', async () => {
    await vault.putSecret(place, 'first-not-a-key');
    await vault.putSecret(place, 'second-not-a-key ✓');
    expect(await (await afresh()).getSecret(place)).toBe('second-not-a-key ✓');
    await vault.deleteSecret(place);
    expect(await vault.getSecret(place)).toBeUndefined();
  });

  it('are unreadable in the database', async () => {
    await vault.putSecret(place, 'canary-not-a-key');
    const { rows } = await pool.query<{ dump: string }>(`select encode(sealed, 'escape') as dump from vault_secrets`);
    expect(rows.map((row) => row.dump).join()).not.toContain('canary');
  });

  it('cannot be moved to another tenant, row, field or version', async () => {
    const places = [place, { ...place, tenant: 't2' }, { ...place, ref: 'key-2' }, { ...place, field: 'other' }];
    for (const [i, one] of places.entries()) await vault.putSecret(one, `secret ${i}`);
    const rows = await Promise.all(places.map(async ({ tenant, ref, field }) =>
      (await pool.query('select * from vault_secrets where (tenant_id, ref, field) = ($1, $2, $3)', [tenant, ref, field])).rows[0]));
    for (const [i, target] of places.entries()) {
      for (const [j, source] of rows.entries()) {
        if (i === j) continue;
        const put = 'update vault_secrets set sealed = $4, version = $5 where (tenant_id, ref, field) = ($1, $2, $3)';
        const at = [target.tenant, target.ref, target.field];
        await pool.query(put, [...at, source.sealed, source.version]);
        await expect(vault.getSecret(target)).rejects.toThrow(/cannot be opened/);
        await pool.query(put, [...at, source.sealed, rows[i].version]);
        await expect(vault.getSecret(target)).rejects.toThrow(/cannot be opened/);
        await pool.query(put, [...at, rows[i].sealed, rows[i].version]);
      }
      expect(await vault.getSecret(target)).toBe(`secret ${i}`);
    }
  });

  it('written at the same time leave one of them whole', async () => {
    const written = Array.from({ length: 20 }, (_, i) => `value ${i}`);
    await Promise.all(written.map((value) => vault.putSecret({ ...place, ref: 'raced' }, value)));
    expect(written).toContain(await vault.getSecret({ ...place, ref: 'raced' }));
  });
});

describe('sealed texts', () => {
  it('open in the order given, with one key lookup for all subjects', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => ({ subject: `s${i % 12}`, text: `text ${i} 한국어 русский` }));
    const sealed = await Promise.all(texts.map(({ subject, text }) => vault.seal({ tenant: 't1', subject, field: 'name' }, text)));
    expect(sealed.every((one) => isSealed(JSON.parse(JSON.stringify(one))))).toBe(true);
    const node = await afresh();
    const statements = jest.spyOn(pool, 'query');
    try {
      expect(await node.open('t1', sealed)).toEqual(texts.map(({ text }) => text));
      expect(statements.mock.calls.map(([sql]) => String(sql)).filter((sql) => sql.includes('vault_subject_keys'))).toHaveLength(1);
      statements.mockClear();
      await node.open('t1', sealed);
      expect(statements).not.toHaveBeenCalled();
    } finally {
      statements.mockRestore();
    }
  });

  it('open nowhere but at their own tenant, subject and field', async () => {
    const tenants = ['t1', 't2'] as const;
    const subjects = ['ann', 'bob'] as const;
    const fields = ['name', 'email'] as const;
    const at = fc.record({ tenant: fc.constantFrom(...tenants), subject: fc.constantFrom(...subjects), field: fc.constantFrom(...fields) });
    await fc.assert(fc.asyncProperty(at, at, fc.string(), async (home, elsewhere, text) => {
      await vault.seal(elsewhere, 'so that the key there exists');
      const sealed = await vault.seal(home, text);
      expect(await vault.open(home.tenant, [sealed])).toEqual([text]);
      const moved: Sealed = { ...sealed, subject: elsewhere.subject, field: elsewhere.field };
      const same = JSON.stringify(home) === JSON.stringify(elsewhere);
      if (!same) await expect(vault.open(elsewhere.tenant, [moved])).rejects.toThrow(/cannot be opened/);
    }), { numRuns: 40 });
  });

  it('use one key per subject even when nodes meet the subject at once', async () => {
    const nodes = await Promise.all(Array.from({ length: 4 }, afresh));
    const sealed = await Promise.all(nodes.map((node, i) => node.seal({ tenant: 't9', subject: 'new', field: 'f' }, `by ${i}`)));
    expect(new Set(sealed.map((one) => one.keyId)).size).toBe(1);
    expect(await vault.open('t9', sealed)).toEqual(['by 0', 'by 1', 'by 2', 'by 3']);
  });
});

describe('erasure', () => {
  const seal = (subject: string): Promise<Sealed> => vault.seal({ tenant: 't1', subject, field: 'name' }, `name of ${subject}`);

  it('makes every text of the subject ERASED, leaves the others, and forbids new ones', async () => {
    const [gone, kept] = [await seal('gone'), await seal('kept')];
    await vault.eraseSubject('t1', 'gone');
    await vault.eraseSubject('t1', 'gone');
    for (const node of [vault, await afresh()]) {
      expect(await node.open('t1', [gone, kept, gone])).toEqual([ERASED, 'name of kept', ERASED]);
      const again = node.seal({ tenant: 't1', subject: 'gone', field: 'name' }, 'again');
      await expect(again).rejects.toMatchObject({ refusal: { code: 'B2003' } });
    }
    const { rows } = await pool.query(`select wrapped from vault_subject_keys where subject = 'gone'`);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  it('holds when an old backup of the keys is restored', async () => {
    const sealed = await seal('restored');
    const backup = await pool.query(`select wrapped from vault_subject_keys where subject = 'restored'`);
    await vault.eraseSubject('t1', 'restored');
    await pool.query(`update vault_subject_keys set wrapped = $1 where subject = 'restored'`, [backup.rows[0].wrapped]);
    expect(await (await afresh()).open('t1', [sealed])).toEqual([ERASED]);
  });

  it('is never assumed: a key that is only lost is an error', async () => {
    const sealed = await seal('lost');
    await pool.query(`delete from vault_subject_keys where subject = 'lost'`);
    await expect((await afresh()).open('t1', [sealed])).rejects.toThrow(/missing, and the subject was not erased/);
  });

  it('of a subject that never had a key forbids one', async () => {
    await vault.eraseSubject('t1', 'never seen');
    await expect(seal('never seen')).rejects.toMatchObject({ refusal: { rule: 'subject_erased' } });
  });
});

describe('the master key', () => {
  it('must be the one of the first start', async () => {
    await expect(createVault({ pool, masterKey: randomBytes(32) })).rejects.toThrow(MasterKeyError);
  });

  it('is not replaced when only its check value is lost', async () => {
    const { rows } = await pool.query('delete from vault_check returning check_value');
    await expect(createVault({ pool, masterKey: randomBytes(32) })).rejects.toThrow(MasterKeyError);
    await pool.query('insert into vault_check (check_value) values ($1)', [rows[0].check_value]);
  });

  it('separates fingerprints by purpose and by installation', async () => {
    expect(vault.fingerprint('email', 'a@example.com')).toMatch(/^[0-9a-f]{64}$/);
    expect(vault.fingerprint('email', 'a@example.com')).toBe((await afresh()).fingerprint('email', 'a@example.com'));
    expect(vault.fingerprint('email', 'a@example.com')).not.toBe(vault.fingerprint('virtual-key', 'a@example.com'));
  });
});
