import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { RefusedError } from '../../../schema/errors/catalogue';
import { createSignInThrottle, SIGN_IN_LIMITS, type SignInThrottle } from '../../../src/auth/throttle';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
const node = (): SignInThrottle => createSignInThrottle({ pool, masterKey, clock: () => new Date() });

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());
beforeEach(() => pool.query('truncate auth_sign_in_points, auth_known_networks'));

const address = (i: number): string => `198.51.${Math.floor(i / 250)}.${i % 250}`;
async function allowed(throttle: SignInThrottle, account: string, from: string): Promise<boolean> {
  try {
    await throttle.checkSignInAllowed(account, from);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    const { refusal } = error as RefusedError;
    expect(refusal).toMatchObject({ code: 'E4291', rule: 'too_many_sign_ins' });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    return false;
  }
}

it('counts attempts of one account from one network on all nodes together, however the name is typed', async () => {
  const nodes = [node(), node()];
  const names = ['a@example.com', 'A@Example.com', ' a@example.com '];
  for (let i = 0; i < SIGN_IN_LIMITS.accountFromHere.points; i++) {
    expect(await allowed(nodes[i % 2]!, names[i % 3]!, address(1))).toBe(true);
  }
  expect(await allowed(nodes[0]!, names[0]!, address(1))).toBe(false);
  expect(await allowed(nodes[1]!, 'b@example.com', address(1))).toBe(true);
});

it('counts many accounts from one network', async () => {
  const throttle = node();
  for (let i = 0; i < SIGN_IN_LIMITS.network.points; i++) expect(await allowed(throttle, `user${i}`, address(1))).toBe(true);
  expect(await allowed(throttle, 'one more', address(1))).toBe(false);
  expect(await allowed(throttle, 'one more', address(2))).toBe(true);
});

it('never lets strangers lock out the owner where the owner signed in before', async () => {
  const throttle = node();
  await throttle.checkSignInAllowed('owner', '192.0.2.1');
  await throttle.signInSucceeded('owner', '192.0.2.1');
  let refused = 0;
  for (let i = 0; i < SIGN_IN_LIMITS.account.points + 5; i++) if (!await allowed(throttle, 'owner', address(i))) refused++;
  // One more than the surplus: the owner's own first attempt counted as well.
  expect(refused).toBe(6);
  expect(await allowed(node(), 'owner', '192.0.2.1')).toBe(true);
});

it('starts counting anew after a right password', async () => {
  const throttle = node();
  for (let i = 0; i < SIGN_IN_LIMITS.accountFromHere.points; i++) await throttle.checkSignInAllowed('ann', '192.0.2.2');
  await throttle.signInSucceeded('ann', '192.0.2.2');
  expect(await allowed(throttle, 'ann', '192.0.2.2')).toBe(true);
});

it('keeps neither names nor addresses', async () => {
  const throttle = node();
  await throttle.checkSignInAllowed('ann@example.com', '192.0.2.3');
  await throttle.signInSucceeded('ann@example.com', '192.0.2.3');
  const { rows } = await pool.query(`select p::text as row from auth_sign_in_points p union all select n::text from auth_known_networks n`);
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.map(({ row }) => row).join('\n')).not.toMatch(/ann|192\.0/);
});
