import type { Pool, PoolClient } from 'pg';
import type { Auth, KeptClientKey, UserStanding } from '../../../src/auth/port';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let listening: PoolClient;
let heard: string[] = [];
let auth: Auth;
let revision = 0n;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  listening = await pool.connect();
  listening.on('notification', ({ payload = '' }) => heard.push(payload));
  await listening.query('listen auth_changed');
});
afterAll(async () => {
  listening.release(true);
  await database.close();
});
beforeEach(async () => {
  await pool.query(`truncate auth_standing, auth_sessions, auth_tenants, auth_features, auth_service_clients, auth_client_keys,
    auth_identities, auth_revoked_tokens, auth_passwords`);
  auth = authOn(pool);
});

/** Whether the nodes were told of anything that `act` did. */
async function told(act: () => Promise<unknown>): Promise<boolean> {
  await heardUpTo('begin');
  heard = [];
  await act();
  await heardUpTo('end');
  return heard.length > 1;
}

/** Notifications come in the order of their commits. */
async function heardUpTo(mark: string): Promise<void> {
  await pool.query('select pg_notify($1, $2)', ['auth_changed', mark]);
  while (!heard.includes(mark)) await listening.query('select 1');
}

const admin: UserStanding = { tenantId: 't1', role: 'admin', active: true, tier: 'free', dailyRequests: undefined };
const stand = (as: UserStanding | undefined, userId = 'u1'): Promise<void> => auth.standings.setUser(userId, as, ++revision);
const open = (userId = 'u1'): Promise<{ sessionId: string }> =>
  auth.sessions.open({ userId, tenantId: 't1', method: 'password', address: null, device: null });
const key: KeptClientKey = {
  keyId: 'k1', tenantId: 't1', ownerKind: 'user', ownerId: 'u1', scopes: ['users:read'], expiresAt: new Date('2100-01-01'), revoked: false,
};
const client = { tenantId: 't1', scopes: ['users:read'], deleted: false } as const;
const features = (granted: ('chat' | 'runs')[], of: 'tenant' | 'tier' = 'tenant'): Promise<void> =>
  auth.standings.setFeatures({ kind: of, id: 't1', tenantId: 't1' }, { features: granted, revision: ++revision });

describe('every node is told when somebody may have lost a right', () => {
  const losses: [string, (before: { sessionId: string }) => Promise<unknown>][] = [
    ['an ended session', ({ sessionId }) => auth.sessions.close(sessionId)],
    ['a session that ends at once', () => pool.query('update auth_sessions set expires_at = now()')],
    ['all sessions ended', () => auth.sessions.closeAllOf('u1')],
    ['a new password', () => auth.passwords.set('u1', 'violet tram on ice')],
    ['another role', () => stand({ ...admin, role: 'user' })],
    ['another tier', () => stand({ ...admin, tier: 'gold' })],
    ['deactivation', () => stand({ ...admin, active: false })],
    ['deletion', () => stand(undefined)],
    ['a standing taken away by hand', () => pool.query('delete from auth_standing')],
    ['a suspended tenant', () => auth.standings.setTenant('t1', { active: false, isDefault: true, revision: ++revision })],
    ['a tenant that is suspended when it is first heard of', () => auth.standings.setTenant('t2', { active: false, isDefault: false, revision: 0n })],
    ['fewer features', () => features([])],
    ['the first features of a tenant', () => auth.standings.setFeatures({ kind: 'tenant', id: 't2', tenantId: 't2' }, { features: ['chat'], revision: 0n })],
    ['a client without a scope', () => auth.standings.setServiceClient('c1', { ...client, scopes: [], revision: ++revision })],
    ['a deleted client', () => auth.standings.setServiceClient('c1', { ...client, deleted: true, revision: ++revision })],
    ['a revoked key', () => auth.clientKeys.keep('f1', { ...key, revoked: true })],
    ['an unlinked account elsewhere', () => auth.identities.set('d1', undefined, ++revision)],
    ['a revoked token', () => auth.tokens.revoke('digest', 4_000_000_000)],
  ];
  const nothingLost: [string, (before: { sessionId: string }) => Promise<unknown>][] = [
    ['a new session, with which one that has expired leaves the table', () => open()],
    ['a session in use', () => pool.query('update auth_sessions set last_seen_at = last_seen_at + interval \'1 minute\'')],
    ['somebody new', () => stand(admin, 'u2')],
    ['the same standing again', () => stand(admin)],
    ['what comes late', () => auth.standings.setUser('u1', { ...admin, role: 'user' }, 0n)],
    ['another limit of requests', () => stand({ ...admin, dailyRequests: 7 })],
    ['a new tenant', () => auth.standings.setTenant('t2', { active: true, isDefault: false, revision: 0n })],
    ['the same tenant again', () => auth.standings.setTenant('t1', { active: true, isDefault: true, revision: ++revision })],
    ['the same features again', () => features(['chat'])],
    ['features for a tier', () => features(['runs'], 'tier')],
    ['a new client', () => auth.standings.setServiceClient('c2', { ...client, revision: 0n })],
    ['the same client again', () => auth.standings.setServiceClient('c1', { ...client, revision: ++revision })],
    ['a new key', () => auth.clientKeys.keep('f2', { ...key, keyId: 'k2' })],
    ['the same key again', () => auth.clientKeys.keep('f1', key)],
    ['a key in use', () => pool.query('update auth_client_keys set use_count = use_count + 1')],
    ['a new account elsewhere', () => auth.identities.set('d2', { userId: 'u1', tenantId: 't1', provider: 'google' }, 0n)],
    ['the same account elsewhere again', () => auth.identities.set('d1', { userId: 'u1', tenantId: 't1', provider: 'google' }, ++revision)],
    ['a first password', () => auth.passwords.set('u2', 'violet tram on ice')],
  ];

  let before: { sessionId: string };
  beforeEach(async () => {
    await stand(admin);
    before = await open();
    await open('expired');
    await pool.query(`update auth_sessions set expires_at = now() where user_id = 'expired'`);
    await auth.standings.setTenant('t1', { active: true, isDefault: true, revision: 0n });
    await features(['chat']);
    await auth.standings.setServiceClient('c1', { ...client, revision: 0n });
    await auth.clientKeys.keep('f1', key);
    await auth.identities.set('d1', { userId: 'u1', tenantId: 't1', provider: 'google' }, 0n);
  });

  it.each(losses)('by %s', async (_what, act) => expect(await told(() => act(before))).toBe(true));
  it.each(nothingLost)('and not by %s', async (_what, act) => expect(await told(() => act(before))).toBe(false));
});
