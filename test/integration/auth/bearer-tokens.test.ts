import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { identity } from '../../../commands/identity/decider';
import { linkIdentity, unlinkOwn } from '../../../commands/identity/link';
import { personOfToken } from '../../../commands/identity/person-of-token';
import { freeIdentitiesTask, identitiesReactor, settleIdentityTask } from '../../../commands/identity/reactor';
import { loginName } from '../../../commands/login-name/decider';
import { tenant } from '../../../commands/tenant/decider';
import { tenantIdOf } from '../../../commands/tenant/tenant-id';
import { user } from '../../../commands/user/decider';
import { loginNameOf, registerUser } from '../../../commands/user/register-user';
import type { Role } from '../../../schema/access/roles';
import type { RefusedError } from '../../../schema/errors/catalogue';
import { DEFAULT_SLUG } from '../../../schema/tenant/events';
import type { Auth } from '../../../src/auth/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { EventStore, RecordedEvent } from '../../../src/event-store/port';
import { createVault } from '../../../src/vault/vault';
import type { Vault } from '../../../src/vault/port';
import { authOn } from '../../support/auth';
import { claimsOf, newTokenSecret, tokenOf } from '../../support/tokens';
import { migratedDatabase } from '../vault/migrated-database';

const masterKey = randomBytes(32);
const secret = newTokenSecret();
const tenantId = tenantIdOf(DEFAULT_SLUG);
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let pool: Pool;
let vault: Vault;
let store: EventStore;
let now: number;

interface Node {
  auth: Auth;
  commands: CommandRuntime;
}
let node: Node;

/** A server process of its own, over the same log and database. */
function startNode(): Node {
  const commands = createCommandRuntime({ store });
  const auth: Auth = authOn(pool, {
    masterKey, clock: () => new Date(now), bearerTokens: { secret, issuer: undefined, audience: undefined },
    personOf: (claims) => personOfToken({ commands, vault, auth, live: { waitFor: async () => true } }, claims),
  });
  return { commands, auth };
}

beforeAll(async () => {
  database = await migratedDatabase();
  pool = database.pool;
  vault = await createVault({ pool, masterKey });
});
afterAll(() => database.close());
beforeEach(async () => {
  await pool.query('truncate auth_identities, auth_standing, auth_revoked_tokens, auth_passwords, auth_tenants');
  now = Date.now();
  store = createInMemoryEventStore();
  node = startNode();
  await node.commands.execute(tenant, tenantId, { type: 'CreateTenant', tenantId, slug: DEFAULT_SLUG, name: 'Main' }, contextOf('setup'));
});

const contextOf = (who: string): CommandContext => {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'user', id: who }, tenant: tenantId };
};
const token = (more: object = {}): string => tokenOf(secret, claimsOf({ ...more }, now));
const enter = (of: Node, jwt: string): Promise<unknown> => of.auth.authenticate({ kind: 'jwt', token: jwt });
const ruleOf = (entering: Promise<unknown>): Promise<unknown> => entering.then(() => 'entered', (error: { refusal?: { rule: string } }) => error.refusal?.rule ?? error);

async function account(email: string, role: Role = 'user'): Promise<string> {
  const userId = randomUUID();
  const outcome = await registerUser({ ...node, vault }, contextOf(userId), { userId, email, displayName: 'Some One', role });
  if (!outcome.accepted) throw new Error(outcome.refusal.message);
  return userId;
}

async function logged(type: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll()) if (event.type === type) events.push(event);
  return events;
}

test('MMA-02: somebody unknown gets one account of role user in the default tenant, and keeps it', async () => {
  const first = await enter(node, token());
  expect(first).toMatchObject({ kind: 'user', tenantId, role: 'user', operator: false, proof: { kind: 'token' } });
  const later = await enter(startNode(), token({ iat: Math.floor(now / 1_000) - 1, email: 'renamed@example.test' }));
  expect(later).toMatchObject({ userId: (first as { userId: string }).userId });
  expect(await logged('UserCreated')).toHaveLength(1);
  expect((await logged('IdentityLinked')).map(({ data }) => data)).toEqual([{ userId: (first as { userId: string }).userId, provider: 'nextauth' }]);
});

test.each([
  [{}, 'Grace Example', 'https://example.test/grace.png'],
  [{ name: '\u202eGrace\u0000\u200b', picture: 'http://example.test/grace.png' }, 'Grace', null],
  [{ name: '\u200b\u200b', picture: 'javascript:alert(1)' }, 'grace', null],
  [{ name: undefined, picture: undefined }, 'grace', null],
  [{ name: 'x'.repeat(400), picture: 'https://' }, 'x'.repeat(100), null],
])('MMA-02: of the name and picture in %j that is kept which people may give themselves', async (claims, name, picture) => {
  const { userId } = await enter(node, token(claims)) as { userId: string };
  const { state } = await node.commands.load(user, userId);
  if (!state.exists || state.deleted) throw new Error('nobody');
  const texts = await vault.open(tenantId, [state.displayName, ...(state.picture ? [state.picture] : [])]);
  expect([texts[0], texts[1] ?? null]).toEqual([name, picture]);
});

