import { randomBytes, randomUUID } from 'node:crypto';
import { RefusedError } from '../../schema/errors/catalogue';
import { decrypt, deriveKey, encrypt, KEY_BYTES, pack, unpack, type Place } from './cipher';
import { inGroups } from './in-groups';
import { createLru } from '../lru';
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

/** Subjects whose keys one statement makes or finds. */
const MAX_GROUP = 500;

/** A key for a subject that has none yet. */
interface ProposedKey {
  tenant: string;
  subject: string;
  keyId: string;
  wrapped: Buffer;
}

interface TenantKey {
  key: Buffer;
  /** Under which the keys of the tenant's subjects are wrapped. */
  ofSubjectKeys: Buffer;
}

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

/** Makes the keys that are not there and answers all; in an order, so that two nodes never wait for each other. */
const MAKE_OR_SELECT_SUBJECTS = `
  with asked as materialized (
    select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[]) as a (tenant_id, subject, key_id, wrapped)
  ), made as (
    insert into vault_subject_keys (tenant_id, subject, key_id, wrapped)
    select * from asked where not exists (select from vault_erasures e where e.tenant_id = asked.tenant_id and e.subject = asked.subject)
    order by tenant_id, subject
    on conflict do nothing returning tenant_id, subject, key_id, wrapped
  )
  select tenant_id, subject, coalesce(m.key_id, k.key_id) as key_id, coalesce(m.wrapped, k.wrapped) as wrapped,
    e.subject is not null as erased
  from asked
  left join made m using (tenant_id, subject)
  left join vault_subject_keys k using (tenant_id, subject)
  left join vault_erasures e using (tenant_id, subject)`;

const ERASE = `
  with journal as (insert into vault_erasures (tenant_id, subject) values ($1, $2) on conflict do nothing)
  insert into vault_subject_keys (tenant_id, subject, key_id, wrapped) values ($1, $2, $3, null)
  on conflict (tenant_id, subject) do update set wrapped = null`;

/** @param masterKey 32 bytes; only keys derived from it are used */
export function createKeyRing(pool: SqlPool, masterKey: Buffer): KeyRing {
  const keyOfTenantKeys = deriveKey(masterKey, ['wrap tenant keys']);
  const now = (): number => performance.now();
  const tenants = createLru<string, TenantKey>(MAX_CACHED_KEYS, MAX_KEY_AGE_MS, now);
  const subjects = createLru<string, SubjectKey>(MAX_CACHED_KEYS, MAX_KEY_AGE_MS, now);
  const cacheKey = (tenant: string, subject: string): string => JSON.stringify([tenant, subject]);
  const tenantPlace = (tenant: string): Place => ['tenant key', tenant];
  const subjectPlace = (tenant: string, subject: string, keyId: string): Place => ['subject key', tenant, subject, keyId];

  async function keysOfTenant(tenant: string): Promise<TenantKey> {
    const cached = tenants.get(tenant);
    if (cached) return cached;
    const wrapped = await readTenantKey(tenant) ?? await makeTenantKey(tenant);
    const key = decrypt(keyOfTenantKeys, tenantPlace(tenant), unpack(wrapped), 'The key of a tenant');
    const keys = { key, ofSubjectKeys: deriveKey(key, ['wrap subject keys']) };
    tenants.set(tenant, keys);
    return keys;
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

  async function subjectKeys(tenant: string, asked: readonly string[]): Promise<Map<string, SubjectKey | 'erased'>> {
    const found = new Map<string, SubjectKey | 'erased'>();
    const missing: string[] = [];
    for (const subject of new Set(asked)) {
      const cached = subjects.get(cacheKey(tenant, subject));
      if (cached) found.set(subject, cached);
      else missing.push(subject);
    }
    if (missing.length === 0) return found;
    const { rows } = await pool.query<SubjectRow>(SELECT_SUBJECTS, [tenant, missing]);
    for (const row of rows) {
      const key = await keyIn(tenant, row);
      if (key) found.set(row.subject, key);
    }
    return found;
  }

  /** What a row says of its subject: a key, which is kept, or that it was erased; undefined when there is nothing. */
  async function keyIn(tenant: string, row: SubjectRow): Promise<SubjectKey | 'erased' | undefined> {
    const { subject, key_id: keyId, wrapped, erased } = row;
    if (erased) return 'erased';
    if (!keyId || !wrapped) return undefined;
    const { ofSubjectKeys } = await keysOfTenant(tenant);
    const entry = { keyId, key: decrypt(ofSubjectKeys, subjectPlace(tenant, subject, keyId), unpack(wrapped), 'The key of a subject') };
    subjects.set(cacheKey(tenant, subject), entry);
    return entry;
  }

  const makeOrFind = inGroups<ProposedKey, SubjectRow | undefined>(async (proposed) => {
    const { rows } = await pool.query<SubjectRow & { tenant_id: string }>(MAKE_OR_SELECT_SUBJECTS, [
      proposed.map(({ tenant }) => tenant), proposed.map(({ subject }) => subject),
      proposed.map(({ keyId }) => keyId), proposed.map(({ wrapped }) => wrapped),
    ]);
    const found = new Map(rows.map((row) => [cacheKey(row.tenant_id, row.subject), row]));
    return proposed.map(({ tenant, subject }) => found.get(cacheKey(tenant, subject)));
  }, MAX_GROUP);

  async function makeOrFindKey(tenant: string, subject: string): Promise<SubjectKey | 'erased' | undefined> {
    const keyId = randomUUID();
    const { ofSubjectKeys } = await keysOfTenant(tenant);
    const key = randomBytes(KEY_BYTES);
    const wrapped = pack(encrypt(ofSubjectKeys, subjectPlace(tenant, subject, keyId), key));
    const row = await makeOrFind({ tenant, subject, keyId, wrapped });
    if (row?.key_id === keyId) {
      subjects.set(cacheKey(tenant, subject), { keyId, key });
      return { keyId, key };
    }
    // Without a row's key another node has made one at this very moment, unseen by our statement.
    return (row && await keyIn(tenant, row)) ?? (await subjectKeys(tenant, [subject])).get(subject);
  }

  return {
    tenantKey: async (tenant) => (await keysOfTenant(tenant)).key,
    subjectKeys,
    async subjectKeyToSeal(tenant, subject) {
      const key = subjects.get(cacheKey(tenant, subject)) ?? await makeOrFindKey(tenant, subject);
      if (!key) throw new Error('The key of a subject is gone but was not erased');
      if (key === 'erased') {
        throw new RefusedError({
          code: 'B2003', rule: 'subject_erased', message: 'This person or conversation was erased; nothing can be added to it.',
        });
      }
      return key;
    },
    async eraseSubject(tenant, subject) {
      await pool.query(ERASE, [tenant, subject, randomUUID()]);
      subjects.delete(cacheKey(tenant, subject));
    },
  };
}
