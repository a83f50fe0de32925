import { randomBytes, randomUUID } from 'node:crypto';
import { RefusedError } from '../../schema/errors/catalogue';
import { decrypt, deriveKey, encrypt, KEY_BYTES, pack, unpack, type Place } from './cipher';
import { createLru } from './lru';
import type { SqlPool } from './sql-pool';

export interface SubjectKey {
  keyId: string;
  key: Buffer;
}

/** Keys of tenants and subjects, unwrapped on demand and kept for a minute. */
export interface KeyRing {
  /** Made on first use. */
  tenantKey(tenant: string): Promise<Buffer>;
  /** One statement for all subjects that are not cached. A subject without a key has no entry. */
  subjectKeys(tenant: string, subjects: readonly string[]): Promise<Map<string, SubjectKey | 'erased'>>;
  /** Made on first use. @throws RefusedError B2003 when the subject was erased: nothing new is sealed for it */
  subjectKeyToSeal(tenant: string, subject: string): Promise<SubjectKey>;
  /** Writes the erasure journal and destroys the wrapped key; repeating it has no second effect. */
  eraseSubject(tenant: string, subject: string): Promise<void>;
}

const MAX_CACHED_KEYS = 10_000;
/** Other nodes may open texts of an erased subject for this long; the target for live systems is 5 minutes. */
const MAX_KEY_AGE_MS = 60_000;

interface SubjectRow extends Record<string, unknown> {
  subject: string;
  key_id: string | null;
  wrapped: Buffer | null;
  erased: boolean;
}

const SELECT_SUBJECTS = `
  select asked.subject, k.key_id, k.wrapped, e.subject is not null as erased
  from unnest($2::text[]) as asked(subject)
  left join vault_subject_keys k on k.tenant_id = $1 and k.subject = asked.subject
  left join vault_erasures e on e.tenant_id = $1 and e.subject = asked.subject`;

const ERASE = `
  with journal as (insert into vault_erasures (tenant_id, subject) values ($1, $2) on conflict do nothing)
  insert into vault_subject_keys (tenant_id, subject, key_id, wrapped) values ($1, $2, $3, null)
  on conflict (tenant_id, subject) do update set wrapped = null`;

/** @param masterKey 32 bytes; only keys derived from it are used */
export function createKeyRing(pool: SqlPool, masterKey: Buffer): KeyRing {
  const keyOfTenantKeys = deriveKey(masterKey, ['wrap tenant keys']);
  const now = (): number => performance.now();
  const tenants = createLru<string, Buffer>(MAX_CACHED_KEYS, MAX_KEY_AGE_MS, now);
  const subjects = createLru<string, SubjectKey>(MAX_CACHED_KEYS, MAX_KEY_AGE_MS, now);
  const cacheKey = (tenant: string, subject: string): string => JSON.stringify([tenant, subject]);
  const tenantPlace = (tenant: string): Place => ['tenant key', tenant];
  const subjectPlace = (tenant: string, subject: string, keyId: string): Place => ['subject key', tenant, subject, keyId];

  async function tenantKey(tenant: string): Promise<Buffer> {
    const cached = tenants.get(tenant);
    if (cached) return cached;
    const wrapped = await readTenantKey(tenant) ?? await makeTenantKey(tenant);
    const key = decrypt(keyOfTenantKeys, tenantPlace(tenant), unpack(wrapped), 'The key of a tenant');
    tenants.set(tenant, key);
    return key;
  }

  async function readTenantKey(tenant: string): Promise<Buffer | undefined> {
    const { rows } = await pool.query<{ wrapped: Buffer }>('select wrapped from vault_tenant_keys where tenant_id = $1', [tenant]);
    return rows[0]?.wrapped;
  }

  async function makeTenantKey(tenant: string): Promise<Buffer> {
    const wrapped = pack(encrypt(keyOfTenantKeys, tenantPlace(tenant), randomBytes(KEY_BYTES)));
    await pool.query('insert into vault_tenant_keys (tenant_id, wrapped) values ($1, $2) on conflict do nothing', [tenant, wrapped]);
    const kept = await readTenantKey(tenant);
    if (!kept) throw new Error('The key of a tenant vanished while it was made');
    return kept;
  }

  const keyOfSubjectKeys = async (tenant: string): Promise<Buffer> => deriveKey(await tenantKey(tenant), ['wrap subject keys']);

  async function subjectKeys(tenant: string, asked: readonly string[]): Promise<Map<string, SubjectKey | 'erased'>> {
    const found = new Map<string, SubjectKey | 'erased'>();
    const missing: string[] = [];
    for (const subject of new Set(asked)) {
      const cached = subjects.get(cacheKey(tenant, subject));
      if (cached) found.set(subject, cached);
      else missing.push(subject);
    }
    if (missing.length === 0) return found;
    const unwrapWith = await keyOfSubjectKeys(tenant);
    const { rows } = await pool.query<SubjectRow>(SELECT_SUBJECTS, [tenant, missing]);
    for (const { subject, key_id: keyId, wrapped, erased } of rows) {
      if (erased) {
        found.set(subject, 'erased');
      } else if (keyId && wrapped) {
        const entry = { keyId, key: decrypt(unwrapWith, subjectPlace(tenant, subject, keyId), unpack(wrapped), 'The key of a subject') };
        subjects.set(cacheKey(tenant, subject), entry);
        found.set(subject, entry);
      }
    }
    return found;
  }

  async function makeSubjectKey(tenant: string, subject: string): Promise<void> {
    const keyId = randomUUID();
    const wrapped = pack(encrypt(await keyOfSubjectKeys(tenant), subjectPlace(tenant, subject, keyId), randomBytes(KEY_BYTES)));
    await pool.query(
      'insert into vault_subject_keys (tenant_id, subject, key_id, wrapped) values ($1, $2, $3, $4) on conflict do nothing',
      [tenant, subject, keyId, wrapped],
    );
  }

  async function existingKey(tenant: string, subject: string): Promise<SubjectKey | undefined> {
    const key = (await subjectKeys(tenant, [subject])).get(subject);
    if (key === 'erased') {
      throw new RefusedError({
        code: 'B2003', rule: 'subject_erased', message: 'This person or conversation was erased; nothing can be added to it.',
      });
    }
    return key;
  }

  return {
    tenantKey,
    subjectKeys,
    async subjectKeyToSeal(tenant, subject) {
      const existing = await existingKey(tenant, subject);
      if (existing) return existing;
      await makeSubjectKey(tenant, subject);
      const made = await existingKey(tenant, subject);
      if (!made) throw new Error('The key of a subject is gone but was not erased');
      return made;
    },
    async eraseSubject(tenant, subject) {
      await pool.query(ERASE, [tenant, subject, randomUUID()]);
      subjects.delete(cacheKey(tenant, subject));
    },
  };
}
