import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { deriveKey } from '../vault/cipher';
import type { SqlPool } from '../vault/sql-pool';
import { checkPassword, isOverlong, normalisePassword } from './password-rules';
import type { Passwords } from './port';
import { createWorkLimit } from './work-limit';

/** OWASP ASVS 5.0: argon2id (the library's default) with at least 46 MiB at one pass. Each running hash holds this much memory. */
const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 };
/** Two hashes at once leave the other threads of libuv's pool to files and DNS. */
const HASH_WORKERS = 2;
const MAX_WAITING = 64;

const SET_PASSWORD = `
  with ended as (delete from auth_sessions where user_id = $1)
  insert into auth_passwords (user_id, hash, updated_at) values ($1, $2, $3)
  on conflict (user_id) do update set hash = excluded.hash, updated_at = excluded.updated_at`;

/** Passwords on `auth_passwords`, peppered with a key derived from the master key: stolen hashes alone cannot be guessed at. */
export function createPasswords({ pool, masterKey, clock, forget }: { pool: SqlPool; masterKey: Buffer; clock: () => Date; forget(): void }): Passwords {
  const options = { ...COST, secret: deriveKey(masterKey, ['password pepper']) };
  const inTurn = createWorkLimit(HASH_WORKERS, MAX_WAITING);
  const hashOf = (password: string): Promise<string> => inTurn(() => hash(normalisePassword(password), options));
  let dummy: Promise<string> | undefined;
  const dummyHash = (): Promise<string> => (dummy ??= hash(randomBytes(32), options));

  async function storedHash(userId: string | undefined): Promise<string | undefined> {
    const { rows } = await pool.query<{ hash: string }>('select hash from auth_passwords where user_id = $1', [userId ?? '']);
    return rows[0]?.hash;
  }

  /** Replaces a hash of older cost unless the password was changed meanwhile. */
  async function strengthen(userId: string, password: string, old: string): Promise<void> {
    await pool.query('update auth_passwords set hash = $1, updated_at = $2 where user_id = $3 and hash = $4',
      [await hashOf(password), clock(), userId, old]);
  }

  return {
    async set(userId, password) {
      checkPassword(password);
      await pool.query(SET_PASSWORD, [userId, await hashOf(password), clock()]);
      forget();
    },
    async importHash() {
      throw new Error('to be built');
    },
    async has(userId) {
      return (await storedHash(userId)) !== undefined;
    },
    async remove(userId) {
      await pool.query('delete from auth_passwords where user_id = $1', [userId]);
    },
    async verify(userId, password) {
      if (isOverlong(password)) return false;
      const stored = await storedHash(userId);
      const against = stored ?? await dummyHash();
      const matches = await inTurn(() => verify(against, normalisePassword(password), options));
      if (userId === undefined || stored === undefined || !matches) return false;
      if (isWeaker(stored)) await strengthen(userId, password, stored);
      return true;
    },
  };
}

function isWeaker(stored: string): boolean {
  const { memoryCost, timeCost } = parseOptions(stored);
  return memoryCost < COST.memoryCost || timeCost < COST.timeCost;
}
