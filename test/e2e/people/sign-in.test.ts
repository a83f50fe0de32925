import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { apiOf, bearer, post, type Api } from '../../support/api';
import { act, acts, done, keyOf, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';

const ADMIN = { email: 'first@example.test', password: 'a first and long password' };
const ENV = { ADMIN_USER: ADMIN.email, ADMIN_PASS: ADMIN.password, KEYLEDGER_SIGN_UP: 'true' };
const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir, env: ENV });
  owner = apiOf(server.url);
  await done(owner, 'signIn', ADMIN);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const signIn = (email: string, password: string, fields = ''): Promise<any> => act(apiOf(server.url), 'signIn', { email, password }, fields);

test('MAMA-01, TEST-07: ADMIN_USER makes the first owner once, and a restart neither doubles it nor resets its password', async () => {
  expect(server.setupLink).toBeUndefined();
  expect((await signIn('admin@example.test', 'admin')).errors).toMatchObject([{ rule: 'credentials' }]);
  await done(owner, 'changePassword', { oldPassword: ADMIN.password, newPassword: PASSWORD });
  await server.stop();
  server = await startServer({ dataDir: folder.dataDir, env: ENV });
  owner = apiOf(server.url);
  expect((await signIn(ADMIN.email, ADMIN.password)).errors).toMatchObject([{ code: 'E4011', rule: 'credentials' }]);
  await done(owner, 'signIn', { email: ADMIN.email, password: PASSWORD });
  const { users } = await owner.ask('{ users { totalCount nodes { email role } } }');
  expect(users).toEqual({ totalCount: 1, nodes: [{ email: ADMIN.email, role: 'OWNER' }] });
}, 60_000);

test('MAMA-02, HUB-04: a program signs in for a bearer token, which names the caller until it ends', async () => {
  const program = apiOf(server.url);
  const { token, expiresAt, viewer } = await done(
    program, 'signIn', { email: ADMIN.email, password: PASSWORD, answer: 'TOKEN' }, 'token expiresAt viewer { role operator user { email } }');
  expect(viewer).toEqual({ role: 'OWNER', operator: true, user: { email: ADMIN.email } });
  expect(program.cookie()).toBeUndefined();
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
  const { caller } = (await post(server.url, bearer(token), '{ caller { kind operator scopes expiresAt } }')).data;
  expect(caller).toMatchObject({ kind: 'USER', operator: true, expiresAt, scopes: expect.arrayContaining(['tenants:manage']) });
  const me = await post(server.url, { 'x-api-key': token }, '{ viewer { user { email } } }');
  expect(me.data.viewer.user.email).toBe(ADMIN.email);

  await post(server.url, bearer(token), 'mutation { signOut(input: {}) { errors { code } } }');
  expect(await post(server.url, bearer(token), '{ viewer { role } }')).toMatchObject({ status: 401, errors: [{ extensions: { rule: 'credential' } }] });
});

test('HUB-02: whatever is no valid credential is refused as one, and a valid one with too few rights is told so', async () => {
  const user = await somebody(server, owner, 'rights@example.test');
  for (const authorization of ['Bearer', 'Bearer ', 'Basic Zm9vOmJhcg==', 'Bearer nothing', 'Bearer a.b.c', 'Bearer a.b.c.d.e', `Bearer ${'x'.repeat(43)}`]) {
    expect(await post(server.url, { authorization }, '{ viewer { role } }')).toMatchObject({ status: 401, errors: [{ extensions: { code: 'E4011' } }] });
  }
  expect((await post(server.url, {}, '{ users { totalCount } }')).errors).toMatchObject([{ extensions: { code: 'E4011', rule: 'signed_in' } }]);
  expect((await user.api.call('{ auditLog { totalCount } }')).errors).toMatchObject([{ extensions: { code: 'E4031', rule: 'role' } }]);
});

test('MAMA-03, 65: a wrong password, an unknown name and a closed account are answered alike', async () => {
  await somebody(server, owner, 'known@example.test');
  const closed = await somebody(server, owner, 'closed@example.test');
  await done(owner, 'deactivateUser', { userId: closed.id });
  const answers = await Promise.all([
    signIn('known@example.test', 'not the password'), signIn('nobody@example.test', PASSWORD), signIn(closed.email, PASSWORD), signIn('', ''),
    signIn('known@example.test', ''),
  ]);
  for (const answer of answers) {
    expect(answer).toEqual({ position: null, errors: [expect.objectContaining({ code: 'E4011', rule: 'credentials', path: null })] });
    expect(answer.errors[0].message).toBe(answers[0].errors[0].message);
  }
});

