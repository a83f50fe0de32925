import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import WebSocket from 'ws';
import { credentialOf } from '../../../src/auth/credential';
import { limits } from '../../../src/graphql/limits';
import { ask, connect, ORIGIN, openSocket, startServer, until, type TestServer, type TestSocket } from './harness';
import { behind } from './library';

const MUTATION = 'mutation { addBook(input: { title: "x" }) { errors { code } } }';
const JSON_BODY = JSON.stringify({ query: MUTATION });
const COOKIE = 'keyledger=user-token';
const PREFLIGHTED = { 'apollo-require-preflight': '1' };

/** Origins that look like ours and are not. */
const FOREIGN = [
  'https://evil.example', 'null', 'http://sub.keyledger.test', 'http://keyledger.test.evil.example', 'http://evilkeyledger.test', 'https://keyledger.test',
  'http://keyledger.test:81', 'http://keyledger.test@evil.example', 'HTTP://KEYLEDGER.TEST', 'http://keyledger.test/', 'http://keyledger.test, https://evil.example',
  'file://', 'http://keyledger.test.', 'http://localhost', 'http://tools.example', '',
];

interface Given { method?: string; path?: string; headers?: Record<string, string>; body?: string }
interface Got { status: number; headers: IncomingHttpHeaders; body: string }

/** A request with any header at all, which `fetch` would not send. */
function raw(server: TestServer, { method = 'POST', path = '/graphql', headers = {}, body }: Given): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const request = httpRequest({ hostname, port, path, method, headers: { cookie: COOKIE, 'content-length': Buffer.byteLength(body ?? ''), ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      }).on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject).end(body);
  });
}

let server: TestServer;
let ran = 0;
const { addBook, onContext } = behind;

beforeAll(async () => {
  server = await startServer({ config: { allowedOrigins: ['https://tools.example'] } });
});
beforeEach(() => {
  ran = 0;
  behind.addBook = (...args) => {
    ran += 1;
    return addBook(...args);
  };
});
afterAll(async () => {
  behind.addBook = addBook;
  behind.onContext = onContext;
  await server.close();
});

