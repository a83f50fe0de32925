import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Setup } from '../../../src/auth/port';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let now: number;
const node = (): Setup => authOn(pool, { masterKey, clock: () => new Date(now) }).setup;
let setup: Setup;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_standing, auth_setup');
  now = Date.UTC(2030, 0, 1);
  setup = node();
});

describe('the set-up token', () => {
  it('is the same on every node and after every restart, and not in the database', async () => {
    const token = await setup.token();
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await Promise.all([node().token(), setup.token(), node().token()])).toEqual([token, token, token]);
    const { rows } = await pool.query(`select encode(seed, 'base64') as seed from auth_setup`);
    expect(Buffer.from(rows[0].seed, 'base64')).not.toEqual(Buffer.from(token!, 'base64url'));
  });

  it('83: lets exactly one of two racing nodes win, a thousand times', async () => {
    const [first, second] = [node(), node()];
    for (let round = 0; round < 1_000; round++) {
      await pool.query('delete from auth_setup');
      const token = (await setup.token())!;
      const won = await Promise.all([first.consume(token), second.consume(token)]);
      if (won.filter(Boolean).length !== 1) throw new Error(`Round ${round}: ${String(won)}`);
    }
  }, 60_000);

  it('83: lets exactly one of 1,000 racing callers win', async () => {
    const token = (await setup.token())!;
    const nodes = [setup, node(), node()];
    const won = await Promise.all(Array.from({ length: 1_000 }, (_, n) => nodes[n % 3]!.consume(token)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await setup.consume(token)).toBe(false);
    expect(await setup.token()).toBeUndefined();
  });

  it('is not guessed', async () => {
    const token = (await setup.token())!;
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, 'A'.repeat(43)]) {
      expect(await setup.accepts(wrong)).toBe(false);
      expect(await setup.consume(wrong)).toBe(false);
    }
    expect(await setup.accepts(token)).toBe(true);
    expect(await setup.accepts(token)).toBe(true);
    expect(await setup.consume(token)).toBe(true);
    expect(await setup.accepts(token)).toBe(false);
  });

  it('is neither given nor taken once there is an owner', async () => {
    const token = (await setup.token())!;
    await authOn(pool).standings.setUser('u1', { tenantId: 't1', role: 'owner', active: true, tier: 'free', dailyRequests: undefined }, 0n);
    expect(await setup.token()).toBeUndefined();
    expect(await setup.consume(token)).toBe(false);
  });

  it('is issued anew when the set-up that used it made no owner', async () => {
    const token = (await setup.token())!;
    await setup.consume(token);
    now += 60_001;
    const second = await setup.token();
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(token);
    expect(await setup.consume(token)).toBe(false);
    expect(await setup.consume(second!)).toBe(true);
  });
});
