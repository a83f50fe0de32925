import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { createGateway, type Gateway, type OutboundRequest } from '../../../src/outbound/gateway';
import { callWithRetries } from '../../../src/outbound/retry';

const SECRET = 'sk-test-not-a-key';
type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

let server: http.Server;
let port: number;
let handle: Handler;
let received: { url: string; headers: http.IncomingHttpHeaders; body: string }[];
const gateways: Gateway[] = [];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      received.push({ url: request.url!, headers: request.headers, body });
      handle(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
beforeEach(() => {
  received = [];
  handle = (_request, response) => response.end('{}');
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function gatewayTo(baseUrl: string, options: { allowPrivate?: boolean; addresses?: string[][] } = {}): Gateway {
  const looked = [...(options.addresses ?? [])];
  const gateway = createGateway({
    upstreams: [{ name: 'vendor', baseUrl, secret: SECRET, allowPrivate: options.allowPrivate ?? true }],
    lookup: async () => (looked.shift() ?? []).map((address) => ({ address })),
  });
  gateways.push(gateway);
  return gateway;
}
const local = (): Gateway => gatewayTo(`http://127.0.0.1:${port}/base`);
const request: OutboundRequest = { method: 'GET', path: '/thing', timeoutMs: 2_000, maxBytes: 10_000 };
const post: OutboundRequest = { ...request, method: 'POST', body: '{"a":1}' };

describe('a call', () => {
  it('goes below the base URL with the upstream\'s secret and nothing about us', async () => {
    handle = (_request, response) => response.writeHead(201, { 'content-type': 'Application/JSON' }).end('{"ok":true}');
    const answer = await local().call('vendor', { ...post, path: '/thing?x=1' });
    expect(answer).toEqual({ status: 201, contentType: 'application/json', retryAfterMs: undefined, text: '{"ok":true}' });
    expect(received).toHaveLength(1);
    expect(received[0]!.headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      authorization: `Bearer ${SECRET}`,
      'content-length': '7',
      'content-type': 'application/json',
      'user-agent': 'keyledger',
    });
    expect(received[0]).toMatchObject({ url: '/base/thing?x=1', body: '{"a":1}' });
  });

  it('can carry a leased key instead', async () => {
    await local().call('vendor', { ...request, secret: 'leased-not-a-key' });
    expect(received[0]!.headers.authorization).toBe('Bearer leased-not-a-key');
  });

  it('sends a key in the header that its vendor reads', async () => {
    const gateway = createGateway({ upstreams: [{ name: 'vendor', baseUrl: `http://127.0.0.1:${port}`, secret: SECRET, authorization: 'x-api-key', allowPrivate: true }] });
    gateways.push(gateway);
    await gateway.call('vendor', request);
    await gateway.call('vendor', { ...request, secret: 'leased-not-a-key' });
    expect(received.map(({ headers }) => [headers['x-api-key'], headers.authorization])).toEqual([[SECRET, undefined], ['leased-not-a-key', undefined]]);
  });

  it('never follows a redirect', async () => {
    handle = (_request, response) => response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    await expect(local().call('vendor', post)).rejects.toMatchObject({ failure: 'redirect' });
    expect(received).toHaveLength(1);
  });

  const crooked = ['//evil.example/x', '/../admin', '/a/../b', 'thing', '/a b', '/a\\b', '/x\r\ny: z', 'http://evil.example/'];
  it.each(crooked)('refuses the path %j', async (path) => {
    await expect(local().call('vendor', { ...request, path })).rejects.toThrow('must be plain');
    expect(received).toHaveLength(0);
  });

  it('to an upstream that nobody configured is refused', async () => {
    await expect(local().call('other', request)).rejects.toThrow('no upstream named');
  });

  it('stops reading at the size limit, with or without a declared length', async () => {
    handle = (_request, response) => response.end('x'.repeat(20_000));
    await expect(local().call('vendor', request)).rejects.toMatchObject({ failure: 'too_large' });
    handle = (_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    await expect(local().call('vendor', request)).rejects.toMatchObject({ failure: 'too_large' });
    handle = (_request, response) => response.writeHead(200, { 'x-long': 'y'.repeat(20_000) }).end();
    await expect(local().call('vendor', request)).rejects.toMatchObject({ failure: 'too_large' });
  });

  it('refuses compressed answers, which could unfold without limit', async () => {
    handle = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('...');
    await expect(local().call('vendor', request)).rejects.toMatchObject({ failure: 'encoded' });
  });

  it('ends when time is up, when the caller gives up, and when the connection breaks', async () => {
    handle = (_request, response) => response.writeHead(200).write('begun');
    await expect(local().call('vendor', { ...request, timeoutMs: 50 })).rejects.toMatchObject({ failure: 'timeout', notSent: false });
    const giveUp = new AbortController();
    handle = () => giveUp.abort();
    await expect(local().call('vendor', { ...request, signal: giveUp.signal })).rejects.toMatchObject({ failure: 'aborted' });
    await expect(local().call('vendor', { ...request, signal: giveUp.signal })).rejects.toMatchObject({ failure: 'aborted' });
    handle = (_request, response) => void response.socket!.destroy();
    await expect(local().call('vendor', request)).rejects.toMatchObject({ failure: 'dropped' });
  });

  it('says that it was not sent when nobody listens', async () => {
    await expect(gatewayTo('http://127.0.0.1:1').call('vendor', request)).rejects.toMatchObject({ failure: 'unreachable', notSent: true });
  });

  it('scrubs our secrets from whatever comes back', async () => {
    handle = (incoming, response, body) =>
      response.writeHead(500).end(`bad ${incoming.headers.authorization} in ${body} ${encodeURIComponent(SECRET)}`);
    const { text } = await local().call('vendor', { ...post, body: '{"key":"user-not-a-key"}', sensitive: ['user-not-a-key'] });
    expect(text).toBe('bad Bearer [secret removed] in {"key":"[secret removed]"} [secret removed]');
  });

  it.each([
    ['7', 7_000],
    ['Fri, 31 Dec 1999 23:59:59 GMT', 0],
    ['soon', undefined],
  ])('reads Retry-After %s', async (header, expected) => {
    handle = (_request, response) => response.writeHead(429, { 'retry-after': header }).end();
    expect((await local().call('vendor', request)).retryAfterMs).toEqual(expected);
  });
});

describe('the address behind a name', () => {
  it('is looked up once and judged; the judged address is the one connected to', async () => {
    const gateway = gatewayTo(`http://vendor.example:${port}`, { addresses: [['127.0.0.1'], ['10.0.0.1']] });
    expect((await gateway.call('vendor', request)).status).toBe(200);
    expect(received[0]!.headers.host).toBe(`vendor.example:${port}`);
  });

  it.each([
    ['private behind a public name', false, ['10.0.0.1']],
    ['mixed public and private', false, ['8.8.8.8', '127.0.0.1']],
    ['metadata even for the operator', true, ['169.254.169.254']],
    ['mixed private and metadata', true, ['127.0.0.1', '169.254.169.254']],
    ['IPv4-compatible IPv6', true, ['::7f00:1']],
    ['no address at all', true, []],
  ])('is refused: %s', async (_what, allowPrivate, addresses) => {
    const baseUrl = allowPrivate ? `http://vendor.example:${port}` : 'https://vendor.example';
    await expect(gatewayTo(baseUrl, { allowPrivate, addresses: [addresses] }).call('vendor', request))
      .rejects.toMatchObject({ failure: 'forbidden_address', notSent: true });
    expect(received).toHaveLength(0);
  });

  it('is not reached in clear when it is public', async () => {
    const gateway = gatewayTo('http://vendor.example', { addresses: [['8.8.8.8']] });
    await expect(gateway.call('vendor', request)).rejects.toMatchObject({ failure: 'forbidden_address' });
  });

  it('is tried one after the other', async () => {
    const gateway = gatewayTo(`http://vendor.example:${port}`, { addresses: [['127.0.0.77', '127.0.0.1']] });
    expect((await gateway.call('vendor', request)).status).toBe(200);
  });
});

describe('TLS', () => {
  it('is checked whatever the environment says', async () => {
    const pems = await generate([{ name: 'commonName', value: 'vendor.example' }]);
    const secure = https.createServer({ key: pems.private, cert: pems.cert }, (_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const gateway = gatewayTo(`https://vendor.example:${(secure.address() as AddressInfo).port}`, { addresses: [['127.0.0.1']] });
      await expect(gateway.call('vendor', request)).rejects.toMatchObject({ failure: 'unreachable', notSent: true });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
      secure.closeAllConnections();
      secure.close();
    }
  });
});

describe('a streamed call', () => {
  const streamed = { ...post, idleTimeoutMs: 1_000 };
  async function read(gateway: Gateway, options: Partial<typeof streamed> = {}): Promise<string> {
    const { chunks } = await gateway.stream('vendor', { ...streamed, ...options });
    let text = '';
    for await (const chunk of chunks) text += chunk.toString();
    return text;
  }

  it('gives pieces as they come, without our secrets, even when one is cut in two', async () => {
    handle = (_request, response) => {
      response.write('one ');
      response.write(SECRET.slice(0, 8));
      setTimeout(() => response.end(`${SECRET.slice(8)} two`), 20);
    };
    expect(await read(local())).toBe('one [secret removed] two');
  });

  it('ends on silence, on total time, on size and on a broken connection', async () => {
    handle = (_request, response) => response.write('begun');
    await expect(read(local(), { idleTimeoutMs: 50 })).rejects.toMatchObject({ failure: 'timeout' });
    await expect(read(local(), { timeoutMs: 60 })).rejects.toMatchObject({ failure: 'timeout' });
    handle = (_request, response) => response.end('x'.repeat(20_000));
    await expect(read(local())).rejects.toMatchObject({ failure: 'too_large' });
    handle = (_request, response) => {
      response.write('begun');
      setTimeout(() => response.socket!.destroy(), 20);
    };
    await expect(read(local())).rejects.toMatchObject({ failure: 'dropped' });
  });

  it('does not take a slow reader for a silent upstream', async () => {
    handle = (_request, response) => {
      response.write('one ');
      setTimeout(() => response.end('two'), 10);
    };
    const { chunks } = await local().stream('vendor', { ...streamed, idleTimeoutMs: 60 });
    let text = '';
    for await (const chunk of chunks) {
      text += chunk.toString();
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    expect(text).toBe('one two');
  });

  it('closes the connection when the reader stops', async () => {
    const closed = new Promise<void>((resolve) => {
      handle = (_request, response) => {
        response.on('close', resolve);
        response.write('one');
      };
    });
    const { chunks } = await local().stream('vendor', streamed);
    for await (const chunk of chunks) {
      expect(chunk.toString()).toBe('one');
      break;
    }
    await closed;
  });

  it('that nobody reads ends quietly', async () => {
    const closed = new Promise<void>((resolve) => {
      handle = (_request, response) => {
        response.on('close', resolve);
        response.write('one');
      };
    });
    await local().stream('vendor', { ...streamed, timeoutMs: 60 });
    await closed;
  });
});

describe('repeating', () => {
  const policy = { maxRetries: 3, delayMs: 1, idempotent: true };
  const failing = (times: number, fail: Handler): void => {
    handle = (incoming, response, body) => (received.length <= times ? fail(incoming, response, body) : response.end('done'));
  };

  it.each<[string, Handler]>([
    ['503', (_request, response) => response.writeHead(503).end()],
    ['429', (_request, response) => response.writeHead(429, { 'retry-after': '0' }).end()],
    ['a broken connection', (_request, response) => void response.socket!.destroy()],
  ])('gets past %s', async (_what, fail) => {
    failing(3, fail);
    expect((await callWithRetries(local(), 'vendor', post, policy)).text).toBe('done');
    expect(received).toHaveLength(4);
  });

  it('ends with the last outcome', async () => {
    failing(9, (_request, response) => response.writeHead(503).end('still'));
    expect(await callWithRetries(local(), 'vendor', post, policy)).toMatchObject({ status: 503, text: 'still' });
    failing(99, (_request, response) => void response.socket!.destroy());
    await expect(callWithRetries(local(), 'vendor', post, policy)).rejects.toMatchObject({ failure: 'dropped' });
  });

  it.each([[400], [401], [404], [501]])('does not follow a %d', async (status) => {
    handle = (_request, response) => response.writeHead(status).end();
    expect((await callWithRetries(local(), 'vendor', post, policy)).status).toBe(status);
    expect(received).toHaveLength(1);
  });

  it('does not follow an unknown outcome when a second effect were possible', async () => {
    failing(1, (_request, response) => void response.socket!.destroy());
    await expect(callWithRetries(local(), 'vendor', post, { ...policy, idempotent: false })).rejects.toMatchObject({ failure: 'dropped' });
    expect(received).toHaveLength(1);
  });

  it('does not sit through a pause of minutes, and stops when the caller does', async () => {
    handle = (_request, response) => response.writeHead(429, { 'retry-after': '600' }).end();
    expect(await callWithRetries(local(), 'vendor', post, policy)).toMatchObject({ status: 429, retryAfterMs: 600_000 });
    const giveUp = new AbortController();
    handle = (_request, response) => {
      response.writeHead(503).end();
      setTimeout(() => giveUp.abort(), 20);
    };
    const givenUp = callWithRetries(local(), 'vendor', { ...post, signal: giveUp.signal }, { ...policy, delayMs: 20_000 });
    await expect(givenUp).rejects.toMatchObject({ failure: 'aborted' });
  });
});
