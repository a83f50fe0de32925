import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../vault/cipher';
import type { Setup } from './port';
import type { SqlPool } from '../vault/sql-pool';


/**
 * A used token blocks a new one for this long: the set-up it started is either done by then (an owner exists) or failed,
 * and then the operator gets another.
 */
const GRACE_MS = 60_000;

const ISSUE = `
  insert into auth_setup (seed, issued_at)
  select $1, $2 where not exists (select 1 from auth_standing where role = 'owner')
  on conflict (singleton) do update set seed = excluded.seed, issued_at = excluded.issued_at, consumed_at = null
  where auth_setup.consumed_at < $3`;

const CURRENT = `
  select exists (select 1 from auth_standing where role = 'owner') as owned,
    (select seed from auth_setup where consumed_at is null) as seed`;

const CONSUME = `
  update auth_setup set consumed_at = $2
  where seed = $1 and consumed_at is null and not exists (select 1 from auth_standing where role = 'owner')`;

/**
 * The one-time token with which the first owner is made. It is derived from a random seed in `auth_setup` and the master
 * key, so every node can show it again while it is unused and nobody can compute it from the database alone.
 */
export function createSetup({ pool, masterKey, clock }: { pool: SqlPool; masterKey: Buffer; clock: () => Date }): Setup {
  const key = deriveKey(masterKey, ['set-up token']);
  const tokenOf = (seed: Buffer): Buffer => createHmac('sha256', key).update(seed).digest();

  async function current(): Promise<{ owned: boolean; seed: Buffer | null }> {
    const { rows } = await pool.query<{ owned: boolean; seed: Buffer | null }>(CURRENT);
    return rows[0]!;
  }

  /** The seed of the token now in force, when it is this one. */
  async function seedOf(token: string): Promise<Buffer | undefined> {
    const { owned, seed } = await current();
    if (owned || !seed) return undefined;
    const expected = tokenOf(seed);
    const given = Buffer.from(token, 'base64url');
    return given.length === expected.length && timingSafeEqual(given, expected) ? seed : undefined;
  }

  return {
    async token() {
      let state = await current();
      if (!state.owned && !state.seed) {
        const now = clock();
        await pool.query(ISSUE, [randomBytes(32), now, new Date(now.getTime() - GRACE_MS)]);
        state = await current();
      }
      return state.owned || !state.seed ? undefined : tokenOf(state.seed).toString('base64url');
    },
    async accepts(token) {
      return (await seedOf(token)) !== undefined;
    },
    async consume(token) {
      const seed = await seedOf(token);
      if (!seed) return false;
      const { rowCount } = await pool.query(CONSUME, [seed, clock()]);
      return rowCount === 1;
    },
  };
}
