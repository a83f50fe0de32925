import { generateKeyPair, SignJWT, UnsecuredJWT, decodeJwt } from 'jose';
import { createOidcFlows, FLOW_MS } from '../../../src/auth/oidc-flows';
import { createOidcProvider, newFlowSecrets, type FlowSecrets, type OidcProvider, type OidcProviderOptions } from '../../../src/auth/oidc-provider';
import { createGateway } from '../../../src/outbound/gateway';
import { startOidcStandIn, type OidcStandIn, type Tampering } from '../../upstreams/oidc-stand-in';
import { migratedDatabase } from '../vault/migrated-database';

const REDIRECT_URI = 'https://keyledger.example.test/auth/oidc/callback';
const GRACE = { sub: 'grace', email: 'grace@example.test', email_verified: true, name: 'Grace Example' };
let standIn: OidcStandIn;
let gateway: ReturnType<typeof createGateway>;

beforeEach(async () => {
  standIn = await startOidcStandIn();
  standIn.person = GRACE;
  gateway = createGateway({ upstreams: [{ name: standIn.issuer, baseUrl: standIn.issuer, allowPrivate: true }] });
});
afterEach(async () => {
  await gateway.close();
  await standIn.close();
});

const providerOf = (more: Partial<OidcProviderOptions> = {}): OidcProvider => createOidcProvider({
  issuer: standIn.issuer, clientId: standIn.clientId, clientSecret: standIn.clientSecret, redirectUri: REDIRECT_URI, choosePrompt: 'login', ...more,
}, gateway);

/** Goes to the provider and comes back, as a browser does. */
async function comeBack(provider: OidcProvider, secrets: FlowSecrets): Promise<URLSearchParams> {
  const there = await provider.begin(secrets, { choose: false });
  const { headers } = await fetch(there, { redirect: 'manual' });
  return new URL(headers.get('location')!).searchParams;
}

async function signIn(provider = providerOf(), secrets = newFlowSecrets()): Promise<unknown> {
  return provider.finish(secrets, await comeBack(provider, secrets));
}

const failureOf = (attempt: Promise<unknown>): Promise<unknown> => attempt.then((person) => person, (error: { failure?: string }) => error.failure ?? error);