test('MMA-02: an identity of the time when its provider was called otherwise still leads to its person', async () => {
  const userId = await account('grace@example.test');
  const digest = node.auth.identities.digest('nextauth', 'google-118');
  await linkIdentity(node, contextOf(userId), { digest, userId, tenantId, provider: 'google' });
  expect(await enter(startNode(), token({ email: 'other@example.test' }))).toMatchObject({ userId });
});

test('MMA-02: a race of many requests on several nodes makes exactly one user', async () => {
  const nodes = [node, startNode(), startNode()];
  const people = await Promise.all(Array.from({ length: 60 }, (_, n) => enter(nodes[n % 3]!, token({ jti: String(n) }))));
  expect(new Set(people.map((each) => (each as { userId: string }).userId)).size).toBe(1);
  expect(await logged('UserCreated')).toHaveLength(1);
  expect(await logged('LoginNameClaimed')).toHaveLength(1);
  expect(await logged('IdentityLinked')).toHaveLength(1);
});

test('MMA-02: an account that another node made a moment ago is let in before that node has said how it stands', async () => {
  const userId = await account('grace@example.test');
  await pool.query('delete from auth_standing where user_id = $1', [userId]);
  expect(await enter(node, token())).toMatchObject({ userId });
});

test('MMA-02: two subjects with one new address are one account in the end', async () => {
  const both = (): Promise<unknown[]> => Promise.all([token({ sub: 'a' }), token({ sub: 'b' })].map((jwt, n) => ruleOf(enter(n ? startNode() : node, jwt))));
  const first = await both();
  expect(first).toContain('entered');
  expect(await both()).toEqual(['entered', 'entered']);
  expect(await logged('UserCreated')).toHaveLength(1);
});

test('MMA-02: a token without an address and an unknown subject is nobody', async () => {
  await expect(enter(node, token({ email: undefined }))).rejects.toMatchObject({ refusal: { code: 'E4011', rule: 'user_unknown', message: 'User not found' } });
  expect(await ruleOf(enter(node, token({ email: 'no address' })))).toBe('user_unknown');
  await enter(node, token());
  expect(await ruleOf(enter(node, token({ email: undefined })))).toBe('entered');
  expect(await ruleOf(enter(node, token({ email: 'no address' })))).toBe('entered');
});

test('MMA-02: an account with the address is linked when its role is user', async () => {
  const userId = await account('Grace@Example.test');
  expect(await enter(node, token())).toMatchObject({ userId });
  expect(await logged('UserCreated')).toHaveLength(1);
});

test.each(['owner', 'admin', 'auditor'] as const)('79: an account of role %s is never linked by its address', async (role) => {
  await account('grace@example.test', role);
  expect(await ruleOf(enter(node, token()))).toBe('credential');
  expect(await logged('IdentityLinked')).toEqual([]);
});

test('79: another subject does not become somebody by a changed address', async () => {
  const victim = await account('victim@example.test', 'admin');
  const mine = await enter(node, token());
  expect(await enter(node, token({ email: 'victim@example.test' }))).toMatchObject({ userId: (mine as { userId: string }).userId });
  expect((mine as { userId: string }).userId).not.toBe(victim);
});

test('MMA-03: somebody deactivated is refused', async () => {
  const userId = await account('grace@example.test');
  const standing = { tenantId, role: 'user', active: false, tier: 'free', dailyRequests: undefined } as const;
  await enter(node, token());
  await node.auth.standings.setUser(userId, standing, 1n);
  expect(await ruleOf(enter(node, token({ jti: '2' })))).toBe('inactive_user');
});

test('whoever is known costs one statement', async () => {
  await enter(node, token());
  const other = startNode();
  const statements = jest.spyOn(pool, 'query');
  try {
    expect(await ruleOf(enter(other, token()))).toBe('entered');
    expect(statements).toHaveBeenCalledTimes(1);
  } finally {
    statements.mockRestore();
  }
});

test('HAPA-07: a revoked token is refused on every node until it has expired', async () => {
  const other = startNode();
  const jwt = token();
  const principal = await enter(node, jwt) as { proof: { digest: string; expiresAt: number } };
  expect(await ruleOf(enter(other, jwt))).toBe('entered');
  await node.auth.tokens.revoke(principal.proof.digest, principal.proof.expiresAt);
  await node.auth.tokens.revoke(principal.proof.digest, principal.proof.expiresAt);
  expect(await ruleOf(enter(node, jwt))).toBe('credential');
  now += 401;
  expect(await ruleOf(enter(other, jwt))).toBe('credential');
  expect(await ruleOf(enter(node, token({ jti: 'another' })))).toBe('entered');
  // Within the tolerance of clocks the token would still be good, so it is still remembered.
  now = principal.proof.expiresAt * 1_000 + 4_000;
  await node.auth.tokens.revoke('x', now / 1_000 + 1);
  expect(await ruleOf(enter(node, jwt))).toBe('credential');
  now = principal.proof.expiresAt * 1_000 + 6_000;
  await node.auth.tokens.revoke('y', now / 1_000 + 1);
  expect((await pool.query('select digest from auth_revoked_tokens order by 1')).rows).toEqual([{ digest: 'x' }, { digest: 'y' }]);
  expect(await ruleOf(enter(node, jwt))).toBe('token_expired');
});

