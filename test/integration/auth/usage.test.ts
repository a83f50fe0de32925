import type { Pool } from 'pg';
import type { Auth } from '../../../src/auth/port';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

const STANDARD = 3;
const DAY_MS = 24 * 60 * 60_000;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let now: number;
const node = (): Auth => authOn(pool, { clock: () => new Date(now), dailyRequests: STANDARD });
let auth: Auth;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_usage, auth_standing');
  now = Date.UTC(2030, 0, 1, 23, 59);
  auth = node();
});

const limit = (userId: string, dailyRequests: number | null | undefined): Promise<void> =>
  auth.standings.setUser(userId, { tenantId: 't1', role: 'user', active: true, tier: 'free', dailyRequests }, 0n);
const count = async (userId = 'u1'): Promise<boolean> => (await auth.usage.count(userId)).counted;

describe('MMA-06: requests of a day', () => {
  it('are counted up to the limit, and from zero on the next UTC day', async () => {
    await limit('u1', 2);
    expect([await count(), await count(), await count()]).toEqual([true, true, false]);
    expect(await auth.usage.of(['u1'])).toEqual([{ totalRequests: 2, dailyRequests: 2, dailyLimit: 2 }]);
    now += 60_000;
    expect(await auth.usage.of(['u1'])).toEqual([{ totalRequests: 2, dailyRequests: 0, dailyLimit: 2 }]);
    expect(await count()).toBe(true);
    expect(await auth.usage.of(['u1'])).toEqual([{ totalRequests: 3, dailyRequests: 1, dailyLimit: 2 }]);
  });

  it.each([
    [undefined, STANDARD, STANDARD], [0, 0, 0], [null, null, 10], [5, 5, 5],
  ])('with limit %p have limit %p and allow %p of ten', async (set, shown, allowed) => {
    await limit('u1', set);
    let counted = 0;
    for (let n = 0; n < 10; n++) if (await count()) counted++;
    expect(counted).toBe(allowed);
    expect(await auth.usage.of(['u1'])).toEqual([{ totalRequests: counted, dailyRequests: counted, dailyLimit: shown }]);
  });

  it('are never one too many, however many ask at once on all nodes', async () => {
    await limit('u1', 7);
    const nodes = [node(), node(), auth];
    const counted = await Promise.all(Array.from({ length: 60 }, (_, n) => nodes[n % 3]!.usage.count('u1')));
    expect(counted.filter(({ counted: was }) => was)).toHaveLength(7);
  });

  it('are given back for the day they were of, and never below zero', async () => {
    await limit('u1', 1);
    const asked = new Date(now);
    await count();
    await auth.usage.giveBack('u1', asked);
    await auth.usage.giveBack('u1', asked);
    expect(await auth.usage.of(['u1'])).toEqual([{ totalRequests: 0, dailyRequests: 0, dailyLimit: 1 }]);
    await count();
    now += DAY_MS;
    await count();
    await auth.usage.giveBack('u1', asked);
    expect(await auth.usage.of(['u1'])).toMatchObject([{ dailyRequests: 1 }]);
  });

  it('are answered in the order of the ids, also for people who never asked', async () => {
    await limit('u1', 5);
    await count('u1');
    expect((await auth.usage.of(['nobody', 'u1', 'nobody'])).map(({ totalRequests, dailyLimit }) => [totalRequests, dailyLimit])).toEqual([
      [0, STANDARD], [1, 5], [0, STANDARD],
    ]);
  });
});
