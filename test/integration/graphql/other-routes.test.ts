import { RefusedError } from '../../../schema/errors/catalogue';
import { toUserError } from '../../../src/graphql/payload';
import { MAX_LOGO_BYTES } from '../../../src/images/read-logo';
import type { LogoActs } from '../../../src/http/logo-route';
import type { OidcSignIn } from '../../../src/http/oidc-routes';
import { person, startServer, type TestServer } from './harness';

const DIGEST = 'a'.repeat(64);
let server: TestServer;
let begun = 0;
let change: LogoActs['change'];

const signIn: OidcSignIn = {
  offers: (provider) => provider === 'oidc',
  async begin() {
    begun += 1;
    return { location: 'https://login.example/authorize', browser: 'b'.repeat(43) };
  },
  finish: async () => ({ location: '/' }),
};
const logos: LogoActs = {
  change: (context, sent) => change(context, sent),
  read: async (_tenant, digest) => ({ digest, contentType: 'image/png', bytes: Buffer.from('picture') }),
};

beforeEach(async () => {
  begun = 0;
  change = async () => ({ branding: { pageTitle: null, browserTitle: null, logoUrl: null }, position: '1' });
  server = await startServer({ oidcSignIn: signIn, logos, config: { costBudget: { burst: 600, perSecond: 1 } } });
  server.sessions.set('owner-token', person('owner-1', 'owner'));
});
afterEach(async () => {
  await server.close();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${server.url}${path}`, { headers, redirect: 'manual' });
const put = (body: Buffer, type: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${server.url}/logo`, {
  method: 'PUT', headers: { cookie: 'keyledger=owner-token', 'content-type': type, ...headers }, body: body as BodyInit,
});
const ruleOf = async (response: Response): Promise<unknown> => ((await response.json()) as any).errors[0].extensions.rule;

describe('signing in at a provider', () => {
  const start = (query = '', headers = {}): Promise<Response> => get(`/auth/oidc/start${query}`, headers);

  test('costs whoever begins it, so that nobody fills the database with beginnings', async () => {
    const places: (string | null)[] = [];
    for (let n = 0; n < 20; n++) places.push((await start()).headers.get('location'));
    expect(begun).toBe(12);
    expect(places[0]).toBe('https://login.example/authorize');
    expect(places.at(-1)).toBe('/sign-in?problem=cost_budget');
    expect((await get('/auth/oidc/callback?state=x')).headers.get('location')).toBe('/sign-in?problem=cost_budget');
    expect((await start('', { cookie: 'keyledger=user-token' })).headers.get('location')).toBe('https://login.example/authorize');
  });

  test('a page of somebody else cannot begin to link an account, and the audit log says that it tried', async () => {
    const refused = await start('?link=1', { cookie: 'keyledger=user-token', 'sec-fetch-site': 'cross-site' });
    expect([refused.headers.get('location'), begun]).toEqual(['/sign-in?problem=origin', 0]);
    expect(server.refusals.recorded).toMatchObject([{ act: 'signInWithIdentity', refusal: { code: 'E4031', rule: 'origin' } }]);
    expect((await start('?link=1', { cookie: 'keyledger=user-token', 'sec-fetch-site': 'same-origin' })).headers.get('location')).toContain('login.example');
  });
});

describe('logos', () => {
  test('a body that is none stands in the audit log as a change that was refused', async () => {
    const large = await put(Buffer.alloc(MAX_LOGO_BYTES + 1), 'image/png');
    const foreign = await put(Buffer.from('GIF89a'), 'image/gif');
    const none = await fetch(`${server.url}/logo`, { method: 'PUT', headers: { cookie: 'keyledger=owner-token' } });
    expect([await ruleOf(large), await ruleOf(foreign), await ruleOf(none)]).toEqual(['logo_size', 'content_type', 'content_type']);
    expect(server.refusals.recorded.map(({ act, refusal }) => [act, refusal.rule])).toEqual([
      ['changeLogo', 'logo_size'], ['changeLogo', 'content_type'], ['changeLogo', 'content_type'],
    ]);
  });

  test('whoever asks too much hears when to come back', async () => {
    const headers = { cookie: 'keyledger=user-token' };
    let answer = await get(`/logo/${DIGEST}`, headers);
    for (let n = 0; n < 1_000 && answer.status === 200; n++) answer = await get(`/logo/${DIGEST}`, headers);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  });

  test('whoever changes one while too many are looked through hears when to come back', async () => {
    const busy = { code: 'E4291', rule: 'logo_busy', message: 'Try again.', retryAfterMs: 1_500 } as const;
    change = async ({ correlationId }) => ({ errors: [toUserError(busy, correlationId)] });
    const answered = await put(Buffer.from('x'), 'image/png');
    change = async () => Promise.reject(new RefusedError(busy));
    const thrown = await put(Buffer.from('x'), 'image/png');
    expect([answered, thrown].map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([[429, '2'], [429, '2']]);
  });
});