test('MAMA-04: signing in, failing to, and signing out are acts with an address', async () => {
  const { id, api, email } = await somebody(server, owner, 'audited@example.test');
  const userId = keyOf(id);
  await signIn(email, 'not the password');
  await done(api, 'signOut');
  await signIn('ghost@example.test', PASSWORD);
  const seen = await acts(owner, ['SessionOpened', 'SignInFailed', 'SessionEnded']);
  const [ghost, ended, failed, opened] = seen;
  expect(ghost).toMatchObject({ act: 'SignInFailed', actorKind: 'anonymous', result: 'REFUSED', summary: { userId: null, reason: 'credentials' } });
  expect(ended).toMatchObject({ act: 'SessionEnded', actorId: userId, result: 'SUCCEEDED', summary: { reason: 'signed_out' } });
  expect(failed).toMatchObject({ act: 'SignInFailed', actorKind: 'anonymous', result: 'REFUSED', summary: { userId, reason: 'credentials' } });
  expect(opened).toMatchObject({ act: 'SessionOpened', actorId: userId, result: 'SUCCEEDED', summary: { userId, method: 'password' } });
  for (const entry of [ghost, ended, failed, opened]) expect(entry.address).toMatch(/127\.0\.0/);
  expect(JSON.stringify(seen)).not.toContain('ghost@');
});

test('64: guessing at one account is stopped and noted once, and nobody else notices', async () => {
  const victim = await somebody(server, owner, 'victim@example.test');
  const answers = [];
  for (let n = 0; n < 14; n++) answers.push(await signIn(victim.email, `guess number ${n}`));
  const rules = answers.map(({ errors }) => errors[0].rule);
  expect(rules.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'credentials'));
  expect(new Set(rules.slice(10))).toEqual(new Set(['too_many_sign_ins']));
  const userId = keyOf(victim.id);
  const noted = (await acts(owner, ['SignInFailed'], 50)).filter(({ summary }) => summary.userId === userId);
  expect(noted.map(({ summary }) => summary.reason)).toEqual(['throttled', ...Array.from({ length: 10 }, () => 'credentials')]);
  expect((await victim.api.ask('{ viewer { role } }')).viewer.role).toBe('USER');
  expect((await signIn(ADMIN.email, PASSWORD)).errors).toEqual([]);
});

test('64: a hundred sign-ins in one request are no hundred guesses', async () => {
  const fields = Array.from({ length: 100 }, (_, n) => `a${n}: signIn(input: { email: "many@example.test", password: "guess ${n}" }) { errors { rule } }`);
  const { data, errors } = await post(server.url, {}, `mutation { ${fields.join(' ')} }`);
  expect(data).toBeNull();
  expect(errors.length).toBeGreaterThan(0);
});

test.each([200_000, 600_000])('TEST-04, 66: somebody with a PBKDF2 hash of %i rounds signs in; with an altered one they do not', async (rounds) => {
  const salt = randomBytes(16);
  const password = 'old school word';
  const hash = pbkdf2Sync(password, salt, rounds, 32, 'sha256').toString('base64url');
  const passwordHash = `pbkdf2_sha256$${rounds}$${salt.toString('base64url')}$${hash}`;
  const [email, other] = [`imported-${rounds}@example.test`, `altered-${rounds}@example.test`];
  await done(owner, 'createUser', { email, displayName: 'Imported', role: 'USER', passwordHash });
  await done(owner, 'createUser', { email: other, displayName: 'Altered', role: 'USER', passwordHash: passwordHash.replace(/.{4}$/, 'AAAA') });
  expect((await signIn(other, password)).errors).toMatchObject([{ rule: 'credentials' }]);
  expect((await signIn(email, 'not that word')).errors).toMatchObject([{ rule: 'credentials' }]);
  const both = await Promise.all([signIn(email, password), signIn(email, password)]);
  expect(both.flatMap(({ errors }) => errors)).toEqual([]);
  expect((await signIn(email, password)).errors).toEqual([]);
  const refused = await act(owner, 'createUser', { email: 'x@example.test', displayName: 'X', role: 'USER', passwordHash: passwordHash.replace(String(rounds), '999') });
  expect(refused.errors).toMatchObject([{ code: 'V1001', rule: 'password_hash' }]);
}, 60_000);