describe('77: what a foreign page can make a browser send changes nothing', () => {
  const json = { 'content-type': 'application/json' };
  const form = (type: string): Given => ({ headers: type ? { 'content-type': type } : {}, body: JSON_BODY });
  const get = (headers: Record<string, string>): Given => ({ method: 'GET', path: `/graphql?query=${encodeURIComponent(MUTATION)}`, headers });
  const types = [
    'text/plain', 'text/plain; charset=utf-8', 'text/plain; application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
    'application/xml', 'application/graphql', 'text/html', 'application/json2', '',
  ];
  const cases: [string, Given][] = [
    ...FOREIGN.map((origin): [string, Given] => [`JSON from the origin ${origin}`, { headers: { ...json, origin }, body: JSON_BODY }]),
    ...types.map((type): [string, Given] => [`a body of type ${type || '(none)'}`, form(type)]),
    ...types.map((type): [string, Given] => [`a body of type ${type || '(none)'} from our own origin`, { ...form(type), headers: { ...form(type).headers, origin: ORIGIN } }]),
    ...['cross-site', 'same-site', 'whatever'].flatMap((site): [string, Given][] => [
      [`a ${site} request that names no origin`, { headers: { ...json, 'sec-fetch-site': site }, body: JSON_BODY }],
      [`a ${site} request that names no origin, preflighted`, { headers: { ...json, ...PREFLIGHTED, 'sec-fetch-site': site }, body: JSON_BODY }],
    ]),
    ['a mutation by GET', get({})],
    ['a mutation by GET, preflighted', get(PREFLIGHTED)],
    ['a mutation by GET with a JSON type', get(json)],
    ['a mutation by GET with an odd type', get({ 'content-type': 'text/plain' })],
    ['a mutation by GET from our origin', get({ ...PREFLIGHTED, origin: ORIGIN })],
    ['a query by GET without the header', { method: 'GET', path: '/graphql?query={__typename}' }],
    ['a query by GET with a form type', { method: 'GET', path: '/graphql?query={__typename}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method): [string, Given] => [`the method ${method}`, { method, headers: json, body: JSON_BODY }]),
    ['another spelling of the path', { path: '//graphql', headers: json, body: JSON_BODY }],
    ['an encoded path', { path: '/%67raphql%2f', headers: json, body: JSON_BODY }],
  ];

  test('the matrix has 40 requests or more', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
  });

  test.each(cases)('%s', async (_what, given) => {
    const { status } = await raw(server, given);
    expect({ refused: status >= 400 && status < 500, ran, status }).toEqual({ refused: true, ran: 0, status });
  });

  test.each<[string, Record<string, string>]>([
    ['our own origin', { origin: ORIGIN }], ['an origin that is allowed', { origin: 'https://tools.example' }], ['a program, which names none', {}],
    ['our own page', { 'sec-fetch-site': 'same-origin' }],
  ])('but %s is served', async (_what, headers) => {
    expect((await raw(server, { headers: { ...json, ...headers }, body: JSON_BODY })).status).toBe(200);
    expect(ran).toBe(1);
  });
});

describe('HUB-53: other origins', () => {
  const preflight = (origin: string) => raw(server, {
    method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,authorization' },
  });

  test('that are allowed get their preflight, with credentials and for themselves alone', async () => {
    const { status, headers } = await preflight('https://tools.example');
    expect([status, headers['access-control-allow-origin'], headers['access-control-allow-credentials']]).toEqual([204, 'https://tools.example', 'true']);
    expect(headers['access-control-allow-headers']).toContain('x-api-key');
    expect(headers.vary).toContain('Origin');
    const answer = await raw(server, { headers: { 'content-type': 'application/json', origin: 'https://tools.example' }, body: JSON_BODY });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, 'https://tools.example']);
    expect(answer.headers['access-control-expose-headers']).toContain('x-correlation-id');
  });

  test.each([...FOREIGN.filter((origin) => origin !== ''), 'https://tools.example.evil.example', 'https://sub.tools.example', 'http://tools.example'])('like %s are told nothing', async (origin) => {
    for (const { headers } of [await preflight(origin), await raw(server, { headers: { 'content-type': 'application/json', origin }, body: JSON_BODY }), await raw(server, { method: 'GET', path: '/health', headers: { origin } })]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-allow'))).toEqual([]);
    }
    expect(ran).toBe(0);
  });

  test('are none when none are configured', async () => {
    const alone = await startServer();
    const { headers } = await raw(alone, { method: 'OPTIONS', headers: { origin: 'https://tools.example', 'access-control-request-method': 'POST' } });
    await alone.close();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('104: sockets that a foreign page opens with the cookie of a visitor', () => {
  /** Status of a refused upgrade, or `open`. */
  const upgrade = (headers: Record<string, string>, path = '/graphql'): Promise<number | 'open'> => new Promise((resolve) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers: { cookie: COOKIE, ...headers } });
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('open', () => {
      socket.close();
      resolve('open');
    });
  });

  test.each([...FOREIGN, undefined])('are refused before anything is parsed: origin %s', async (origin) => {
    const judged = jest.spyOn(server.sessions, 'get');
    expect(await upgrade(origin === undefined ? {} : { origin })).toBe(403);
    expect(judged).not.toHaveBeenCalled();
    judged.mockRestore();
  });

  test('are refused also when they carry a key', async () => {
    expect(await upgrade({ origin: 'https://evil.example', 'x-api-key': 'admin-token' })).toBe(403);
    expect(await upgrade({ origin: 'null', authorization: 'Bearer admin-token' })).toBe(403);
  });

  test('our pages, those of allowed origins, and programs with a key of their own are welcome', async () => {
    expect(await upgrade({ origin: ORIGIN })).toBe('open');
    expect(await upgrade({ origin: 'https://tools.example' })).toBe('open');
    expect(await upgrade({ 'x-api-key': 'admin-token' })).toBe('open');
    expect(await upgrade({ authorization: 'Bearer admin-token' })).toBe('open');
    expect(await upgrade({ origin: ORIGIN }, '/elsewhere')).toBe(404);
  });

  test('a program’s key decides who it is, not the cookie that came along', async () => {
    const ticks = jest.spyOn(behind, 'ticks').mockImplementation(async function* () {
      yield 1;
    });
    const socket = await openSocket(server, { token: 'user-token' });
    try {
      socket.send({ type: 'connection_init', payload: { authorization: 'Bearer admin-token' } });
      expect((await socket.next()).type).toBe('connection_ack');
      socket.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { adminTicks }' } });
      expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { adminTicks: 'tick 1' } } });
    } finally {
      socket.socket.close();
      ticks.mockRestore();
    }
  });
});

