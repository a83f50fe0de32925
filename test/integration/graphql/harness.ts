import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Registry } from 'prom-client';
import WebSocket from 'ws';
import type { Credential } from '../../../src/auth/credential';
import type { Context, Db, Principal } from '../../../src/graphql/context';
import { contextMaker, type Services } from '../../../src/graphql/make-context';
import { createLogger } from '../../../src/http/log';
import { createHttpServer, type HttpConfig, type HttpServer, type HttpServerOptions } from '../../../src/http/server';
import type { ReadinessCheck } from '../../../src/http/health';
import { person } from '../../support/principals';
import { plainSetting, refusalsInMemory } from '../../support/services';
import { librarySchema } from './library';

export { person } from '../../support/principals';

export const ORIGIN = 'http://keyledger.test';

export interface TestServer extends HttpServer {
  url: string;
  /** Sessions by token; change them while the server runs. */
  sessions: Map<string, Principal>;
  /** Everything the server logged, one JSON line each. */
  logged: string[];
  registry: Registry;
  refusals: ReturnType<typeof refusalsInMemory>;
}

/** The sessions' tokens come by cookie as well as by header. */
const tokenOf = (credential: Credential): string => ('token' in credential ? credential.token : '');

const unused = new Proxy({}, { get: (_target, name) => () => { throw new Error(`The test gave no ${String(name)}`); } });

/** Services of which a test gives what it needs; touching another one throws. */
export function services(given: Partial<Services> & { rows?: object[] } = {}): Services {
  const db: Db = { query: async <Row extends object>() => (given.rows ?? []) as Row[] };
  return {
    commands: unused as Context['commands'], live: unused as Context['live'], outputs: unused as Context['outputs'],
    auth: unused as Context['auth'],
    signIn: unused as Context['signIn'], vault: unused as Context['vault'], idempotency: unused as Context['idempotency'],
    projectionStatus: async () => [],
    setting: plainSetting, refusals: refusalsInMemory(),
    now: () => new Date(), newId: randomUUID, db: () => db, dbOfServer: db, ...given,
  };
}

/** The whole HTTP server over the library's schema, on a free port. */
export async function startServer(
  {
    config, readiness = [], oidcSignIn, logos, callbacks, runOutputs, ...given
  }: Partial<Services> & Pick<HttpServerOptions, 'oidcSignIn' | 'logos' | 'callbacks' | 'runOutputs'> & {
    rows?: object[]; config?: Partial<HttpConfig>; readiness?: ReadinessCheck[];
  } = {},
): Promise<TestServer> {
  const sessions = new Map<string, Principal>([['user-token', person('user-1')], ['admin-token', person('admin-1', 'admin')]]);
  const logged: string[] = [];
  const log = createLogger('info', { write: (line) => void logged.push(line) });
  const registry = new Registry();
  const refusals = refusalsInMemory();
  const server = await createHttpServer({
    schema: librarySchema(),
    makeContext: contextMaker(services({ refusals, ...given })),
    auth: { authenticate: async (credential) => sessions.get(tokenOf(credential)) ?? { kind: 'anonymous' } },
    refusals,
    config: {
      publicUrl: ORIGIN, allowedOrigins: [], introspection: true, trustedDocuments: new Map(), trustedDocumentsOnly: false,
      clientDirectory: path.join(__dirname, 'no-client-here'), ...config,
    },
    log, metrics: registry, readiness, oidcSignIn, logos, callbacks, runOutputs,
  });
  return { ...server, url: await server.listen({ host: '127.0.0.1', port: 0 }), sessions, logged, registry, refusals };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
    extensions?: Record<string, unknown>;
  };
}

/** Sends one operation as the product's client does. */
export async function ask(
  server: TestServer, query: string,
  more: { variables?: object; token?: string; headers?: Record<string, string>; operationName?: string } = {},
): Promise<Answer> {
  return send(
    server, JSON.stringify({ query, variables: more.variables, operationName: more.operationName }),
    { ...(more.token && { cookie: `keyledger=${more.token}` }), ...more.headers },
  );
}

/** Sends any body. */
export async function send(server: TestServer, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(
    `${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
  );
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

/** Rule of the first error. */
export const ruleOf = ({ body }: Answer): unknown => body.errors?.[0]?.extensions['rule'];

export interface TestSocket {
  socket: WebSocket;
  /** The next message of the server. */
  next(): Promise<{ type: string; id?: string; payload?: any }>;
  send(message: object | string): void;
  closed: Promise<{ code: number; reason: string }>;
}

/** A bare socket, so that a test can break the protocol. */
export function openSocket(
  server: TestServer, { token = 'user-token', origin = ORIGIN as string | null, protocol = 'graphql-transport-ws' as string | null } = {},
): Promise<TestSocket> {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/graphql`, protocol ?? [],
    { headers: { ...(origin !== null && { origin }), cookie: `keyledger=${token}` } },
  );
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  socket.on('message', (data) => {
    const taker = waiting.shift();
    if (taker) taker(String(data));
    else messages.push(String(data));
  });
  const closed = new Promise<{ code: number; reason: string }>(
    (resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  );
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve({
        socket, closed,
        next: async () => JSON.parse(messages.shift() ?? (await new Promise<string>((take) => waiting.push(take)))) as { type: string },
        send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
      });
    });
  });
}

/** A socket past its handshake. */
export async function connect(server: TestServer, options: Parameters<typeof openSocket>[1] = {}): Promise<TestSocket> {
  const opened = await openSocket(server, options);
  opened.send({ type: 'connection_init' });
  const { type } = await opened.next();
  if (type !== 'connection_ack') throw new Error(`Expected connection_ack, got ${type}`);
  return opened;
}

/** Asks again until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
