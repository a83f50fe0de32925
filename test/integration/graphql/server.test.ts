import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { behind } from './library';
import { ask, connect, openSocket, send, startServer, until, type TestServer } from './harness';

describe('the HTTP server', () => {
  let server: TestServer;
  afterEach(() => server.close());
  const get = async (url: string, headers: Record<string, string> = {}) => fetch(`${server.url}${url}`, { headers });

  describe('health', () => {
    test('lives without depending on anything, and is ready when all it depends on is', async () => {
      let storeIsThere = true;
      server = await startServer({
        readiness: [
          { name: 'event_store', check: async () => ({ ok: storeIsThere, details: { lagEvents: 3 } }) },
          { name: 'postgres', check: async () => { if (!storeIsThere) throw new Error(
            'password authentication failed for user "keyledger"'
          ); return { ok: true }; } },
        ],
      });
      expect(await (await get('/ready')).json()).toEqual({ status: 'ready', failing: [] });
      storeIsThere = false;
      const ready = await get('/ready');
      expect([ready.status, await ready.json()]).toEqual([503, { status: 'not_ready', failing: ['event_store', 'postgres'] }]);
      const detailed = await get('/health/detailed');
      const text = await detailed.text();
      expect(JSON.parse(text)).toMatchObject({
        status: 'not_ready', checks: [{ name: 'event_store', ok: false, details: { lagEvents: 3 } }, { name: 'postgres', ok: false }],
      });
      expect(text).not.toMatch(/password|version|node/i);
      expect((await get('/health')).status).toBe(200);
    });

    test('a check that hangs counts as failed', async () => {
      server = await startServer({ readiness: [{ name: 'postgres', check: () => new Promise(() => undefined) }] });
      expect((await get('/ready')).status).toBe(503);
    });

    test('metrics are Prometheus text with closed label sets', async () => {
      server = await startServer();
      await ask(server, '{ secrets }', { token: 'user-token' });
      await get('/no/such/path/4711');
      const metrics = await (await get('/metrics')).text();
      expect(metrics).toContain('graphql_operations_total{transport="http",kind="query",code="E4031"} 1');
      expect(metrics).toContain('http_request_duration_seconds_count{route="/graphql",method="POST",status="200"} 1');
      expect(metrics).not.toContain('4711');
    });
  });

  describe('the client', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(path.join(os.tmpdir(), 'keyledger-client-'));
      mkdirSync(path.join(directory, 'assets'));
      writeFileSync(path.join(directory, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>');
      writeFileSync(path.join(directory, 'assets', 'app-abc123.js'), `console.log('${'x'.repeat(2_000)}')`);
      writeFileSync(path.join(directory, 'favicon.svg'), '<svg/>');
      writeFileSync(path.join(directory, '..', 'keyledger-outside.txt'), 'outside');
    });
    afterAll(() => {
      rmSync(directory, { recursive: true });
      rmSync(path.join(directory, '..', 'keyledger-outside.txt'));
    });
    beforeEach(async () => {
      server = await startServer({ config: { clientDirectory: directory } });
    });
    const html = { accept: 'text/html,application/xhtml+xml' };

    test('its pages come with a strict policy and a nonce of their own, and are never kept', async () => {
      const nonces = await Promise.all(['/', '/users/42?tab=keys', '/index.html'].map(async (url) => {
        const page = await get(url, html);
        expect(page.status).toBe(200);
        expect(page.headers.get('cache-control')).toBe('no-cache');
        const policy = page.headers.get('content-security-policy') ?? '';
        const nonce = /content="([0-9a-f]{32})"/.exec(await page.text())?.[1];
        expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toContain('unsafe');
        expect(page.headers.get('x-content-type-options')).toBe('nosniff');
        return nonce;
      }));
      expect(new Set(nonces).size).toBe(3);
    });

    test('hashed files are kept for ever, others are asked for again; both come packed', async () => {
      const asset = await get('/assets/app-abc123.js', { 'accept-encoding': 'gzip' });
      expect([asset.status, asset.headers.get('cache-control'), asset.headers.get('content-encoding'), asset.headers.get('content-type')])
        .toEqual([200, 'public, max-age=31536000, immutable', 'gzip', 'text/javascript; charset=utf-8']);
      expect(await asset.text()).toContain('xxx');
      const icon = await get('/favicon.svg');
      expect([icon.headers.get('cache-control'), icon.headers.get('content-type')]).toEqual(['no-cache', 'image/svg+xml']);
      expect((await get('/favicon.svg', { 'if-none-match': icon.headers.get('etag') ?? '' })).status).toBe(304);
    });

    test.each([
      '/assets/missing.js', '/../keyledger-outside.txt', '/%2e%2e/keyledger-outside.txt', '/assets/..%2f..%2fkeyledger-outside.txt',
      '//keyledger-outside.txt', '/.vite/manifest.json',
    ])('%s is not there', async (url) => {
      const status = await new Promise<string>((resolve) => {
        const { port, hostname } = new URL(server.url);
        const socket = connectTcp(
          Number(port), hostname, () => socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        );
        let answer = '';
        socket.on('data', (data) => { answer += String(data); });
        socket.on('close', () => resolve(answer));
      });
      expect(status).toMatch(/^HTTP\/1\.1 404/);
      expect(status).not.toContain('outside"');
    });

    test('what is not a page is not answered with one', async () => {
      const answer = await get('/api/nothing', { accept: 'application/json' });
      expect([answer.status, await answer.json()]).toMatchObject([404, { errors: [{ extensions: { code: 'E4041', rule: 'route' } }] }]);
    });
  });

  describe('cookies', () => {
    const signIn = 'mutation { addBook(input: { title: "x" }) { errors { code } } }';

    test.each([
      ['http://keyledger.test', /^keyledger=token-1; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/],
      ['https://keyledger.test', /^__Host-keyledger=token-1; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax; Secure$/],
    ])(
      'for %s are as strict as it allows', async (publicUrl, shape) => {
        server = await startServer({ config: { publicUrl } });
        const name = publicUrl.startsWith('https') ? '__Host-keyledger' : 'keyledger';
        behind.onContext = (context) => context.setSessionCookie('token-1');
        const set = await send(server, JSON.stringify({ query: '{ probe }' }), { cookie: `${name}=user-token` });
        expect(set.headers.get('set-cookie')).toMatch(shape);
        behind.onContext = (context) => context.setSessionCookie(undefined);
        const cleared = await send(server, JSON.stringify({ query: '{ probe }' }), { cookie: `${name}=user-token` });
        expect(cleared.headers.get('set-cookie')).toContain(`${name}=; Max-Age=0`);
        expect(
          (await send(server, JSON.stringify({ query: '{ whoAmI }' }), { cookie: `${name}=user-token` })).body.data
        ).toEqual({ whoAmI: 'user-1' });
        if (publicUrl.startsWith('https')) expect(set.headers.get('strict-transport-security')).toContain('max-age');
      },
    );

    test('planted twice are not believed', async () => {
      server = await startServer();
      const answer = await send(server, JSON.stringify({ query: signIn }), { cookie: 'keyledger=user-token; keyledger=admin-token' });
      expect(answer.body.errors?.[0]?.extensions['code']).toBe('E4011');
    });
  });

  test('drains: not ready, sockets told to come back elsewhere, what is under way is finished', async () => {
    server = await startServer();
    const socket = await connect(server);
    let finish: (() => void) | undefined;
    behind.addBook = async () => {
      await new Promise<void>((resolve) => { finish = resolve; });
      return { accepted: true, answer: { bookId: 'b', secret: null }, position: 1n, revision: 0n };
    };
    const answer = ask(server, 'mutation { addBook(input: { title: "x" }) { position } }', { token: 'user-token' });
    await until('the mutation runs', () => finish !== undefined);
    const closing = server.close();
    expect((await socket.closed).code).toBe(1001);
    finish?.();
    expect((await answer).body.data).toEqual({ addBook: { position: '1' } });
    await closing;
    await expect(openSocket(server)).rejects.toThrow('ECONNREFUSED');
    server = await startServer();
  });
});
