import { createHmac, timingSafeEqual } from 'node:crypto';
import { decrypt, deriveKey, encrypt, pack, unpack, TamperedError, type Place } from './cipher';
import { createKeyRing, type SubjectKey } from './key-ring';
import { MasterKeyError } from './master-key';
import { ERASED, type Sealed, type SecretPlace, type Vault } from './port';
import type { SqlPool } from './sql-pool';

/** A vault that can also forget. */
export interface ErasingVault extends Vault {
  /** Destroys the subject's key and journals it: its sealed texts open as ERASED from now on (other nodes: within a minute). */
  eraseSubject(tenant: string, subject: string): Promise<void>;
  /** Refs of the secrets of one field that were stored at least `ageMs` ago: `ref` itself and those that begin with `<ref>.` */
  storedRefs(place: SecretPlace, ageMs: number): Promise<string[]>;
}

const PUT_SECRET = `
  insert into vault_secrets (tenant_id, ref, field, version, sealed) values ($1, $2, $3, $4, $5)
  on conflict (tenant_id, ref, field) do update set version = excluded.version, sealed = excluded.sealed, updated_at = now()
  where vault_secrets.version < excluded.version`;

const secretPlace = ({ tenant, ref, field }: SecretPlace, version: string): Place => ['secret', tenant, ref, field, version];
const sealedPlace = (tenant: string, { subject, field, keyId }: Pick<Sealed, 'subject' | 'field' | 'keyId'>): Place =>
  ['sealed', tenant, subject, field, keyId];

/**
 * Opens the vault on the tables of `101_vault.sql`.
 * Master key -> tenant key -> one key per stored secret (derived) or per subject (random, wrapped).
 * @param masterKey 32 bytes from `loadMasterKey`
 * @throws MasterKeyError when the tables were filled under another master key
 */
export async function createVault({ pool, masterKey }: { pool: SqlPool; masterKey: Buffer }): Promise<ErasingVault> {
  await proveMasterKey(pool, masterKey);
  const ring = createKeyRing(pool, masterKey);
  const keyOfSecret = async (place: SecretPlace, version: string): Promise<Buffer> =>
    deriveKey(await ring.tenantKey(place.tenant), secretPlace(place, version));

  return {
    async putSecret(place, secret) {
      const { rows } = await pool.query<{ version: string }>(`select nextval('vault_secret_versions') as version`);
      const { version } = rows[0]!;
      const sealed = pack(encrypt(await keyOfSecret(place, version), secretPlace(place, version), Buffer.from(secret, 'utf8')));
      await pool.query(PUT_SECRET, [place.tenant, place.ref, place.field, version, sealed]);
    },

    async getSecret(place) {
      const { rows } = await pool.query<{ version: string; sealed: Buffer }>(
        'select version, sealed from vault_secrets where tenant_id = $1 and ref = $2 and field = $3',
        [place.tenant, place.ref, place.field],
      );
      const row = rows[0];
      if (!row) return undefined;
      const key = await keyOfSecret(place, row.version);
      return decrypt(key, secretPlace(place, row.version), unpack(row.sealed), 'A secret').toString('utf8');
    },

    async deleteSecret(place) {
      await pool.query('delete from vault_secrets where tenant_id = $1 and ref = $2 and field = $3',
        [place.tenant, place.ref, place.field]);
    },

    fingerprint(purpose, value) {
      return createHmac('sha256', deriveKey(masterKey, ['fingerprint', purpose])).update(value, 'utf8').digest('hex');
    },

    async seal({ tenant, subject, field }, text) {
      const { keyId, key } = await ring.subjectKeyToSeal(tenant, subject);
      const box = encrypt(key, sealedPlace(tenant, { subject, field, keyId }), Buffer.from(text, 'utf8'));
      return {
        sealed: 1,
        alg: 'A256GCM',
        subject,
        field,
        keyId,
        nonce: box.nonce.toString('base64url'),
        ciphertext: box.ciphertext.toString('base64url'),
        tag: box.tag.toString('base64url'),
      };
    },

    async open(tenant, sealed) {
      const keys = await ring.subjectKeys(tenant, sealed.map(({ subject }) => subject));
      return sealed.map((one) => openOne(tenant, one, keys.get(one.subject)));
    },

    eraseSubject: ring.eraseSubject,

    async storedRefs({ tenant, ref, field }, ageMs) {
      const { rows } = await pool.query<{ ref: string }>(
        `select ref from vault_secrets where tenant_id = $1 and field = $2 and (ref = $3 or starts_with(ref, $3 || '.'))
           and updated_at <= now() - $4 * interval '1 millisecond' order by ref`,
        [tenant, field, ref, ageMs],
      );
      return rows.map((row) => row.ref);
    },
  };
}

function openOne(tenant: string, sealed: Sealed, key: SubjectKey | 'erased' | undefined): string | typeof ERASED {
  if (key === 'erased') return ERASED;
  if (!key) throw new Error(`The key of subject ${sealed.subject} is missing, and the subject was not erased`);
  if (key.keyId !== sealed.keyId || sealed.alg !== 'A256GCM') throw new TamperedError('A sealed text');
  const box = {
    nonce: Buffer.from(sealed.nonce, 'base64url'),
    ciphertext: Buffer.from(sealed.ciphertext, 'base64url'),
    tag: Buffer.from(sealed.tag, 'base64url'),
  };
  return decrypt(key.key, sealedPlace(tenant, sealed), box, 'A sealed text').toString('utf8');
}

/** Empty tables take the check value of this key; later starts must reproduce it. */
async function proveMasterKey(pool: SqlPool, masterKey: Buffer): Promise<void> {
  const expected = deriveKey(masterKey, ['check value']);
  await pool.query(
    'insert into vault_check (check_value) select $1 where not exists (select 1 from vault_tenant_keys) on conflict do nothing',
    [expected],
  );
  const { rows } = await pool.query<{ check_value: Buffer }>('select check_value from vault_check');
  const kept = rows[0]?.check_value;
  if (kept?.length !== expected.length || !timingSafeEqual(kept, expected)) {
    throw new MasterKeyError(
      'The master key is not the one this database was filled with. Restore the original KEYLEDGER_MASTER_KEY or master.key file; '
      + 'no other key can open the stored secrets.',
    );
  }
}
