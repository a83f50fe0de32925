import { randomBytes, randomUUID } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import type { Pool } from 'pg';
import { signInByPassword } from '../../../commands/sign-in/sign-in';
import { changeStanding } from '../../../commands/user/office';
import { registerUser } from '../../../commands/user/register-user';
import { RefusedError } from '../../../schema/errors/catalogue';
import type { Auth } from '../../../src/auth/port';
import { createSignInThrottle, SIGN_IN_LIMITS } from '../../../src/auth/throttle';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore } from '../../../src/event-store/port';
import type { Context } from '../../../src/graphql/context';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { authOn } from '../../support/auth';
import { migratedDatabase } from '../vault/migrated-database';

jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual<typeof argon2>('@node-rs/argon2');
  return { ...real, verify: jest.fn(real.verify), hash: jest.fn(real.hash) };
});

const TENANT = 't1';
const PASSWORD = 'violet tram on ice';
const masterKey = randomBytes(32);
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let auth: Auth;
let vault: ErasingVault;
let store: EventStore;
let commands: CommandRuntime;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  auth = authOn(pool, { masterKey });
  vault = await createVault({ pool, masterKey });
  store = createInMemoryEventStore();
  commands = createCommandRuntime({ store });
  for (const email of ['known@example.test', 'closed@example.test']) await registered(email);
}, 30_000);
afterAll(async () => {
  await commands.close();
  await store.close();
  await database.close();
});

function command(actor: CommandContext['actor'] = { kind: 'anonymous', id: 'anonymous' }, tenant = ''): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor, tenant };
}

async function registered(email: string, passwordHash?: string): Promise<string> {
  const userId = randomUUID();
  const made = await registerUser({ commands, vault, auth }, command({ kind: 'system', id: 'test' }, TENANT), {
    userId, email, displayName: 'Somebody', role: 'user', ...(passwordHash ? { passwordHash } : { password: PASSWORD }),
  });
  expect(made.accepted).toBe(true);
  return userId;
}

/** Signs in from a network of its own, so that nothing is throttled. */
async function attempt(email: string, password: string, address = randomAddress()): Promise<string> {
  const context = {
    auth, vault, commands, address, device: 'test', now: () => new Date(), signIn: createSignInThrottle({ pool, masterKey, clock: () => new Date() }),
    principal: { kind: 'anonymous' }, setSessionCookie: () => {},
  } as Partial<Context> as Context;
  try {
    await signInByPassword(context, command(), { email, password, answer: 'cookie' });
    return 'signed in';
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal.rule;
    throw error;
  }
}

const randomAddress = (): string => `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`;

interface Work {
  hashes: number;
  appends: number;
  reads: number;
  statements: number;
}