describe('taking accounts elsewhere from the ways in', () => {
  const withTwo = async (): Promise<{ userId: string; digests: string[]; unlink(digest: string, on?: Node): Promise<unknown> }> => {
    const { userId } = await enter(node, token()) as { userId: string };
    const second = { digest: node.auth.identities.digest('https://accounts.google.com', '118'), userId, tenantId, provider: 'google' };
    await linkIdentity(node, contextOf(userId), second);
    return {
      userId, digests: (await node.auth.identities.of(userId)).map(({ digest }) => digest),
      unlink: (digest, on = node) => unlinkOwn(on, contextOf(userId), { digest, userId })
        .then(({ accepted }) => accepted, (error: RefusedError) => error.refusal.rule),
    };
  };

  test('leaves one, however many go at once on several nodes', async () => {
    const { userId, digests, unlink } = await withTwo();
    const nodes = [node, startNode(), startNode()];
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => unlink(digests[n % 2]!, nodes[n % 3])));
    expect(answers).toContain('last_way_in');
    expect(await node.auth.identities.of(userId)).toHaveLength(1);
    const owners = await Promise.all(digests.map(async (digest) => (await startNode().commands.load(identity, digest)).state.owner));
    expect(owners.filter((owner) => owner?.userId === userId)).toHaveLength(1);
  });

  test('goes on after one that was broken off, and takes the last of somebody who has a password', async () => {
    const { userId, digests: [first, second], unlink } = await withTwo();
    expect(await node.auth.identities.leave(first!, userId)).toBe('leaving');
    expect(await unlink(second!)).toBe('last_way_in');
    now += 61_000;
    expect(await unlink(second!)).toBe(true);
    expect(await unlink(second!)).toBe('identity_not_linked');
    expect(await unlink(first!)).toBe('last_way_in');
    await node.auth.passwords.set(userId, 'violet tram on ice');
    expect(await unlink(first!)).toBe(true);
    expect(await node.auth.identities.of(userId)).toEqual([]);
  });
});

describe('what the log says about accounts elsewhere', () => {
  const react = (events: RecordedEvent[]) => identitiesReactor.react(events.map((at) => ({ type: at.type, data: at.data, at })) as never);
  const run = async (event: RecordedEvent): Promise<void> => {
    const [job] = react([event]);
    const task = { 'settle-identity': settleIdentityTask(node), 'free-identities': freeIdentitiesTask(node) }[job!.task]!;
    await task(job!.payload, {} as never);
  };

  test('is made good when the server died right after the append', async () => {
    const { userId } = await enter(node, token()) as { userId: string };
    await pool.query('truncate auth_identities');
    expect(await enter(startNode(), token({ jti: '2' }))).toMatchObject({ userId });
    await run((await logged('IdentityLinked'))[0]!);
    expect(await node.auth.identities.find('nextauth', 'google-118')).toEqual({ userId, tenantId });
  });

  test('is not undone by a late writer', async () => {
    const { userId } = await enter(node, token()) as { userId: string };
    const digest = node.auth.identities.digest('nextauth', 'google-118');
    await node.auth.identities.set(digest, undefined, 1n);
    await node.auth.identities.set(digest, { userId, tenantId, provider: 'google' }, 0n);
    expect(await node.auth.identities.find('nextauth', 'google-118')).toBeUndefined();
  });

  test('frees the accounts of somebody deleted, who may come again as somebody new', async () => {
    const { userId } = await enter(node, token({ picture: undefined })) as { userId: string };
    const digest = node.auth.identities.digest('nextauth', 'google-118');
    const [created] = await logged('UserCreated');
    await store.append(created!.stream, 0n, [{
      id: randomUUID(), type: 'UserDeleted', data: { userId }, metadata: { ...created!.metadata, v: 1 },
    }] as never);
    await node.auth.standings.setUser(userId, undefined, 2n);
    await node.commands.close();
    node = startNode();
    expect(await ruleOf(enter(node, token({ jti: '2' })))).toBe('inactive_user');
    await run((await logged('UserDeleted'))[0]!);
    expect((await node.commands.load(identity, digest)).state.owner).toBeUndefined();
    await node.commands.execute(loginName, loginNameOf({ vault }, 'grace@example.test'), { type: 'ReleaseLoginName', userId }, contextOf('system'));
    const again = await enter(node, token({ jti: '3' })) as { userId: string };
    expect(again.userId).not.toBe(userId);
  });
});
