import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { resetPassword } from '../../../commands/account/password-link';
import { changePassword } from '../../../commands/account/passwords';
import { endSessionsOf } from '../../../commands/session/end-session';
import { session } from '../../../commands/session/decider';
import { user } from '../../../commands/user/decider';
import type { Auth } from '../../../src/auth/port';
import type { CommandContext } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { Context } from '../../../src/graphql/context';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { authOn } from '../../support/auth';
import { sealedText } from '../../support/sealed';
import { migratedDatabase } from '../vault/migrated-database';

const [OLD, NEW, FROM_ABOVE] = ['violet tram on ice', 'amber kite in rain', 'set by an operator'];
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let vault: ErasingVault;
let now: number;
let auth: Auth;
let context: Context;
let ids = 0;

const command = (): CommandContext =>
  ({ commandId: `c${++ids}`, correlationId: 'c', causationId: 'c', actor: { kind: 'user', id: 'u1' }, tenant: 't1' });
const stateOf = async (sessionId: string): Promise<string> => (await context.commands.load(session, sessionId)).state;
const sessionIds = async (): Promise<string[]> => (await auth.sessions.of(['u1'])).map(({ sessionId }) => sessionId);

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  vault = await createVault({ pool, masterKey: randomBytes(32) });
});
afterAll(() => database.close());

/** Somebody with a password, in a session of theirs. */
beforeEach(async () => {
  await pool.query('truncate auth_standing, auth_sessions, auth_passwords, auth_password_links');
  now = Date.UTC(2030, 0, 1);
  // Every look at the clock is a moment later, as in life.
  auth = authOn(pool, { clock: () => new Date(++now) });
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  const sealed = sealedText('u1', 'name', 'Kim');
  await commands.execute(user, 'u1', {
    type: 'CreateUser', userId: 'u1', tenantId: 't1', loginName: 'kim', email: sealed, displayName: sealed, role: 'user',
    organization: null, note: null, tier: 'free',
  }, command());
  await auth.standings.setUser('u1', { tenantId: 't1', role: 'user', active: true, tier: 'free', dailyRequests: undefined }, 0n);
  await auth.passwords.set('u1', OLD);
  const { token, sessionId } = await auth.sessions.open({ userId: 'u1', tenantId: 't1', method: 'password', address: null, device: null });
  await commands.execute(session, sessionId, { type: 'OpenSession', sessionId, userId: 'u1', method: 'password', address: null, device: null }, command());
  context = {
    commands, auth, vault, address: '203.0.113.9', device: '', now: () => new Date(now), setSessionCookie: () => undefined,
    principal: await auth.authenticate({ kind: 'cookie', token }),
    signIn: { checkSignInAllowed: async () => undefined, signInSucceeded: async () => undefined },
  } as unknown as Context;
});

const ownSessionId = (): string => (context.principal as { proof: { sessionId: string } }).proof.sessionId;
const change = () => changePassword(context, command(), { oldPassword: OLD, newPassword: NEW });

describe('a changed password', () => {
  it('opens the session anew, and the one that it ended is not said to have signed out', async () => {
    const before = ownSessionId();
    expect(await change()).toMatchObject({ accepted: true });
    expect(await auth.passwords.verify('u1', NEW)).toBe(true);
    expect(await sessionIds()).toEqual([ownSessionId()]);
    expect(ownSessionId()).not.toBe(before);
    expect(await stateOf(before)).toBe('open');
  });

  it('does not take the place of one that an operator set while the old one was proven', async () => {
    const { verify } = auth.passwords;
    jest.spyOn(auth.passwords, 'verify').mockImplementationOnce(async (...given) => {
      const proven = await verify(...given);
      await auth.passwords.set('u1', FROM_ABOVE);
      return proven;
    });
    await expect(change()).rejects.toMatchObject({ refusal: { code: 'E4011', rule: 'old_password', path: ['oldPassword'] } });
    expect(await auth.passwords.verify('u1', FROM_ABOVE)).toBe(true);
    expect(await sessionIds()).toEqual([]);
  });

  it('opens no session when an operator sets another one right after it', async () => {
    const { open } = auth.sessions;
    jest.spyOn(auth.sessions, 'open').mockImplementationOnce(async (given) => {
      await auth.passwords.set('u1', FROM_ABOVE);
      return open(given);
    });
    expect(await change()).toMatchObject({ accepted: true });
    expect(await sessionIds()).toEqual([]);
  });

  it('is refused to whoever has none', async () => {
    await auth.passwords.remove('u1');
    await expect(change()).rejects.toMatchObject({ refusal: { rule: 'old_password' } });
    expect(await auth.passwords.has('u1')).toBe(false);
  });
});

describe('a link for choosing a password', () => {
  it('works again for whoever was told to wait, and then no more', async () => {
    context.principal = { kind: 'anonymous' };
    const { token } = await auth.passwordLinks.issue('u1', 't1');
    const crowd = Promise.all(Array.from({ length: 66 }, (_, n) => auth.passwords.set(`c${n}`, OLD)));
    await expect(resetPassword(context, command(), { token, password: NEW })).rejects.toMatchObject({ refusal: { code: 'E4291' } });
    await crowd;
    expect(await resetPassword(context, command(), { token, password: NEW })).toMatchObject({ accepted: true });
    expect(context.principal).toMatchObject({ kind: 'user', userId: 'u1' });
    await expect(resetPassword(context, command(), { token, password: OLD })).rejects.toMatchObject({ refusal: { rule: 'password_link' } });
    expect(await auth.passwords.verify('u1', NEW)).toBe(true);
  });
});

test('what ends with all sessions are those that somebody could still use', async () => {
  const idle = await auth.sessions.open({ userId: 'u1', tenantId: 't1', method: 'password', address: null, device: null });
  await pool.query(`update auth_sessions set last_seen_at = last_seen_at - interval '1 day' where session_id = $1`, [idle.sessionId]);
  expect(await endSessionsOf(context, command(), { userId: 'u1', tenantId: 't1' })).toMatchObject({ count: 1 });
  expect(await stateOf(ownSessionId())).toBe('ended');
  expect(await stateOf(idle.sessionId)).toBe('unknown');
  expect((await pool.query('select 1 from auth_sessions')).rowCount).toBe(0);
});
