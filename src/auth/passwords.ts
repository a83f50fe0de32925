import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { deriveKey } from '../vault/cipher';
import type { SqlPool } from '../vault/sql-pool';
import { isImported, matchesImported, parseImported } from './imported-hash';
import { linkDigest } from './password-links';
import { checkPassword, isOverlong, normalisePassword } from './password-rules';
import type { Passwords } from './port';
import { createWorkLimit } from './work-limit';

/** OWASP ASVS 5.0: argon2id (the library's default) with at least 46 MiB at one pass. Each running hash holds this much memory. */
const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 };
/** Two hashes at once leave the other threads of libuv's pool to files and DNS. */
const HASH_WORKERS = 2;
/** Of them so many for batches, however many there are: people who sign in meanwhile find a worker and a place in the queue. */
const BATCH_WORKERS = 1;
const MAX_WAITING = 64;

/** Whoever has a new password proves anew who they are: what `kept` names is kept, and their sessions and links end. */
const ANEW = `
    sessions as (delete from auth_sessions s using kept where s.user_id = kept.user_id),
    links as (delete from auth_password_links l using kept where l.user_id = kept.user_id)
  select user_id from kept`;

const UPSERT = `
  on conflict (user_id) do update set hash = excluded.hash, updated_at = excluded.updated_at returning user_id`;

const KEEP = `
  with kept as (insert into auth_passwords (user_id, hash, updated_at) values ($3, $1, $2) ${UPSERT}), ${ANEW}`;

/** Only while the password holds that was proven. It is judged to the millisecond, as `since` tells it. */
const REPLACE = `
  with kept as (
    update auth_passwords set hash = $1, updated_at = $2
    where user_id = $3 and date_trunc('milliseconds', updated_at) = $4 returning user_id
  ), ${ANEW}`;

/** Only while the link is there; of two with the same link one waits for the other, and then finds none. */
const KEEP_BY_LINK = `
  with link as (select user_id from auth_password_links where token_digest = $3 and expires_at > $2 for update),
    kept as (insert into auth_passwords (user_id, hash, updated_at) select user_id, $1, $2 from link ${UPSERT}), ${ANEW}`;

/** The hash of one user, and that of anybody who still has an imported one. */
const STORED = `
  select
    (select hash from auth_passwords where user_id = $1) as own,
    (select hash from auth_passwords where hash like 'pbkdf2_sha256$%' limit 1) as imported`;

/** Only the password that was just proven is replaced, and it is no new one: whoever set another one meanwhile wins. */
const STRENGTHEN = 'update auth_passwords set hash = $1 where user_id = $2 and hash = $3';

/** Passwords on `auth_passwords`, peppered with a key derived from the master key: stolen hashes alone cannot be guessed at. */
export function createPasswords(
  { pool, masterKey, clock, forget }: { pool: SqlPool; masterKey: Buffer; clock: () => Date; forget(): void },
): Passwords {
  const options = { ...COST, secret: deriveKey(masterKey, ['password pepper']) };
  const inTurn = createWorkLimit(HASH_WORKERS, MAX_WAITING);
  const inBatchTurn = createWorkLimit(BATCH_WORKERS, Infinity);
  const hashOf = (password: string): Promise<string> => inTurn(() => hash(normalisePassword(password), options));
  let dummy: Promise<string> | undefined;
  const dummyHash = (): Promise<string> => (dummy ??= hash(randomBytes(32), options));

  /** @returns since when it holds; undefined when the statement found that it may not be kept */
  async function keep(statement: string, kept: string, values: unknown[]): Promise<Date | undefined> {
    const since = clock();
    const { rows: [row] } = await pool.query<{ user_id: string }>(statement, [kept, since, ...values]);
    if (!row) return undefined;
    // Again, for whoever was being signed in by the old one: from now on `since` tells them that they are too late.
    await pool.query('delete from auth_sessions where user_id = $1', [row.user_id]);
    forget();
    return since;
  }

  async function stored(userId: string | undefined): Promise<{ own: string | null; imported: string | null }> {
    const { rows: [row] } = await pool.query<{ own: string | null; imported: string | null }>(STORED, [userId ?? '']);
    return row!;
  }

  /** The same work whoever it is for, in one turn: argon2id, and while anybody has an imported hash, PBKDF2 as well. */
  async function matches(password: string, own: string | null, imported: string | null): Promise<boolean> {
    const ownImported = own !== null && isImported(own);
    const against = own !== null && !ownImported ? own : await dummyHash();
    const toImport = ownImported ? own : imported;
    return inTurn(async () => {
      const native = await verify(against, normalisePassword(password), options);
      const foreign = toImport !== null && await matchesImported(toImport, password);
      return own !== null && (ownImported ? foreign : native);
    });
  }

  return {
    async set(userId, password, { batch } = { batch: false }) {
      checkPassword(password);
      await keep(KEEP, await (batch ? inBatchTurn(() => hashOf(password)) : hashOf(password)), [userId]);
    },
    async replace(userId, password, since) {
      checkPassword(password);
      return keep(REPLACE, await hashOf(password), [userId, since]);
    },
    async setByLink(token, password) {
      checkPassword(password);
      const digest = linkDigest(token);
      return digest && keep(KEEP_BY_LINK, await hashOf(password), [digest]);
    },
    async importHash(userId, imported) {
      parseImported(imported);
      await keep(KEEP, imported, [userId]);
    },
    async has(userId) {
      return (await stored(userId)).own !== null;
    },
    async since(userId) {
      const { rows: [row] } = await pool.query<{ updated_at: Date }>(
        'select updated_at from auth_passwords where user_id = $1', [userId ?? '']);
      return row?.updated_at;
    },
    async remove(userId) {
      await pool.query('delete from auth_passwords where user_id = $1', [userId]);
    },
    async verify(userId, password) {
      if (isOverlong(password)) return false;
      const { own, imported } = await stored(userId);
      if (!(await matches(password, own, imported)) || userId === undefined || own === null) return false;
      if (isWeaker(own)) await pool.query(STRENGTHEN, [await hashOf(password), userId, own]);
      return true;
    },
  };
}

function isWeaker(kept: string): boolean {
  if (isImported(kept)) return true;
  const { memoryCost, timeCost } = parseOptions(kept);
  return memoryCost < COST.memoryCost || timeCost < COST.timeCost;
}