/** What one attempt costs once everything that is made only once has been made. */
async function workOf(email: string, password: string): Promise<Work> {
  await attempt(email, password);
  const spies = [jest.spyOn(store, 'append'), jest.spyOn(store, 'readStream'), jest.spyOn(pool, 'query')] as const;
  const hashing = [jest.mocked(argon2.verify), jest.mocked(argon2.hash)];
  hashing.forEach((spy) => spy.mockClear());
  try {
    expect(await attempt(email, password)).toBe('credentials');
    const [appends, reads, statements] = spies.map((spy) => spy.mock.calls.length);
    return { hashes: hashing.reduce((sum, spy) => sum + spy.mock.calls.length, 0), appends: appends!, reads: reads!, statements: statements! };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
}

describe('65: a failed sign-in', () => {
  beforeEach(() => pool.query('delete from auth_sign_in_points'));

  it('costs as much for a known name as for an unknown one', async () => {
    const known = await workOf('known@example.test', 'not the password');
    expect(known).toMatchObject({ hashes: 1, appends: 1 });
    expect(await workOf('nobody@example.test', 'not the password')).toEqual(known);
  });

  it('costs as much while somebody has an imported hash, whoever signs in', async () => {
    const imported = `pbkdf2_sha256$200000$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    const userId = await registered('imported@example.test', imported);
    const own = await workOf('imported@example.test', 'not the password');
    expect(await workOf('known@example.test', 'not the password')).toEqual(own);
    expect(await workOf('nobody@example.test', 'not the password')).toEqual(own);
    await timesAlike('imported@example.test', 'nobody@example.test', 15);
    await auth.passwords.remove(userId);
  }, 60_000);

  it('takes as long for a known name as for an unknown one', async () => {
    await timesAlike('known@example.test', 'nobody@example.test', 100);
  }, 120_000);

  /**
   * Medians of interleaved samples. The bound is one that a machine under load keeps, the second time at the latest, and
   * a missing hash (half of all the time) does not; that the work is the same is counted above.
   */
  async function timesAlike(one: string, other: string, samples: number): Promise<void> {
    const bound = 0.4;
    if ((await difference(one, other, samples)) >= bound) expect(await difference(one, other, samples)).toBeLessThan(bound);
  }

  async function difference(one: string, other: string, samples: number): Promise<number> {
    const times: Record<string, number[]> = { [one]: [], [other]: [] };
    for (let n = 0; n < samples; n++) {
      for (const email of n % 2 ? [one, other] : [other, one]) {
        await pool.query('delete from auth_sign_in_points');
        const since = performance.now();
        await attempt(email, 'not the password');
        times[email]!.push(performance.now() - since);
      }
    }
    const median = (email: string): number => times[email]!.toSorted((a, b) => a - b)[samples >> 1]!;
    return Math.abs(median(one) - median(other)) / Math.max(median(one), median(other));
  }

  it('is written down without a name, an address in clear, or a key for every guess', async () => {
    const before = await pool.query('select count(*) from vault_subject_keys');
    for (let n = 0; n < 5; n++) await attempt(`guess-${n}@example.test`, PASSWORD, '198.51.100.7');
    expect(Number((await pool.query('select count(*) from vault_subject_keys')).rows[0].count) - Number(before.rows[0].count)).toBeLessThanOrEqual(1);
    const failures = [];
    for await (const event of store.readAll()) if (event.type === 'SignInFailed') failures.push(event);
    const text = JSON.stringify(failures, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(text).not.toMatch(/guess-|198\.51/);
    expect(failures.at(-1)).toMatchObject({ data: { userId: null, reason: 'credentials', address: { subject: 'strangers' } } });
  });

  it('of a closed account says no more than any other, and is written down as what it was', async () => {
    const userId = await registered('leaver@example.test');
    const boss = { id: 'boss', tenantId: TENANT, role: 'owner' } as const;
    await changeStanding({ commands, auth }, command({ kind: 'user', id: boss.id }, TENANT), userId, { type: 'DeactivateUser' }, boss);
    expect(await attempt('leaver@example.test', PASSWORD)).toBe('credentials');
    const failures = [];
    for await (const event of store.readAll()) if (event.type === 'SignInFailed') failures.push(event);
    expect(failures.at(-1)).toMatchObject({ data: { userId, reason: 'inactive' }, metadata: { tenant: TENANT, actor: { kind: 'anonymous' } } });
  });
});

it('64: a throttled account is written down once a window, however long somebody goes on', async () => {
  await pool.query('delete from auth_sign_in_points');
  const points = SIGN_IN_LIMITS.accountFromHere.points;
  const rules = [];
  for (let n = 0; n < points + 6; n++) rules.push(await attempt('throttled@example.test', 'guess', '203.0.113.5'));
  expect(rules.filter((rule) => rule === 'too_many_sign_ins')).toHaveLength(6);
  const reasons = [];
  for await (const { type, data } of store.readAll()) if (type === 'SignInFailed') reasons.push((data as { reason: string }).reason);
  expect(reasons.filter((reason) => reason === 'throttled')).toHaveLength(1);
}, 30_000);

it('75: whoever is being signed in by a password that is replaced meanwhile is too late', async () => {
  const userId = await registered('replaced@example.test');
  jest.mocked(argon2.verify).mockImplementationOnce(async (...given) => {
    const matches = await jest.requireActual<typeof argon2>('@node-rs/argon2').verify(...given);
    await auth.passwords.set(userId, 'another tram on ice');
    return matches;
  });
  expect(await attempt('replaced@example.test', PASSWORD)).toBe('credentials');
  expect(await auth.sessions.of([userId])).toEqual([]);
  expect(await attempt('replaced@example.test', 'another tram on ice')).toBe('signed in');
});

it('MAMA-04: a sign-in is in the log with method, address and device, in the name of the user', async () => {
  expect(await attempt('known@example.test', PASSWORD, '192.0.2.44')).toBe('signed in');
  const opened = [];
  for await (const event of store.readAll()) if (event.type === 'SessionOpened') opened.push(event);
  const { data, metadata } = opened.at(-1)!;
  const { userId, address, device } = data as { userId: string; address: any; device: any };
  expect(metadata).toMatchObject({ tenant: TENANT, actor: { kind: 'user', id: userId } });
  expect(await vault.open(TENANT, [address, device])).toEqual(['192.0.2.44', 'test']);
});
