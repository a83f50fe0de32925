import { SignJWT, UnsecuredJWT, decodeJwt } from 'jose';
import type { Api } from '../../support/api';
import { oidcBrowser, type OidcBrowser } from '../../support/oidc-browser';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { startOidcStandIn, type OidcStandIn, type Tampering } from '../../upstreams/oidc-stand-in';

/** A server on which strangers get no account, before a provider that lies. */
const folder = temporaryDataDir();
const CLIENT_SECRET = 'only for these tests';
let standIn: OidcStandIn;
let server: ServerProcess;
let owner: Api;
let home: string;
let providerPort: number;

beforeAll(async () => {
  const port = await freePort();
  providerPort = await freePort();
  home = `http://localhost:${port}`;
  server = await startServer({
    dataDir: folder.dataDir, port,
    env: { OIDC_ISSUER: `http://127.0.0.1:${providerPort}`, OIDC_CLIENT_ID: 'keyledger', OIDC_CLIENT_SECRET: CLIENT_SECRET },
  });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  await standIn?.close();
  folder.remove();
}, 30_000);

const isHome = (address: string): boolean => address.startsWith(home) && !address.includes('/auth/oidc/');
const signIn = async (browser = oidcBrowser()): Promise<string> => (await browser.visit(`${home}/auth/oidc/start?returnTo=/chats`, { stopAt: isHome })).at;
const problem = (rule: string): string => `${home}/sign-in?problem=${rule}`;
const viewer = async (browser: OidcBrowser): Promise<any> => (await browser.ask(home, '{ viewer { user { id } } }')).viewer;
const GRACE = { sub: 'grace', email: 'grace@example.test', email_verified: true, name: 'Grace Example' };

test('a provider that was never there breaks its own button only, and works as soon as it comes', async () => {
  expect(await signIn()).toBe(problem('identity_away'));
  expect((await owner.ask('{ viewer { role } }')).viewer).toEqual({ role: 'OWNER' });
  standIn = await startOidcStandIn({ port: providerPort });
  standIn.clientSecret = CLIENT_SECRET;
  standIn.person = GRACE;
  expect(await signIn()).toBe(problem('identity_unknown'));
});

test('79: without sign-up nobody gets an account, whatever is verified', async () => {
  const browser = oidcBrowser();
  expect(await signIn(browser)).toBe(problem('identity_unknown'));
  expect(await viewer(browser)).toBeNull();
  expect((await owner.ask('{ users { totalCount } }')).users.totalCount).toBe(1);
});

describe('somebody whose account is linked', () => {
  beforeAll(async () => {
    const browser = oidcBrowser();
    browser.cookies(home).set('keyledger', owner.cookie()!.split('=')[1]!);
    const { at } = await browser.visit(`${home}/auth/oidc/start?link=1&returnTo=/account`, { headers: { 'sec-fetch-site': 'same-origin' }, stopAt: isHome });
    expect(at).toBe(`${home}/account`);
  });
  beforeEach(() => {
    standIn.person = GRACE;
    standIn.tampering = {};
  });

  test('79: comes in by issuer and subject, whatever the address has become', async () => {
    standIn.person = { sub: 'grace', email: 'other@example.test', email_verified: false };
    const browser = oidcBrowser();
    expect(await signIn(browser)).toBe(`${home}/chats`);
    expect((await viewer(browser)).user.id).toBe((await owner.ask('{ viewer { user { id } } }')).viewer.user.id);
  });

  test('79: is not whoever else has the same address', async () => {
    standIn.person = { ...GRACE, sub: 'mallory' };
    expect(await signIn()).toBe(problem('identity_unknown'));
  });

  test.each<[string, Tampering]>([
    ['no nonce', { claims: ({ nonce: _nonce, ...claims }) => claims }],
    ['a foreign nonce', { claims: (claims) => ({ ...claims, nonce: 'foreign' }) }],
    ['a foreign issuer', { claims: (claims) => ({ ...claims, iss: 'https://accounts.google.com' }) }],
    ['a foreign audience', { claims: (claims) => ({ ...claims, aud: 'somebody' }) }],
    ['an expired token', { claims: (claims) => ({ ...claims, exp: 1 }) }],
    ['an unsigned token', { idToken: (token) => new UnsecuredJWT(decodeJwt(token)).encode() }],
    ['a token signed with the client secret', { idToken: (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(CLIENT_SECRET)) }],
    ['a foreign iss beside the code', { answer: (query) => query.set('iss', 'https://accounts.google.com') }],
    ['no iss beside the code', { answer: (query) => query.delete('iss') }],
    ['a redirect of the token endpoint', { token: (response) => Boolean(response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) }],
  ])('78: does not come in with %s', async (_name, tampering) => {
    standIn.tampering = tampering;
    const browser = oidcBrowser();
    expect(await signIn(browser)).toBe(problem('identity_refused'));
    expect(await viewer(browser)).toBeNull();
  });

  test('78: says nothing of what the provider said', async () => {
    standIn.tampering = { token: (response) => Boolean(response.writeHead(400, { 'content-type': 'application/json' }).end(`{"error":"invalid_client","error_description":"The secret ${CLIENT_SECRET} is wrong"}`)) };
    expect(await signIn()).toBe(problem('identity_refused'));
    expect(server.output()).not.toContain(CLIENT_SECRET);
  });
});