test('MMA-07: somebody comes back with issuer, subject, verified address and name', async () => {
  const secrets = newFlowSecrets();
  const there = await providerOf().begin(secrets, { choose: true });
  expect(Object.fromEntries(there.searchParams)).toMatchObject({
    client_id: 'keyledger', redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid email profile', state: secrets.state, nonce: secrets.nonce,
    code_challenge_method: 'S256', prompt: 'login',
  });
  expect(there.href).not.toContain(secrets.codeVerifier);
  expect(await signIn()).toEqual({ issuer: standIn.issuer, subject: 'grace', email: GRACE.email, name: GRACE.name });
  expect(standIn.forms[0]!.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
});

test('MMA-07: what the token does not say is asked for, and must be about the same subject', async () => {
  standIn.tampering = { claims: ({ email: _email, name: _name, ...claims }) => claims };
  expect(await signIn()).toMatchObject({ subject: 'grace', email: GRACE.email, name: GRACE.name });
  standIn.tampering = { ...standIn.tampering, userinfo: (person) => ({ ...person, sub: 'somebody' }) };
  expect(await failureOf(signIn())).toBe('identity_refused');
});

test.each([false, 'true', 'false', 1, null, undefined])('79: an address with email_verified %p is none', async (verified) => {
  standIn.person = { ...GRACE, email_verified: verified };
  expect(await signIn()).toMatchObject({ subject: 'grace', email: undefined });
});

test.each([['other.test'], [undefined], [['example.test']], ['EXAMPLE.test.evil.test'], ['']])('79: an account of the domain %p is refused when another one is demanded', async (hd) => {
  standIn.person = { ...GRACE, hd };
  expect(await failureOf(signIn(providerOf({ hostedDomain: 'example.test' })))).toBe('identity_domain');
});

test('79: an account of the demanded domain comes in, and the provider is told which one', async () => {
  standIn.person = { ...GRACE, hd: 'example.test' };
  const provider = providerOf({ hostedDomain: 'example.test' });
  expect(await signIn(provider)).toMatchObject({ subject: 'grace' });
  expect((await provider.begin(newFlowSecrets(), { choose: false })).searchParams.get('hd')).toBe('example.test');
});

const past = Math.floor(Date.now() / 1_000) - 3_600;
const unsigned = (token: string): string => new UnsecuredJWT(decodeJwt(token)).encode();
const lies: [string, Tampering][] = [
  ['no nonce', { claims: ({ nonce: _nonce, ...claims }) => claims }],
  ['a foreign nonce', { claims: (claims) => ({ ...claims, nonce: 'foreign' }) }],
  ['a foreign issuer', { claims: (claims) => ({ ...claims, iss: 'https://accounts.google.com' }) }],
  ['no issuer', { claims: ({ iss: _iss, ...claims }) => claims }],
  ['a foreign audience', { claims: (claims) => ({ ...claims, aud: 'somebody' }) }],
  ['two audiences, made for the other', { claims: (claims) => ({ ...claims, aud: ['keyledger', 'other'], azp: 'other' }) }],
  ['no subject', { claims: ({ sub: _sub, ...claims }) => claims }],
  ['an expired token', { claims: (claims) => ({ ...claims, exp: past, iat: past - 10 }) }],
  ['no expiry', { claims: ({ exp: _exp, ...claims }) => claims }],
  ['no time of issue', { claims: ({ iat: _iat, ...claims }) => claims }],
  ['no ID token', { idToken: () => undefined }],
  ['rubbish for an ID token', { idToken: () => 'a.b.c' }],
  ['an unsigned token', { idToken: unsigned }],
  ['the signature of another payload', { idToken: (token) => [token.split('.')[0], Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: 'root' })).toString('base64url'), token.split('.')[2]].join('.') }],
  ['a token of another key', { idToken: async (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign((await generateKeyPair('RS256')).privateKey) }],
  ['a token of an unknown key', { idToken: async (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'RS256', kid: 'key-2' }).sign((await generateKeyPair('RS256')).privateKey) }],
  ['a token signed with the client secret', { idToken: async (token) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(standIn.clientSecret)) }],
  ['a foreign state', { answer: (query) => query.set('state', 'foreign') }],
  ['no state', { answer: (query) => query.delete('state') }],
  ['two states', { answer: (query) => query.append('state', 'another') }],
  ['a foreign iss beside the code', { answer: (query) => query.set('iss', 'https://accounts.google.com') }],
  ['no iss beside the code although promised', { answer: (query) => query.delete('iss') }],
  ['no code', { answer: (query) => query.delete('code') }],
  ['a foreign code', { answer: (query) => query.set('code', 'stolen') }],
  ['metadata of another issuer', { discovery: (document) => ({ ...document, issuer: 'https://accounts.google.com' }) }],
  ['a redirect of the token endpoint', { token: (response) => Boolean(response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()) }],
  ['too long an answer', { token: (response) => Boolean(response.writeHead(200, { 'content-type': 'application/json' }).end(`{"a":"${'x'.repeat(300_000)}"}`)) }],
  ['an answer that is no JSON', { token: (response) => Boolean(response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello</p>')) }],
  ['an error of the token endpoint', { token: (response) => Boolean(response.writeHead(500).end()) }],
];

test.each(lies)('78: %s is refused', async (_name, tampering) => {
  standIn.tampering = tampering;
  expect(await failureOf(signIn())).toBe('identity_refused');
});

test('78: a provider or person who says no is told apart, with none of their words', async () => {
  standIn.tampering = {
    answer: (query) => {
      query.delete('code');
      query.set('error', 'access_denied');
      query.set('error_description', 'You will see this');
    },
  };
  const provider = providerOf();
  const secrets = newFlowSecrets();
  const answer = await comeBack(provider, secrets);
  await expect(provider.finish(secrets, answer)).rejects.toMatchObject({ failure: 'identity_denied', message: 'OpenID Connect: identity_denied' });
});

test('78: a code is good once, and only with its own verifier', async () => {
  const provider = providerOf();
  const secrets = newFlowSecrets();
  const answer = await comeBack(provider, secrets);
  expect(await failureOf(provider.finish({ ...secrets, codeVerifier: newFlowSecrets().codeVerifier }, answer))).toBe('identity_refused');
  const second = newFlowSecrets();
  const again = await comeBack(provider, second);
  expect(await provider.finish(second, again)).toMatchObject({ subject: 'grace' });
  expect(await failureOf(provider.finish(second, again))).toBe('identity_refused');
});

test('78: a code of somebody else, injected with the own state, fails by its nonce even at a careless provider', async () => {
  standIn.tampering = { careless: true };
  const provider = providerOf();
  const theirs = await comeBack(provider, newFlowSecrets());
  const secrets = newFlowSecrets();
  const mine = await comeBack(provider, secrets);
  mine.set('code', theirs.get('code')!);
  expect(await failureOf(provider.finish(secrets, mine))).toBe('identity_refused');
});

test('78: neither the client secret nor a code goes to another host, whatever the metadata say', async () => {
  const thief = await startOidcStandIn();
  try {
    standIn.tampering = { discovery: (document) => ({ ...document, token_endpoint: `${thief.issuer}/token`, jwks_uri: `${thief.issuer}/jwks`, userinfo_endpoint: `${thief.issuer}/userinfo` }) };
    expect(await failureOf(signIn())).toBe('identity_refused');
    expect(thief.calls).toEqual([]);
  } finally {
    await thief.close();
  }
});

test('a provider that is down is away, and is asked again once it is back', async () => {
  const port = Number(new URL(standIn.issuer).port);
  const provider = providerOf();
  await standIn.close();
  expect(await failureOf(provider.begin(newFlowSecrets(), { choose: false }))).toBe('identity_away');
  standIn = await startOidcStandIn({ port });
  standIn.person = GRACE;
  const back = createOidcProvider({ issuer: standIn.issuer, clientId: standIn.clientId, clientSecret: standIn.clientSecret, redirectUri: REDIRECT_URI, choosePrompt: 'login' }, gateway);
  expect(await failureOf(signIn(back))).toMatchObject({ subject: 'grace' });
  expect((await provider.begin(newFlowSecrets(), { choose: false })).origin).toBe(standIn.issuer);
});

describe('flows', () => {
  let database: Awaited<ReturnType<typeof migratedDatabase>>;
  let now = Date.UTC(2030, 0, 1);
  const flow = { provider: 'oidc', returnTo: '/users', link: undefined };
  const flows = () => createOidcFlows({ pool: database.pool, clock: () => new Date(now) });

  beforeAll(async () => {
    database = await migratedDatabase();
  });
  afterAll(() => database.close());

  test('78: one is used up once, however many come with it', async () => {
    const secrets = newFlowSecrets();
    const browser = await flows().keep(secrets, flow);
    const taken = await Promise.all(Array.from({ length: 10 }, () => flows().take(secrets.state, browser, 'oidc')));
    expect(taken.filter(Boolean)).toEqual([{ ...flow, secrets }]);
  });

  test('those that are over are found by an index, however many strangers begin some', async () => {
    const client = await database.pool.connect();
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>('explain delete from auth_oidc_flows where expires_at <= now()');
    client.release(true);
    expect(rows.map((row) => row['QUERY PLAN']).join()).toMatch(/Index Scan/);
  });

  test('78: one belongs to its browser and its provider, and whoever else tries does not use it up', async () => {
    const [mine, theirs] = [newFlowSecrets(), newFlowSecrets()];
    const link = { userId: 'u1', sessionId: 's1' };
    const [browser, other] = [await flows().keep(mine, { ...flow, link }), await flows().keep(theirs, flow)];
    expect(await flows().take(mine.state, other, 'oidc')).toBeUndefined();
    expect(await flows().take(theirs.state, browser, 'oidc')).toBeUndefined();
    expect(await flows().take(mine.state, browser, 'google')).toBeUndefined();
    expect(await flows().take('', '', '')).toBeUndefined();
    expect(await flows().take(mine.state, browser, 'oidc')).toMatchObject({ link });
  });

  test('78: one is over after ten minutes, and then leaves nothing behind', async () => {
    const secrets = newFlowSecrets();
    const browser = await flows().keep(secrets, flow);
    now += FLOW_MS;
    expect(await flows().take(secrets.state, browser, 'oidc')).toBeUndefined();
    await flows().keep(newFlowSecrets(), flow);
    expect((await database.pool.query('select 1 from auth_oidc_flows')).rows).toHaveLength(1);
  });

  test('state and cookie stand there as digests', async () => {
    const secrets = newFlowSecrets();
    const browser = await flows().keep(secrets, flow);
    const { rows } = await database.pool.query('select f::text as row from auth_oidc_flows f');
    expect(rows.map(({ row }) => String(row)).join()).not.toContain(secrets.state);
    expect(rows.map(({ row }) => String(row)).join()).not.toContain(browser);
  });
});
