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

const rolesOf = async (): Promise<unknown[]> =>
  (await pool.query('select user_id, role, active from auth_standing where user_id = $1', ['u2'])).rows;

describe('whoever was deleted stays so', () => {
  const gone = [{ user_id: 'u2', role: 'user', active: false }];
  beforeEach(() => pool.query('truncate auth_standing, auth_setup, auth_passwords, auth_password_links'));

  it('whichever writer comes last', async () => {
    const auth = authOn(pool);
    await auth.standings.setUser('u2', standing, 3n);
    const { token } = await auth.sessions.open({ userId: 'u2', tenantId: 't1', method: 'password', address: null, device: null });
    await auth.standings.setUser('u2', undefined, 5n);
    await auth.standings.setUser('u2', { ...standing, role: 'owner' }, 4n);
    expect(await rolesOf()).toEqual(gone);
    expect(await auth.authenticate({ kind: 'cookie', token })).toEqual({ kind: 'anonymous' });
    expect((await pool.query('select active from auth_people where user_id = $1', ['u2'])).rows).toEqual([{ active: false }]);
  });

  it('also where nobody had come to say that they were there', async () => {
    const auth = authOn(pool);
    await auth.standings.setUser('u2', undefined, 5n);
    await auth.standings.setUser('u2', standing, 4n);
    expect(await rolesOf()).toEqual(gone);
  });

  it('and is no owner, so that a server can be set up again', async () => {
    const auth = authOn(pool);
    await auth.standings.setUser('u2', { ...standing, role: 'owner' }, 3n);
    expect(await auth.setup.token()).toBeUndefined();
    await auth.standings.setUser('u2', undefined, 4n);
    expect(await auth.setup.token()).toEqual(expect.any(String));
  });
});

describe('a link for choosing a password', () => {
  const changes: [string, UserStanding][] = [
    ['another role', { ...standing, role: 'owner' }], ['deactivation', { ...standing, active: false }],
    ['a move to another tenant', { ...standing, tenantId: 't2' }],
  ];
  beforeEach(() => pool.query('truncate auth_standing, auth_password_links'));

  // Whoever had it made managed the account as it was then.
  it.each(changes)('ends with %s', async (_what, changed) => {
    const auth = authOn(pool);
    await auth.standings.setUser('u2', standing, 3n);
    const { token } = await auth.passwordLinks.issue('u2', 't1');
    await auth.standings.setUser('u2', changed, 4n);
    expect(await auth.passwordLinks.find(token)).toBeUndefined();
  });

  it('outlives another tier, what comes late, and the same said again', async () => {
    const auth = authOn(pool);
    const owner: UserStanding = { ...standing, role: 'owner' };
    await auth.standings.setUser('u2', standing, 3n);
    await auth.standings.setUser('u2', owner, 5n);
    const { token } = await auth.passwordLinks.issue('u2', 't1');
    await auth.standings.setUser('u2', standing, 4n);
    await auth.standings.setUser('u2', owner, 5n);
    await auth.standings.setUser('u2', { ...owner, tier: 'gold' }, 6n);
    expect(await auth.passwordLinks.find(token)).toBeDefined();
  });
});
