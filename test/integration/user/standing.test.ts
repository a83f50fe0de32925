import type { Pool } from 'pg';
import type { UserStanding } from '../../../src/auth/port';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
});
afterAll(() => database.close());

const standing: UserStanding = { tenantId: 't1', role: 'admin', active: true, tier: 'free', dailyRequests: undefined };

test('what comes late for an older revision of a user gives nobody a right back', async () => {
  const auth = authOn(pool);
  await auth.standings.setUser('u1', standing, 3n);
  const { token } = await auth.sessions.open({ userId: 'u1', tenantId: 't1', method: 'password', address: null, device: null });
  const role = async (): Promise<unknown> => {
    const principal = await auth.authenticate({ kind: 'cookie', token });
    return principal.kind === 'user' ? principal.role : principal.kind;
  };
  // Nor does it take one away.
  await auth.standings.setUser('u1', { ...standing, active: false }, 2n);
  expect(await role()).toBe('admin');
  await auth.standings.setUser('u1', { ...standing, tier: 'plus' }, 3n);
  expect(await role()).toBe('admin');

  await auth.standings.setUser('u1', { ...standing, active: false }, 5n);
  await auth.standings.setUser('u1', { ...standing, tier: 'gold' }, 4n);
  expect(await role()).toBe('anonymous');
  const { rows } = await pool.query<{ active: boolean; tier: string }>('select active, tier from auth_standing where user_id = $1', ['u1']);
  expect(rows).toEqual([{ active: false, tier: 'free' }]);
});
