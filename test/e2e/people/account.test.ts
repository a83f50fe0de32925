import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { apiOf, type Api } from '../../support/api';
import { act, acts, done, globalId, keyOf, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';

const OTHER = 'another tram on ice';
const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const signIn = (email: string, password: string): Promise<any> => act(apiOf(server.url), 'signIn', { email, password });

describe('MAMA-05, MAMA-54: changing one\'s own password', () => {
  test('needs the old one, and the new one is the only one that works', async () => {
    const { api, email, id } = await somebody(server, owner, 'change@example.test');
    const wrong = await act(api, 'changePassword', { oldPassword: 'not the old one', newPassword: OTHER });
    expect(wrong.errors).toMatchObject([{ code: 'E4011', rule: 'old_password', path: ['input', 'oldPassword'] }]);
    const weak = await act(api, 'changePassword', { oldPassword: PASSWORD, newPassword: 'short' });
    expect(weak.errors).toMatchObject([{ code: 'V1001', rule: 'password_too_short', path: ['input', 'newPassword'] }]);
    expect((await signIn(email, PASSWORD)).errors).toEqual([]);

    await done(api, 'changePassword', { oldPassword: PASSWORD, newPassword: OTHER });
    expect((await signIn(email, PASSWORD)).errors).toMatchObject([{ rule: 'credentials' }]);
    expect((await signIn(email, OTHER)).errors).toEqual([]);
    const ofThem = (await acts(owner, ['PasswordChanged', 'ActRefused'])).filter(({ actorId }) => actorId === keyOf(id));
    expect(ofThem.map(({ act: what, result, reason }) => [what, result, reason])).toEqual([
      ['PasswordChanged', 'SUCCEEDED', null], ['ActRefused', 'REFUSED', 'password_too_short'], ['ActRefused', 'REFUSED', 'old_password'],
    ]);
  });

  test('cannot be guessed at from a stolen session', async () => {
    const { api } = await somebody(server, owner, 'guessed@example.test');
    const rules = [];
    for (let n = 0; n < 12; n++) rules.push((await act(api, 'changePassword', { oldPassword: `guess ${n}`, newPassword: OTHER })).errors[0].rule);
    expect(rules.filter((rule) => rule === 'old_password')).toHaveLength(10);
    expect(rules.at(-1)).toBe('too_many_sign_ins');
    expect((await act(api, 'changePassword', { oldPassword: PASSWORD, newPassword: OTHER })).errors).toMatchObject([{ rule: 'too_many_sign_ins' }]);
  });
});

test('MAMA-07, MAMA-54: whoever manages a role sets its passwords, which ends sessions; others do not', async () => {
  const [admin, user, peer] = await Promise.all([
    somebody(server, owner, 'admin@example.test', 'ADMIN'), somebody(server, owner, 'user@example.test'), somebody(server, owner, 'peer@example.test', 'ADMIN'),
  ]);
  await done(admin.api, 'setUserPassword', { userId: user.id, password: OTHER }, 'user { id }');
  expect((await user.api.ask('{ viewer { role } }')).viewer).toBeNull();
  expect((await signIn(user.email, PASSWORD)).errors).toMatchObject([{ rule: 'credentials' }]);
  expect((await signIn(user.email, OTHER)).errors).toEqual([]);

  expect((await act(admin.api, 'setUserPassword', { userId: peer.id, password: OTHER })).errors).toMatchObject([{ code: 'B2003', rule: 'role_above' }]);
  expect((await act(admin.api, 'setUserPassword', { userId: admin.id, password: OTHER })).errors).toMatchObject([{ code: 'B2003', rule: 'own_password' }]);
  const unknown = globalId('User', 'nobody');
  expect((await act(admin.api, 'setUserPassword', { userId: unknown, password: OTHER })).errors).toMatchObject([{ code: 'E4041', rule: 'user_unknown' }]);
  const asUser = await peer.api.call(`mutation { setUserPassword(input: { userId: "${user.id}", password: "short" }) { errors { rule path } } }`);
  expect(asUser.data!['setUserPassword'].errors).toMatchObject([{ rule: 'password_too_short', path: ['input', 'password'] }]);
  const someone = await somebody(server, owner, 'someone@example.test');
  expect((await someone.api.call(`mutation { setUserPassword(input: { userId: "${peer.id}", password: "${OTHER}" }) { errors { rule } } }`)).errors)
    .toMatchObject([{ extensions: { code: 'E4031', rule: 'role' } }]);
  expect((await signIn(peer.email, PASSWORD)).errors).toEqual([]);
});

describe('80: a link for choosing a password', () => {
  const tokenOf = (url: string): string => new URL(url).searchParams.get('token')!;

  test('is built from configuration, shown once, works once and signs in', async () => {
    const user = await somebody(server, owner, 'linked@example.test');
    const input = { userId: user.id, idempotencyKey: 'one link' };
    const first = await done(owner, 'createPasswordLink', input, 'url expiresAt user { email }');
    expect(first.url).toMatch(new RegExp(`^${server.url.replace('127.0.0.1', 'localhost')}/reset-password\\?token=[\\w-]{43}$`));
    expect(first.user.email).toBe(user.email);
    const left = Date.parse(first.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(59 * 60_000);
    expect(left).toBeLessThanOrEqual(60 * 60_000);
    expect((await done(owner, 'createPasswordLink', input, 'url')).url).toBeNull();

    const token = tokenOf(first.url);
    const api = apiOf(server.url);
    expect((await act(api, 'resetPassword', { token, password: 'short' })).errors).toMatchObject([{ rule: 'password_too_short' }]);
    expect((await done(api, 'resetPassword', { token, password: OTHER }, 'viewer { user { email } }')).viewer.user.email).toBe(user.email);
    expect((await api.ask('{ viewer { sessions { method current } } }')).viewer.sessions).toEqual([{ method: 'PASSWORD_LINK', current: true }]);
    expect((await user.api.ask('{ viewer { role } }')).viewer).toBeNull();
    expect((await signIn(user.email, PASSWORD)).errors).toMatchObject([{ rule: 'credentials' }]);
    expect((await act(apiOf(server.url), 'resetPassword', { token, password: PASSWORD })).errors).toMatchObject([{ code: 'E4031', rule: 'password_link' }]);
    const [link] = await acts(owner, ['PasswordLinkIssued'], 1);
    expect(JSON.stringify(link)).not.toContain(token);
  });

  test('stops working for a newer one and for a closed account, and is not guessed', async () => {
    const user = await somebody(server, owner, 'relinked@example.test');
    const [old, newer] = [await done(owner, 'createPasswordLink', { userId: user.id }, 'url'), await done(owner, 'createPasswordLink', { userId: user.id }, 'url')];
    const reset = (token: string): Promise<any> => act(apiOf(server.url), 'resetPassword', { token, password: OTHER });
    for (const token of [tokenOf(old.url), '', 'x', 'A'.repeat(43), `${tokenOf(newer.url)}A`]) {
      expect((await reset(token)).errors).toMatchObject([{ code: 'E4031', rule: 'password_link' }]);
    }
    await done(owner, 'deactivateUser', { userId: user.id });
    expect((await reset(tokenOf(newer.url))).errors).toMatchObject([{ code: 'E4031', rule: 'password_link' }]);
  });

  test('has one winner of many who open it at once', async () => {
    const user = await somebody(server, owner, 'raced@example.test');
    const { url } = await done(owner, 'createPasswordLink', { userId: user.id }, 'url');
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(apiOf(server.url), 'resetPassword', { token: tokenOf(url), password: OTHER })));
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  });

  test('is not made for oneself nor for those above', async () => {
    const admin = await somebody(server, owner, 'linker@example.test', 'ADMIN');
    const { viewer } = await owner.ask('{ viewer { user { id } } }');
    expect((await act(admin.api, 'createPasswordLink', { userId: viewer.user.id }, 'url'))).toMatchObject({ url: null, errors: [{ rule: 'role_above' }] });
    expect((await act(admin.api, 'createPasswordLink', { userId: admin.id }, 'url'))).toMatchObject({ url: null, errors: [{ rule: 'own_password' }] });
  });

  test.each(['host', 'x-forwarded-host'])('does not follow the header %s', async (name) => {
    const user = await somebody(server, owner, `${name}@example.test`);
    const query = `mutation { createPasswordLink(input: { userId: "${user.id}" }) { url } }`;
    // Not by `fetch`, which writes Host itself.
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', cookie: owner.cookie()!, [name]: 'evil.example' };
      request(`${server.url}/graphql`, { method: 'POST', headers }, (response) => void text(response).then(resolve, reject)).on('error', reject).end(JSON.stringify({ query }));
    });
    expect(new URL(JSON.parse(answer).data.createPasswordLink.url).host).toBe(new URL(server.url).host.replace('127.0.0.1', 'localhost'));
  });
});

