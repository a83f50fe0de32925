import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { linkIdentity } from '../../../commands/identity/link';
import { createOidcSignIn } from '../../../commands/identity/oidc-sign-in';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { registerUser } from '../../../commands/user/register-user';
import { DEFAULT_SLUG } from '../../../schema/tenant/events';
import type { Auth } from '../../../src/auth/port';
import { OidcError, type OidcPerson } from '../../../src/auth/oidc-provider';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { Context } from '../../../src/graphql/context';
import { silentLog } from '../../../src/postgres/log';
import { createVault } from '../../../src/vault/vault';
import type { Vault } from '../../../src/vault/port';
import { authOn } from '../../support/auth';
import { refusalsInMemory } from '../../support/services';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
const tenantId = tenantIdOf(DEFAULT_SLUG);
const grace: OidcPerson = { issuer: 'https://op.example.test', subject: 'grace', email: 'grace@example.test', name: 'Grace' };
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let vault: Vault;
let auth: Auth;
let commands: CommandRuntime;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  vault = await createVault({ pool, masterKey });
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_identities, auth_standing, auth_sessions, auth_tenants');
  commands = createCommandRuntime({ store: createInMemoryEventStore() });
  auth = authOn(pool, { masterKey });
  await commands.execute(tenant, tenantId, { type: 'CreateTenant', tenantId, slug: DEFAULT_SLUG, name: 'Main' }, contextOf('setup'));
});

function contextOf(who: string): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'user', id: who }, tenant: tenantId };
}

/** Somebody comes back from the provider. */
async function comeBack(finish: () => Promise<OidcPerson>) {
  const refusals = refusalsInMemory();
  const signIn = createOidcSignIn({
    providers: { of: () => ({ finish }) } as never,
    flows: { take: async () => ({ provider: 'oidc', returnTo: '/', link: undefined, secrets: {} }) } as never,
    signUp: false, log: silentLog,
  });
  const context = {
    auth, commands, vault, refusals, principal: { kind: 'anonymous' }, correlationId: randomUUID(), requestId: randomUUID(), address: '', device: '',
    newId: randomUUID, now: () => new Date(), setSessionCookie: () => {},
  } as unknown as Context;
  const answer = await signIn.finish(context, 'oidc', { answer: new URLSearchParams({ state: 's' }), browser: 'b' })
    .then(() => context.principal, (error: { refusal: { rule: string } }) => error.refusal.rule);
  return { answer, recorded: refusals.recorded.map(({ refusal }) => refusal.rule) };
}

test('whom the log knows comes in although the server that linked them died before it wrote so', async () => {
  const userId = randomUUID();
  await registerUser({ commands, auth, vault }, contextOf(userId), { userId, email: 'kim@example.test', displayName: 'Kim', role: 'admin' });
  expect((await comeBack(async () => grace)).answer).toBe('identity_unknown');
  await linkIdentity({ commands, auth }, contextOf(userId), { digest: auth.identities.digest(grace.issuer, grace.subject), userId, tenantId, provider: 'oidc' });
  await pool.query('truncate auth_identities');
  expect((await comeBack(async () => grace)).answer).toMatchObject({ kind: 'user', userId, role: 'admin' });
});

test('what passes is no refusal worth keeping, and what somebody tries is', async () => {
  const failing = (failure: 'identity_away' | 'identity_refused') => comeBack(() => Promise.reject(new OidcError(failure)));
  expect(await failing('identity_away')).toEqual({ answer: 'identity_away', recorded: [] });
  expect(await failing('identity_refused')).toEqual({ answer: 'identity_refused', recorded: ['identity_refused'] });
});
