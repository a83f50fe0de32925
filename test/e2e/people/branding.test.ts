import { createHash } from 'node:crypto';
import { apiOf, type Api } from '../../support/api';
import { png, pngChunk, pngHeader, pngPixels, PNG_SIGNATURE } from '../../support/png';
import { eventually } from '../../support/eventually';
import { act, done, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';
import { putLogo } from '../../support/tenants';

const TENANT = '{ viewer { tenant { id branding { pageTitle browserTitle logoUrl } } } }';
const DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script><rect width="1" height="1" onclick="alert(1)"/></svg>';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;
let user: Api;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
  user = (await somebody(server, owner, 'user@example.test')).api;
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const branding = async (api: Api): Promise<Record<string, unknown>> => (await api.ask(TENANT)).viewer.tenant.branding;
const put = (body: Uint8Array | string, headers?: Record<string, string>, api = owner): Promise<Response> => putLogo(server.url, api, body, headers);
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(server.url + path, { headers: { cookie: user.cookie()!, ...headers } });
const errorOf = async (response: Response): Promise<unknown> => ((await response.json()) as { errors: { extensions: unknown }[] }).errors[0]!.extensions;
const urlOf = async (response: Response): Promise<string> => ((await response.json()) as any).tenant.branding.logoUrl as string;

test('TEST-03: page title and browser title are the tenant\'s; omitted keeps, null clears', async () => {
  expect(await branding(user)).toEqual({ pageTitle: null, browserTitle: null, logoUrl: null });
  await done(owner, 'changeBranding', { pageTitle: 'Acme', browserTitle: 'Acme tab' });
  await done(owner, 'changeBranding', { browserTitle: null });
  await eventually(async () => (await branding(user)).browserTitle === null);
  expect(await branding(user)).toEqual({ pageTitle: 'Acme', browserTitle: null, logoUrl: null });
  expect((await act(owner, 'changeBranding', { pageTitle: ' ' })).errors).toMatchObject([{ path: ['input', 'pageTitle'] }]);
  await expect(act(user, 'changeBranding', { pageTitle: 'Mine' })).rejects.toThrow('Your role does not allow this');
});

test('TEST-03: a PNG logo is the picture alone, for people of the tenant', async () => {
  const noted = Buffer.concat([PNG_SIGNATURE, pngHeader(2, 2), pngChunk('tEXt', Buffer.from('GPS\0secret')), pngPixels(2, 2), pngChunk('IEND'), Buffer.from('trailing')]);
  const answer = await put(noted);
  expect(answer.status).toBe(200);
  const url = await urlOf(answer);
  expect(url).toBe(`/logo/${createHash('sha256').update(png()).digest('hex')}`);
  const picture = await get(url);
  expect(picture.status).toBe(200);
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(png());
  expect(Object.fromEntries(picture.headers)).toMatchObject({
    'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'cache-control': expect.stringMatching(/^private, max-age=\d+$/),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  });
  await eventually(async () => (await branding(user)).logoUrl === url);
});

test('TEST-03: an SVG logo can do nothing', async () => {
  const url = await urlOf(await put(DRAWING, { 'content-type': 'image/svg+xml; charset=utf-8' }));
  const picture = await get(url);
  expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  expect(picture.headers.get('content-security-policy')).toContain('sandbox');
  const text = await picture.text();
  expect(text).toContain('<rect width="1" height="1"/>');
  expect(text).not.toMatch(/script|onclick/);
});

test('a logo that was replaced or removed is gone, and a new one is there at once', async () => {
  const first = await urlOf(await put(png(1, 1)));
  const second = await urlOf(await put(png(1, 2)));
  expect((await get(first)).status).toBe(404);
  expect((await get(second)).status).toBe(200);
  await done(owner, 'removeLogo', {}, 'tenant { branding { logoUrl } }');
  expect((await get(second)).status).toBe(404);
  expect((await branding(owner)).logoUrl).toBeNull();
  expect(await urlOf(await put(png(1, 1)))).toBe(first);
  expect((await get(first)).status).toBe(200);
});

test('many logos at once leave one that is there', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map(async (height) => (await put(png(3, height))).json() as Promise<{ position: string }>));
  const newest = answers.map(({ position }) => BigInt(position)).reduce((one, other) => (one > other ? one : other));
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', cookie: owner.cookie()!, 'x-min-position': String(newest) },
    body: JSON.stringify({ query: '{ tenantConfiguration viewer { tenant { branding { logoUrl } } } }' }),
  });
  const { data } = (await response.json()) as any;
  const url = data.viewer.tenant.branding.logoUrl as string;
  expect(data.tenantConfiguration.branding.logo_path).toBe(url);
  expect((await get(url)).status).toBe(200);
});