describe('MMA-08, HUB-03: a visitor makes an account', () => {
  const signUp = (input: object): Promise<any> =>
    act(apiOf(server.url), 'signUp', { displayName: 'Newcomer', password: PASSWORD, ...input }, 'viewer { role user { tier email state } tenant { id } }');

  test('of the lowest role and tier, and is signed in', async () => {
    const api = apiOf(server.url);
    await done(api, 'signUp', { email: 'new@example.test', displayName: 'Newcomer', password: PASSWORD });
    const { viewer } = await api.ask('{ viewer { role operator hasPassword user { tier displayName } usage { dailyLimit totalRequests } } }');
    expect(viewer).toEqual({
      role: 'USER', operator: false, hasPassword: true, user: { tier: 'free', displayName: 'Newcomer' }, usage: { dailyLimit: 100, totalRequests: 0 },
    });
    expect((await signIn('new@example.test', PASSWORD)).errors).toEqual([]);
  });

  test('and cannot name a role, a tier or a tenant', async () => {
    for (const more of ['role: OWNER', 'tier: "enterprise"', 'tenantId: "x"']) {
      const { data, errors } = await post(server.url, {}, `mutation { signUp(input: { email: "e@example.test", displayName: "E", password: "${PASSWORD}", ${more} }) { position } }`);
      expect(data).toBeNull();
      expect(errors).not.toEqual([]);
    }
  });

  test('with an address that nobody has, and a password that is long and not common', async () => {
    expect((await signUp({ email: 'NEW@example.test' })).errors).toMatchObject([{ code: 'E4091', rule: 'email_taken' }]);
    const refused: [string, string][] = [['elevenchars', 'password_too_short'], ['password1234', 'password_common'], ['x'.repeat(1_025), 'max_length']];
    for (const [password, rule] of refused) {
      expect((await signUp({ email: 'other@example.test', password })).errors).toMatchObject([{ code: 'V1001', rule, path: ['input', 'password'] }]);
    }
    expect((await signUp({ email: 'not an address' })).errors).toMatchObject([{ rule: 'is_email' }]);
    expect((await signUp({ email: 'twelve@example.test', password: 'twelve chars' })).errors).toEqual([]);
  });
});

test('HAPA-05, MMA-05: whoever asks learns who they are, also when they are nobody', async () => {
  const { api } = await somebody(server, owner, 'me@example.test');
  expect((await api.ask('{ viewer { user { email displayName } tenant { name } } }')).viewer.user.email).toBe('me@example.test');
  expect((await apiOf(server.url).ask('{ viewer { role } caller { kind id tenantId operator scopes features expiresAt } }'))).toEqual({
    viewer: null, caller: { kind: 'ANONYMOUS', id: null, tenantId: null, operator: false, scopes: [], features: [], expiresAt: null },
  });
  expect((await owner.ask('{ setupState { needed signIn { password google oidc signUp } } }')).setupState).toEqual({
    needed: false, signIn: { password: true, google: false, oidc: null, signUp: true },
  });
});

// The last one: afterwards this network has no attempts left for names that never signed in from it.
test('67: a password of a megabyte is refused unread, and a flood of sign-ins lets others through', async () => {
  const { email, api } = await somebody(server, owner, 'flooded@example.test');
  const huge = await apiOf(server.url).call('mutation ($input: SignInInput!) { signIn(input: $input) { errors { rule } } }', {
    input: { email, password: 'x'.repeat(1_000_000) },
  });
  expect(huge.data).toBeNull();
  expect(huge.errors).not.toEqual([]);
  expect((await signIn(email, 'x'.repeat(1_025))).errors).toMatchObject([{ code: 'V1001', rule: 'max_length' }]);
  let over = false;
  const flood = Promise.all(Array.from({ length: 150 }, (_, n) => signIn(`flood-${n}@example.test`, PASSWORD))).finally(() => {
    over = true;
  });
  expect((await api.ask('{ viewer { role } }')).viewer.role).toBe('USER');
  expect(over).toBe(false);
  const rules = new Set((await flood).flatMap(({ errors }) => errors.map(({ rule }: any) => rule)));
  expect([...rules].every((rule) => ['credentials', 'too_many_sign_ins', 'sign_in_busy'].includes(rule))).toBe(true);
  expect((await signIn(ADMIN.email, PASSWORD)).errors).toEqual([]);
}, 60_000);