describe('82: where a request comes from', () => {
  const addressOf = async (place: TestServer, forwarded: string): Promise<string | undefined> => {
    let seen: string | undefined;
    behind.onContext = ({ address }) => {
      seen = address;
    };
    await ask(place, '{ probe }', { headers: { 'x-forwarded-for': forwarded } });
    return seen;
  };

  test('is what the connection says, unless a trusted proxy says otherwise', async () => {
    expect(await addressOf(server, '203.0.113.9')).toBe('127.0.0.1');
    const behindProxy = await startServer({ config: { trustProxy: ['127.0.0.1'] } });
    expect(await addressOf(behindProxy, '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
    await behindProxy.close();
  });

  test.each<[string, Record<string, string>]>([
    ['Host', { host: 'keyledger.test' }], ['Host of another', { host: 'evil.example' }], ['X-Forwarded-Host', { 'x-forwarded-host': 'keyledger.test' }],
    ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }], ['X-Original-URL', { 'x-original-url': '/health' }], ['X-Rewrite-URL', { 'x-rewrite-url': '/health' }],
    ['X-HTTP-Method-Override', { 'x-http-method-override': 'GET' }], ['X-Forwarded-User', { 'x-forwarded-user': 'admin-1' }], ['X-Forwarded-For', { 'x-forwarded-for': '127.0.0.1' }],
  ])('%s changes nothing about who may do what', async (_name, headers) => {
    const secrets = (cookie: string) => raw(server, { headers: { 'content-type': 'application/json', ...headers, cookie }, body: JSON.stringify({ query: '{ secrets }' }) });
    expect(JSON.parse((await secrets('')).body)).toMatchObject({ errors: [{ extensions: { code: 'E4011' } }] });
    expect(JSON.parse((await secrets(COOKIE)).body)).toMatchObject({ errors: [{ extensions: { code: 'E4031' } }] });
    expect(JSON.parse((await secrets('keyledger=admin-token')).body)).toMatchObject({ data: { secrets: 'open' } });
  });

  test.each(['//graphql', '/./graphql', '/x/../graphql', '/graphql/', '/graphql%2f', '/%2e/graphql', '/GRAPHQL', '/graphql;x', 'http://evil.example/graphql/'])(
    'the path %s is either this one with its rules, or none', async (path) => {
      const { status, body } = await raw(server, { path, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ secrets }' }) });
      expect(body).not.toContain('open');
      expect([200, 400, 404]).toContain(status);
      if (status === 200) expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'E4031' } }] });
    });
});

describe('subscriptions of one person', () => {
  test('are limited over all their sockets, whoever else follows something', async () => {
    const waiting = (signal: AbortSignal): AsyncIterableIterator<number> => {
      const ended = new Promise<IteratorResult<number>>((resolve) => signal.addEventListener('abort', () => resolve({ done: true, value: undefined })));
      return { next: () => ended, return: async () => ({ done: true, value: undefined }), [Symbol.asyncIterator]() { return this; } };
    };
    const ticks = jest.spyOn(behind, 'ticks').mockImplementation(waiting);
    // A socket may say so little in a second that the real number would take long.
    const fewer = jest.replaceProperty(limits as { subscriptionsPerPrincipal: number }, 'subscriptionsPerPrincipal', 20);
    const crowd = await startServer();
    try {
      const follow = (socket: TestSocket, id: string) => socket.send({ id, type: 'subscribe', payload: { query: 'subscription { ticks }' } });
      const [one, two] = [await connect(crowd), await connect(crowd)];
      for (let n = 0; n < 10; n++) {
        follow(one, `one ${n}`);
        follow(two, `two ${n}`);
      }
      follow(two, 'too many');
      expect(await two.next()).toMatchObject({ id: 'too many', type: 'error', payload: [{ extensions: { code: 'E4291', rule: 'subscriptions' } }] });

      const other = await connect(crowd, { token: 'admin-token' });
      follow(other, 'of somebody else');
      one.send({ id: 'one 0', type: 'complete' });
      one.send({ id: 'seen', type: 'subscribe', payload: { query: '{' } });
      expect(await one.next()).toMatchObject({ id: 'seen', type: 'error', payload: [{ extensions: { rule: 'syntax' } }] });
      follow(two, 'instead');
      const following = async (): Promise<unknown> => (await crowd.registry.getSingleMetric('websocket_subscriptions')!.get()).values[0]?.value;
      await until('there is room again', async () => (await following()) === 21);
    } finally {
      ticks.mockRestore();
      fewer.restore();
      await crowd.close();
    }
  });
});

test('a credential is the same on every transport', () => {
  expect(credentialOf({ authorization: 'Bearer admin-token' }, () => undefined)).toEqual(credentialOf({ 'x-api-key': 'admin-token' }, () => undefined));
});