describe('MMA-04, TEST-84: the profile', () => {
  test('is one\'s own to read and change', async () => {
    const { api } = await somebody(server, owner, 'profile@example.test');
    const { viewer } = await done(
      api, 'updateProfile', { displayName: ' Ada L. ', picture: 'https://pictures.example.test/ada.png' }, 'viewer { user { displayName picture } }');
    expect(viewer.user).toEqual({ displayName: 'Ada L.', picture: 'https://pictures.example.test/ada.png' });
    const cleared = await done(api, 'updateProfile', { picture: null }, 'viewer { user { displayName picture } }');
    expect(cleared.viewer.user).toEqual({ displayName: 'Ada L.', picture: null });
    const refused = [
      { displayName: '' }, { displayName: '  ' }, { displayName: 'x'.repeat(101) }, { picture: 'http://plain.example.test/a.png' },
      { picture: 'javascript:alert(1)' },
    ];
    for (const input of refused) expect((await act(api, 'updateProfile', input)).errors[0]).toMatchObject({ code: 'V1001' });
    const me = (await api.ask('{ viewer { user { id email displayName state createdAt } tenant { name } role usage { totalRequests } } }')).viewer;
    expect(me).toMatchObject({ user: { email: 'profile@example.test', displayName: 'Ada L.', state: 'ACTIVE' }, role: 'USER', usage: { totalRequests: 0 } });
  });

  test('of others is not', async () => {
    const [one, two] = [await somebody(server, owner, 'one@example.test'), await somebody(server, owner, 'two@example.test')];
    const { errors } = await one.api.call(`{ node(id: "${two.id}") { id } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'E4041' } }]);
    const { users } = await one.api.ask('{ users { nodes { email sessions { id } usage { totalRequests } } } }');
    expect(users.nodes.map(({ email }: any) => email)).toEqual([one.email]);
  });
});

test('HAPA-06: preferences are kept one by one, and have a standard', async () => {
  const { api } = await somebody(server, owner, 'preferences@example.test');
  const all = 'pythonSkillLevel codeOutputStructure explanationStyle';
  const standard = { pythonSkillLevel: 'INTERMEDIATE', codeOutputStructure: 'STANDARD', explanationStyle: 'STANDARD' };
  expect((await api.ask(`{ viewer { preferences { ${all} } } }`)).viewer.preferences).toEqual(standard);
  const set = (input: object): Promise<any> => done(api, 'setPreferences', input, `viewer { preferences { ${all} } }`);
  expect((await set({ explanationStyle: 'EDUCATIONAL' })).viewer.preferences).toEqual({ ...standard, explanationStyle: 'EDUCATIONAL' });
  expect((await set({ pythonSkillLevel: 'BEGINNER' })).viewer.preferences).toEqual({ ...standard, pythonSkillLevel: 'BEGINNER', explanationStyle: 'EDUCATIONAL' });
  expect((await act(api, 'setPreferences', { explanationStyle: null })).errors).toMatchObject([{ rule: 'required', path: ['input', 'explanationStyle'] }]);
  expect((await api.call('mutation { setPreferences(input: { explanationStyle: FUNNY }) { errors { code } } }')).errors).not.toEqual([]);
  const other = await somebody(server, owner, 'unprefering@example.test');
  expect((await other.api.ask(`{ viewer { preferences { ${all} } } }`)).viewer.preferences).toEqual(standard);
});

describe('MMA-06: requests', () => {
  const usage = 'usage { totalRequests dailyRequests dailyLimit remainingRequests }';

  test('are counted up to the limit of the day', async () => {
    const { id, api } = await somebody(server, owner, 'counted@example.test');
    await done(owner, 'setDailyLimit', { userId: id, requests: 2 });
    expect((await done(api, 'countRequest', {}, usage)).usage).toEqual({ totalRequests: 1, dailyRequests: 1, dailyLimit: 2, remainingRequests: 1 });
    const again = { idempotencyKey: 'the same request' };
    expect((await done(api, 'countRequest', again, usage)).usage.remainingRequests).toBe(0);
    expect((await done(api, 'countRequest', again, usage)).usage.totalRequests).toBe(2);
    const refused = await act(api, 'countRequest', {}, usage);
    expect(refused).toMatchObject({ usage: null, errors: [{ code: 'E4291', rule: 'daily_limit', details: { limit: 2 } }] });
    expect((await api.ask(`{ viewer { ${usage} } }`)).viewer.usage).toEqual({ totalRequests: 2, dailyRequests: 2, dailyLimit: 2, remainingRequests: 0 });
    expect((await owner.ask(`{ node(id: "${id}") { ... on User { ${usage} } } }`)).node.usage.totalRequests).toBe(2);
  });

  test('of a question count, and a question over the limit is not asked', async () => {
    const { id, api } = await somebody(server, owner, 'chatting@example.test');
    await done(owner, 'setDailyLimit', { userId: id, requests: 1 });
    const { chatSession } = await done(api, 'openChatSession', { title: 'Plans' }, 'chatSession { id }');
    await done(api, 'postMessage', { sessionId: chatSession.id, text: 'What is a tram?', idempotencyKey: 'first' });
    await done(api, 'postMessage', { sessionId: chatSession.id, text: 'What is a tram?', idempotencyKey: 'first' });
    expect((await api.ask(`{ viewer { ${usage} } }`)).viewer.usage).toMatchObject({ dailyRequests: 1, remainingRequests: 0 });
    const refused = await act(api, 'postMessage', { sessionId: chatSession.id, text: 'And ice?' });
    expect(refused.errors).toMatchObject([{ code: 'E4291', rule: 'daily_limit', details: { limit: 1 } }]);
  });

  test('of a refused question are given back', async () => {
    const { api } = await somebody(server, owner, 'hasty@example.test');
    const { chatSession } = await done(api, 'openChatSession', { title: 'Plans' }, 'chatSession { id }');
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => act(api, 'postMessage', { sessionId: chatSession.id, text })));
    const posted = answers.filter(({ errors }) => errors.length === 0).length;
    expect(posted).toBeLessThan(3);
    expect((await api.ask(`{ viewer { ${usage} } }`)).viewer.usage.dailyRequests).toBe(posted);
  });
});
