import { randomUUID } from 'node:crypto';
import { SignJWT, decodeJwt } from 'jose';
import type { Api } from '../../support/api';
import { oidcBrowser, type OidcBrowser } from '../../support/oidc-browser';
import { eventuallyHolds } from '../../support/eventually';
import { acts, done, PASSWORD, seeAll, somebody } from '../../support/people';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';
import { startOidcProvider, type OidcProviderProcess } from '../../upstreams/oidc-provider-process';
import { startOidcStandIn } from '../../upstreams/oidc-stand-in';

const folder = temporaryDataDir();
let provider: OidcProviderProcess;
let server: ServerProcess;
let owner: Api;
/** The address that people open; cookies and the way back from the provider belong to it. */
let home: string;
let count = 0;

beforeAll(async () => {
  const port = await freePort();
  home = `http://localhost:${port}`;
  provider = await startOidcProvider({ redirectUris: [`${home}/auth/oidc/callback`] });
  server = await startServer({
    dataDir: folder.dataDir, port,
    env: {
      OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: provider.clientId, OIDC_CLIENT_SECRET: provider.clientSecret, OIDC_NAME: 'Example Login',
      KEYLEDGER_OIDC_SIGN_UP: 'true',
    },
  });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
  folder.remove();
}, 30_000);

const start = (query = ''): string => `${home}/auth/oidc/start${query}`;
const isCallback = (address: string): boolean => address.startsWith(`${home}/auth/oidc/callback`);
const person = (more: object = {}) => {
  const n = ++count;
  return { sub: `subject-${n}`, email: `person-${n}@example.test`, email_verified: true, name: `Person ${n}`, ...more };
};

/** Signs in as this person, from an empty browser. */
async function signIn(claims: ReturnType<typeof person>, browser = oidcBrowser(), query = ''): Promise<{ at: string; browser: OidcBrowser }> {
  await provider.become(claims);
  const { at } = await browser.visit(start(query), { stopAt: (address) => address.startsWith(home) && !address.includes('/auth/oidc/') });
  return { at, browser };
}

/** At the door of the callback, with all that a browser has then. */
async function atCallback(): Promise<{ callback: string; nonce: string; browser: OidcBrowser }> {
  const browser = oidcBrowser();
  await provider.become(person());
  const { at, visited } = await browser.visit(start(), { stopAt: isCallback });
  return { callback: at, nonce: new URL(visited[1]!).searchParams.get('nonce')!, browser };
}

/** The next step alone. */
async function goOn(browser: OidcBrowser, address: string, headers: Record<string, string> = {}): Promise<string> {
  const { visited } = await browser.visit(address, { headers, stopAt: (at) => at !== address });
  return visited[1] ?? visited[0]!;
}

/** Where the log was when the test began: what stands before it is not its doing. */
let begun: bigint;
beforeEach(async () => {
  begun = BigInt((await seeAll(owner)).position);
});

/** The acts of these kinds since the test began, newest first. */
const hasLogged = (kinds: string[], expected: object[]): Promise<void> => eventuallyHolds(async () => {
  const since = (await acts(owner, kinds)).filter(({ position }) => BigInt(position) > begun);
  expect(since).toMatchObject(expected);
});

const viewer = (browser: OidcBrowser): Promise<any> =>
  browser.ask(home, '{ viewer { role user { id email displayName } sessions { method } identities { id provider } hasPassword } }').then((data) => data.viewer);
const problem = (rule: string): string => `${home}/sign-in?problem=${rule}`;
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