test('only who may change the tenant may change its logo, and refusals stand in the audit log', async () => {
  const refused = await put(png(), {}, user);
  expect(refused.status).toBe(403);
  expect(await errorOf(refused)).toMatchObject({ code: 'E4031', rule: 'role' });
  expect((await put(png(), {}, apiOf(server.url))).status).toBe(401);
  await eventually(async () => JSON.stringify(await owner.ask('{ auditLog(first: 20) { nodes { act result reason } } }')).includes('"result":"REFUSED","reason":"role"'));
});

test('a logo is served to nobody who is not signed in', async () => {
  const url = (await branding(owner)).logoUrl as string;
  expect((await fetch(server.url + url)).status).toBe(401);
  expect((await get(url, { cookie: '', authorization: 'Bearer sk-kl-nothing' })).status).toBe(401);
});

test('CSRF: pages of other origins and simple requests change nothing', async () => {
  const before = await branding(owner);
  const other = png(7, 7);
  for (const headers of [{ origin: 'https://evil.test' }, { origin: 'null' }, { origin: server.url.replace('http', 'https') }] as Record<string, string>[]) {
    const answer = await put(other, headers);
    expect(answer.status).toBe(403);
    expect(await errorOf(answer)).toMatchObject({ rule: 'origin' });
  }
  expect((await put(other, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'image/gif', 'application/json', 'image/pngx', '']) {
    const answer = await put(other, { 'content-type': type });
    expect([type, answer.status >= 400 && answer.status < 500]).toEqual([type, true]);
  }
  const posted = await fetch(`${server.url}/logo`, { method: 'POST', headers: { 'content-type': 'image/png', cookie: owner.cookie()! }, body: other as BodyInit });
  expect(posted.status).toBe(404);
  expect(await branding(owner)).toEqual(before);
  expect((await put(other, { origin: server.url })).status).toBe(200);
});

test('what is no logo is refused with the rule that refuses it', async () => {
  const sizes = [1_048_576, 1_048_577].map((size) => Buffer.concat([png(), Buffer.alloc(size - png().length)]));
  expect((await put(sizes[0]!)).status).toBe(200);
  const tooLarge = await put(sizes[1]!);
  expect(tooLarge.status).toBe(422);
  expect(await errorOf(tooLarge)).toMatchObject({ code: 'V1004', rule: 'logo_size', details: { limit: 1_048_576 } });
  expect(await errorOf(await put('GIF89a'))).toMatchObject({ code: 'V1001', rule: 'png', correlationId: expect.any(String) });
  expect(await errorOf(await put(DRAWING))).toMatchObject({ rule: 'png' });
  expect(await errorOf(await put('<html/>', { 'content-type': 'image/svg+xml' }))).toMatchObject({ rule: 'svg' });
  expect(await errorOf(await put(`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${DRAWING}`, { 'content-type': 'image/svg+xml' }))).toMatchObject({ rule: 'svg' });
  expect((await put('')).status).toBeGreaterThanOrEqual(400);
});

test('other paths below /logo are nothing', async () => {
  const digest = createHash('sha256').update('nothing').digest('hex');
  for (const path of [`/logo/${digest}`, '/logo/x', '/logo/..%2f..%2fetc%2fpasswd', `/logo/${'a'.repeat(400)}`, "/logo/' or 1=1 --"]) expect([path, (await get(path)).status]).toEqual([path, 404]);
});