describe('MMA-07: signing in at a provider', () => {
  test('is offered by name', async () => {
    const { setupState } = await owner.ask('{ setupState { signIn { password google oidc signUp } } }');
    expect(setupState.signIn).toEqual({ password: true, google: false, oidc: 'Example Login', signUp: false });
    expect((await fetch(`${home}/auth/google/start`, { redirect: 'manual' })).status).toBe(404);
  });

  test('makes an account of role user for somebody new, and signs in the same one next time', async () => {
    const grace = person();
    const { at, browser } = await signIn(grace, undefined, '?returnTo=/chats%3Fpage=2');
    expect(at).toBe(`${home}/chats?page=2`);
    const first = await viewer(browser);
    expect(first).toMatchObject({
      role: 'USER', hasPassword: false, user: { email: grace.email, displayName: grace.name }, sessions: [{ method: 'OIDC' }], identities: [{ provider: 'oidc' }],
    });
    const again = await signIn({ ...grace, email: 'changed@example.test' });
    expect((await viewer(again.browser)).user).toEqual(first.user);
    await hasLogged(['UserCreated', 'IdentityLinked', 'SessionOpened'], ['SessionOpened', 'SessionOpened', 'IdentityLinked', 'UserCreated'].map((act) => ({ act, result: 'SUCCEEDED' })));
  });

  test('sets the session cookie as signing in by password does, and leaves no other', async () => {
    const { callback, browser } = await atCallback();
    expect([...browser.cookies(home).keys()]).toEqual(['keyledger-flow']);
    const { headers } = await fetch(callback, { redirect: 'manual', headers: { cookie: `keyledger-flow=${browser.cookies(home).get('keyledger-flow')}` } });
    const [flow, session] = headers.getSetCookie();
    expect(flow).toMatch(/^keyledger-flow=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(session).toMatch(/^keyledger=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('of somebody deactivated is refused', async () => {
    const claims = person();
    const { user } = await viewer((await signIn(claims)).browser);
    await done(owner, 'deactivateUser', { userId: user.id });
    const { at, browser } = await signIn(claims);
    expect(at).toBe(problem('inactive_user'));
    expect(await viewer(browser)).toBeNull();
    await hasLogged(['SignInFailed'], [{ result: 'REFUSED', reason: 'inactive', address: expect.any(String) }]);
  });
});

describe('79: nobody is linked by an address', () => {
  test.each([OWNER.email, OWNER.email.toUpperCase()])('not even by the verified address %s', async (email) => {
    const { at, browser } = await signIn(person({ email }));
    expect(at).toBe(problem('identity_unknown'));
    expect(await viewer(browser)).toBeNull();
    await hasLogged(['SignInFailed'], [{ result: 'REFUSED', reason: 'identity' }]);
  });

  test('an address that is not verified makes no account', async () => {
    expect((await signIn(person({ email_verified: false }))).at).toBe(problem('identity_unknown'));
    expect((await signIn(person({ email_verified: 'true' }))).at).toBe(problem('identity_unknown'));
    expect((await signIn(person({ email: undefined }))).at).toBe(problem('identity_unknown'));
  });

  test('another subject with the address of somebody who came this way is nobody', async () => {
    const grace = person();
    await signIn(grace);
    expect((await signIn(person({ email: grace.email }))).at).toBe(problem('identity_unknown'));
  });
});

describe('79: linking', () => {
  /** Somebody signed in by password in a browser. */
  async function signedIn(): Promise<{ browser: OidcBrowser; id: string }> {
    const { api, id } = await somebody(server, owner, `local-${++count}@example.test`);
    const browser = oidcBrowser();
    browser.cookies(home).set('keyledger', api.cookie()!.split('=')[1]!);
    return { browser, id };
  }

  async function linkAs(browser: OidcBrowser, claims: ReturnType<typeof person>): Promise<string> {
    await provider.become(claims);
    const { at } = await browser.visit(start('?link=1&returnTo=/account'), { headers: SAME_ORIGIN, stopAt: (address) => address.startsWith(home) && !address.includes('/auth/oidc/') });
    return at;
  }

  test('is a way in until it is unlinked', async () => {
    const { browser, id } = await signedIn();
    const claims = person({ email_verified: false });
    expect(await linkAs(browser, claims)).toBe(`${home}/account`);
    const { identities, sessions } = await viewer(browser);
    expect(identities).toEqual([{ id: expect.any(String), provider: 'oidc' }]);
    expect(sessions).toHaveLength(1);
    expect((await viewer((await signIn(claims)).browser)).user.id).toBe(id);
    const { unlinkIdentity } = await browser.ask(home, `mutation { unlinkIdentity(input: { identityId: "${identities[0].id}" }) { errors { rule } viewer { identities { id } } } }`);
    expect(unlinkIdentity).toEqual({ errors: [], viewer: { identities: [] } });
    expect((await signIn(claims)).at).toBe(problem('identity_unknown'));
    await hasLogged(['IdentityLinked', 'IdentityUnlinked'], [{ act: 'IdentityUnlinked' }, { act: 'IdentityLinked' }]);
  });

  test('of an account that is somebody else\'s is refused', async () => {
    const claims = person();
    const theirs = await viewer((await signIn(claims)).browser);
    const { browser } = await signedIn();
    expect(await linkAs(browser, claims)).toBe(problem('identity_taken'));
    expect((await viewer(browser)).identities).toEqual([]);
    expect((await viewer((await signIn(claims)).browser)).user).toEqual(theirs.user);
  });

  test('cannot be begun by a page of somebody else, nor by nobody', async () => {
    const { browser } = await signedIn();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'none' }, {}]) {
      expect(await goOn(browser, start('?link=1'), headers as Record<string, string>)).toBe(problem('origin'));
    }
    expect(await goOn(oidcBrowser(), start('?link=1'), SAME_ORIGIN)).toBe(problem('identity_session'));
  });

  test('is given up when the session is not the one that began it', async () => {
    const { browser } = await signedIn();
    const claims = person();
    await provider.become(claims);
    const { at } = await browser.visit(start('?link=1'), { headers: SAME_ORIGIN, stopAt: isCallback });
    browser.cookies(home).set('keyledger', owner.cookie()!.split('=')[1]!);
    expect(await goOn(browser, at)).toBe(problem('identity_session'));
    const signedOut = await signedIn();
    const second = await signedOut.browser.visit(start('?link=1'), { headers: SAME_ORIGIN, stopAt: isCallback });
    await signedOut.browser.ask(home, 'mutation { signOut(input: {}) { errors { rule } } }');
    expect(await goOn(signedOut.browser, second.at)).toBe(problem('identity_session'));
    expect((await owner.ask('{ viewer { identities { id } } }')).viewer.identities).toEqual([]);
  });
});

test('79: an account elsewhere is free again once its user is deleted', async () => {
  const claims = person();
  const { user } = await viewer((await signIn(claims)).browser);
  await done(owner, 'deleteUser', { userId: user.id, confirmation: claims.email });
  await hasLogged(['UserDeleted', 'IdentityUnlinked'], [{ act: 'IdentityUnlinked', actorKind: 'system' }, { act: 'UserDeleted' }]);
  const again = await signIn(claims);
  expect(again.at).toBe(`${home}/`);
  expect((await viewer(again.browser)).user).toMatchObject({ email: claims.email, id: expect.not.stringMatching(user.id) });
});

describe('78: what comes back is believed only', () => {
  const changed = (callback: string, change: (query: URLSearchParams) => void): string => {
    const url = new URL(callback);
    change(url.searchParams);
    return url.href;
  };

  test.each<[string, (query: URLSearchParams) => void, string]>([
    ['with a state', (query) => query.delete('state'), 'identity_state'],
    ['with the state of this sign-in', (query) => query.set('state', randomUUID()), 'identity_state'],
    ['with one state', (query) => query.append('state', 'another'), 'identity_refused'],
    ['with a code', (query) => query.delete('code'), 'identity_refused'],
    ['with the code of this sign-in', (query) => query.set('code', randomUUID()), 'identity_refused'],
    ['from this issuer', (query) => query.set('iss', 'https://accounts.google.com'), 'identity_refused'],
    ['with an issuer', (query) => query.delete('iss'), 'identity_refused'],
    ['without an error', (query) => {
      query.delete('code');
      query.set('error', 'access_denied');
      query.set('error_description', '<script>alert(1)</script>');
    }, 'identity_denied'],
  ])('%s', async (_name, change, rule) => {
    const { callback, browser } = await atCallback();
    expect(await goOn(browser, changed(callback, change))).toBe(problem(rule));
    expect(await viewer(browser)).toBeNull();
    await hasLogged(['ActRefused'], [{ result: 'REFUSED', reason: rule, actorKind: 'anonymous' }]);
  });

  test('in the browser that began it: nobody is signed in as somebody else by a prepared address', async () => {
    const attacker = await atCallback();
    const victim = oidcBrowser();
    expect(await goOn(victim, attacker.callback)).toBe(problem('identity_state'));
    const { browser } = await atCallback();
    expect(await goOn(browser, attacker.callback)).toBe(problem('identity_state'));
    expect(await viewer(victim)).toBeNull();
    // The attempt of others has not used it up.
    expect(await goOn(attacker.browser, attacker.callback)).toBe(`${home}/`);
  });

  test('once: a callback that is sent again is over', async () => {
    const { callback, browser } = await atCallback();
    const cookie = browser.cookies(home).get('keyledger-flow')!;
    expect(await goOn(browser, callback)).toBe(`${home}/`);
    const replaying = oidcBrowser();
    replaying.cookies(home).set('keyledger-flow', cookie);
    expect(await goOn(replaying, callback)).toBe(problem('identity_state'));
    expect(await viewer(replaying)).toBeNull();
  });

  test('once: of many at the same time one gets in', async () => {
    const { callback, browser } = await atCallback();
    const cookie = `keyledger-flow=${browser.cookies(home).get('keyledger-flow')}`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(callback, { redirect: 'manual', headers: { cookie } })));
    const places = answers.map(({ headers }) => headers.get('location'));
    expect(places.filter((place) => place === '/')).toHaveLength(1);
    expect(places.filter((place) => place === '/sign-in?problem=identity_state')).toHaveLength(7);
  });

  test('with one flow cookie: two of the name mean that one was planted', async () => {
    const { callback, browser } = await atCallback();
    const cookie = browser.cookies(home).get('keyledger-flow');
    const { headers } = await fetch(callback, { redirect: 'manual', headers: { cookie: `keyledger-flow=${'a'.repeat(43)}; keyledger-flow=${cookie}` } });
    expect(headers.get('location')).toBe('/sign-in?problem=identity_state');
  });

  test.each(['//evil.test', 'https://evil.test', '/\\evil.test', '/%09/evil.test', 'javascript:alert(1)', '/auth/oidc/start?link=1'])('and leads to no other site: %s', async (returnTo) => {
    expect((await signIn(person(), undefined, `?returnTo=${encodeURIComponent(returnTo)}`)).at).toBe(returnTo === '/%09/evil.test' ? `${home}/%09/evil.test` : `${home}/`);
  });
});

test('78: the provider is told PKCE, state and nonce, and no secret stands in any address', async () => {
  await provider.become(person());
  const { visited } = await oidcBrowser().visit(start(), { stopAt: (address) => address === `${home}/` });
  const there = new URL(visited[1]!);
  expect(Object.fromEntries(there.searchParams)).toMatchObject({ code_challenge_method: 'S256', code_challenge: expect.stringMatching(/^[\w-]{43}$/), state: expect.stringMatching(/^.{43,}$/), nonce: expect.stringMatching(/^.{43,}$/), redirect_uri: `${home}/auth/oidc/callback` });
  expect(visited.join(' ')).not.toContain(provider.clientSecret);
});

test('only GET, and never HEAD, uses a flow', async () => {
  const { callback, browser } = await atCallback();
  const cookie = `keyledger-flow=${browser.cookies(home).get('keyledger-flow')}`;
  for (const method of ['HEAD', 'POST', 'PUT']) expect((await fetch(callback, { method, redirect: 'manual', headers: { cookie } })).status).toBeGreaterThanOrEqual(400);
  expect(await goOn(browser, callback)).toBe(`${home}/`);
});

describe('a provider in trouble', () => {
  test('78: a tampering one in its place gets nobody in', async () => {
    const { callback, nonce, browser } = await atCallback();
    const forged: string[] = [];
    await provider.stop();
    const standIn = await startOidcStandIn({ port: provider.port });
    try {
      standIn.clientSecret = provider.clientSecret;
      standIn.person = { sub: 'subject-1', email: OWNER.email, email_verified: true };
      standIn.tampering = {
        careless: true,
        // All is as it should be but the signature, which is made with what the client knows.
        async idToken(token) {
          forged.push(await new SignJWT({ ...decodeJwt(token), nonce }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(provider.clientSecret)));
          return forged.at(-1)!;
        },
      };
      expect(await goOn(browser, callback)).toBe(problem('identity_refused'));
      expect(forged).toHaveLength(1);
      expect(await viewer(browser)).toBeNull();
    } finally {
      await standIn.close();
    }
  });

  test('breaks its own button only, and works again when it is back', async () => {
    const { callback, browser } = await atCallbackWithout();
    expect(await goOn(browser, callback)).toBe(problem('identity_away'));
    await done(owner, 'createUser', { email: 'still@example.test', displayName: 'Still Here', role: 'USER', password: PASSWORD });
    provider = await startOidcProvider({ redirectUris: [`${home}/auth/oidc/callback`], port: provider.port, clientSecret: provider.clientSecret });
    expect((await signIn(person())).at).toBe(`${home}/`);
  });

  /** Begins while the provider is down: its metadata are known, so only the way back fails. */
  async function atCallbackWithout(): Promise<{ callback: string; browser: OidcBrowser }> {
    const browser = oidcBrowser();
    const { visited } = await browser.visit(start(), { stopAt: (address) => address.startsWith(provider.issuer) });
    const state = new URL(visited[1]!).searchParams.get('state')!;
    return { callback: `${home}/auth/oidc/callback?${new URLSearchParams({ state, code: 'anything', iss: provider.issuer })}`, browser };
  }
});
