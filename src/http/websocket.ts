import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { NO_CREDENTIAL, socketCredentialOf, type Credential } from '../auth/credential';
import type { Auth } from '../auth/port';
import { ANONYMOUS } from '../auth/principal';
import type { Principal } from '../graphql/context';
import type { Budget } from '../graphql/budget';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { publicError, refusedOperation } from '../graphql/errors';
import { limits } from '../graphql/limits';
import type { RefusalRecorder } from '../graphql/refusals';
import type { MakeContext } from '../graphql/make-context';
import type { TrustedDocuments } from '../graphql/trusted-documents';
import type { Log } from '../postgres/log';
import { prepareSubscription } from './prepare-subscription';
import type { HttpMetrics } from './metrics';
import type { Origins } from './origins';
import { clientAddress, type Trusts } from './proxies';
import { deviceOf, payerOf } from './caller';
import type { SessionCookie } from './session-cookie';
import { watchSessions, type Watched } from './session-watch';
import { startSubscription } from './subscription';

export interface WebSocketOptions {
  schema: GraphQLSchema;
  makeContext: MakeContext;
  authenticate: Auth['authenticate'];
  refusals: RefusalRecorder;
  cookie: SessionCookie;
  origins: Origins;
  budget: Budget;
  trusted: TrustedDocuments;
  trustedOnly: boolean;
  /** Proxies whose word about the caller's address is believed. */
  trusts: Trusts;
  metrics: HttpMetrics;
  log: Log;
}

/** Close codes beyond those of the graphql-transport-ws protocol. */
export const SocketClose = {
  goingAway: 1001,
  tryAgainLater: 1013,
  /** The reader is too slow: resume by cursor. */
  slow: 4008,
  forbidden: 4403,
  tooMany: 4429,
} as const;

const KNOWN_CODES = new Set([1000, 1001, 1005, 1006, 1009, 1013, 4008, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500]);
const tooManySubscriptions: Refusal = {
  code: 'E4291', rule: 'subscriptions', message: `Follow at most ${limits.subscriptionsPerPrincipal} things at once, over all sockets.`,
  retryAfterMs: 1_000,
};
/** A peer that does not finish the closing handshake in this time is cut. */
const CLOSING_MS = 1_000;

/** One open socket. */
interface Peer extends Watched {
  credential: Credential;
  /** Of the upgrade. */
  readonly headers: IncomingMessage['headers'];
  readonly socket: WebSocket;
  /** The connection below it. */
  readonly connection: Socket;
  /** Whether what is sent in this turn is gathered. */
  gathering: boolean;
  readonly requestId: string;
  readonly correlationId: string;
  readonly address: string;
  readonly device: string;
  principal: Principal;
  /** By operation id: what it has asked to follow, also when that has not begun yet. */
  subscriptions: Readonly<Record<string, unknown>>;
  /** Running subscriptions, to end them when the socket goes. */
  readonly running: Set<AbortController>;
  answersPings: boolean;
  /** Our reason to close it; a peer that does not read never confirms it. */
  closedWith: number | undefined;
  messages: { since: number; count: number };
}

/**
 * Serves subscriptions on `/graphql` over graphql-transport-ws. A client can neither make it hold more than a bounded
 * amount of memory nor act on a session that has ended.
 */
export function attachWebSockets(server: Server, options: WebSocketOptions): { judgeSessions(): void; close(): Promise<void> } {
  const { schema, makeContext, authenticate, cookie, origins, metrics, log } = options;
  const wss = new WebSocketServer({
    noServer: true, maxPayload: limits.frameBytes, perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  const peers = new Set<Peer>();
  const connected = new Set<Peer>();
  /** The connected ones, by who pays for them. */
  const peersOf = new Map<string, Set<Peer>>();
  const protocol = makeServer<Record<string, unknown>, Peer>({ connectionInitWaitTimeout: limits.connectionInitMs, ...graphqlHooks() });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url?.split('?')[0] !== '/graphql') return refuseUpgrade(socket, '404 Not Found');
    if (!origins.allowsUpgrade(request.headers)) return refuseUpgrade(socket, '403 Forbidden');
    wss.handleUpgrade(request, socket, head, (opened) => welcome(opened, request));
  };
  server.on('upgrade', onUpgrade);
  const sessions = watchSessions(connected, (credential) => authenticate(credential, { again: true }), log);
  const heartbeat = setInterval(() => peers.forEach(checkAlive), limits.pingMs);

  return {
    judgeSessions: sessions.judgeNow,
    async close() {
      server.off('upgrade', onUpgrade);
      sessions.stop();
      clearInterval(heartbeat);
      for (const peer of peers) closePeer(peer, SocketClose.goingAway, 'Going away');
      await new Promise((resolve) => wss.close(resolve));
    },
  };

  function welcome(socket: WebSocket, request: IncomingMessage): void {
    const peer: Peer = {
      socket,
      connection: request.socket,
      gathering: false,
      requestId: randomUUID(),
      correlationId: randomUUID(),
      address: clientAddress(request.socket.remoteAddress ?? 'unknown', request.headers['x-forwarded-for'], options.trusts),
      credential: NO_CREDENTIAL,
      headers: request.headers,
      device: deviceOf(request.headers),
      principal: { kind: 'anonymous' },
      subscriptions: {},
      running: new Set(),
      answersPings: true,
      closedWith: undefined,
      messages: { since: 0, count: 0 },
      onChanged: () => closePeer(peer, SocketClose.forbidden, 'Session ended or changed'),
      onDoubt: () => closePeer(peer, SocketClose.tryAgainLater, 'Try again later'),
    };
    peers.add(peer);
    metrics.sockets.inc();
    socket.on('error', (error) => log.info({ correlationId: peer.correlationId, err: error }, 'A WebSocket failed'));
    socket.on('pong', () => {
      peer.answersPings = true;
    });
    socket.on('ping', () => countMessage(peer));

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => sendTo(peer, data),
        close: (code, reason) => closePeer(peer, code ?? 1000, reason ?? ''),
        onMessage(handle) {
          socket.on('message', (data) => {
            if (!countMessage(peer)) return;
            handle(String(data)).catch((error: unknown) => {
              log.error({ correlationId: peer.correlationId, err: error }, 'A WebSocket message failed');
              closePeer(peer, 4500, 'Internal server error');
            });
          });
        },
      },
      peer,
    );
    socket.once('close', (code, detail) => {
      peers.delete(peer);
      leave(peer);
      for (const controller of peer.running) controller.abort();
      metrics.sockets.dec();
      const reason = peer.closedWith ?? code;
      metrics.socketsClosed.inc({ code: KNOWN_CODES.has(reason) ? String(reason) : 'other' });
      void closed(code, String(detail));
    });
  }

  function graphqlHooks(): Parameters<typeof makeServer<Record<string, unknown>, Peer>>[0] {
    return {
      async onConnect({ extra: peer, connectionParams, subscriptions }) {
        peer.credential = socketCredentialOf(peer.headers, connectionParams, cookie.read);
        const principal = await authenticate(peer.credential).catch((error: unknown) => notAuthenticated(peer, error));
        if (!principal || principal.kind === 'anonymous') return false;
        if ((peersOf.get(payerOf(principal, peer.address))?.size ?? 0) >= limits.socketsPerPrincipal) {
          closePeer(peer, SocketClose.tooMany, 'Too many sockets');
          return false;
        }
        peer.principal = principal;
        peer.subscriptions = subscriptions;
        if (peer.socket.readyState === peer.socket.OPEN) enter(peer);
        return true;
      },
      async onSubscribe({ extra: peer, subscriptions }, _id, payload) {
        if (Object.keys(subscriptions).length > limits.subscriptionsPerSocket) {
          closePeer(peer, SocketClose.tooMany, 'Too many subscriptions');
          return [new GraphQLError('Too many subscriptions')];
        }
        const payer = payerOf(peer.principal, peer.address);
        const prepared = subscriptionsOf(payer) > limits.subscriptionsPerPrincipal
          ? { errors: [refusedOperation(tooManySubscriptions)] } : prepareSubscription(payload, payer, options);
        metrics.operations.inc({
          transport: 'websocket', kind: 'subscription', code: 'errors' in prepared ? codeOf(prepared.errors, peer) : 'ok',
        });
        return 'errors' in prepared ? prepared.errors : { ...prepared, schema, contextValue: peer };
      },
      async subscribe({ contextValue, ...args }) {
        const peer = contextValue as Peer;
        const controller = new AbortController();
        peer.running.add(controller);
        metrics.subscriptions.inc();
        return startSubscription({
          args,
          contextFor: (signal) => makeContext({
            requestId: peer.requestId, correlationId: peer.correlationId, principal: peer.principal, address: peer.address, device: peer.device, signal,
            minPosition: undefined, setSessionCookie: refuseCookie,
          }),
          onEnd() {
            peer.running.delete(controller);
            metrics.subscriptions.dec();
          },
        }, controller);
      },
      onNext({ extra: peer }, _id, _payload, _args, { errors, ...result }) {
        return { ...result, ...(errors && { errors: errors.map((error) => shown(error, peer)) }) };
      },
      onError({ extra: peer }, _id, _payload, errors) {
        return errors.map((error) => shown(error as GraphQLError, peer));
      },
    };
  }

  /** A credential that is no good closes the socket like a missing one (4403); anything else is our own trouble. */
  async function notAuthenticated(peer: Peer, error: unknown): Promise<undefined> {
    if (error instanceof RefusedError) {
      await options.refusals.record({ ...peer, principal: ANONYMOUS }, { act: 'authenticate', refusal: error.refusal });
      return undefined;
    }
    log.warn({ correlationId: peer.correlationId, err: error }, 'The session of a new WebSocket could not be judged');
    closePeer(peer, SocketClose.tryAgainLater, 'Try again later');
    return undefined;
  }

  function enter(peer: Peer): void {
    connected.add(peer);
    const payer = payerOf(peer.principal, peer.address);
    const theirs = peersOf.get(payer) ?? new Set();
    peersOf.set(payer, theirs.add(peer));
  }

  function leave(peer: Peer): void {
    connected.delete(peer);
    const payer = payerOf(peer.principal, peer.address);
    const theirs = peersOf.get(payer);
    theirs?.delete(peer);
    if (theirs?.size === 0) peersOf.delete(payer);
  }

  function subscriptionsOf(payer: string): number {
    return [...(peersOf.get(payer) ?? [])].reduce((sum, { subscriptions }) => sum + Object.keys(subscriptions).length, 0);
  }

  function codeOf([error]: readonly GraphQLError[], peer: Peer): string {
    return error ? String(shown(error, peer).extensions?.['code']) : 'none';
  }

  function shown(error: GraphQLError, peer: Peer): GraphQLFormattedError {
    return publicError(error, { correlationId: peer.correlationId, log });
  }
}

/**
 * Resolves when the socket has taken the message, which is what makes a slow reader slow down its subscriptions; and not
 * before the next turn of the event loop, so that a feed with much to say does not keep everybody else waiting.
 */
function sendTo(peer: Peer, data: string): Promise<void> {
  const { socket } = peer;
  if (socket.readyState === socket.OPEN && socket.bufferedAmount > limits.socketBufferBytes) {
    closePeer(peer, SocketClose.slow, 'Too slow: resume behind the last cursor');
  }
  return new Promise((resolve) => {
    // A failed send means that the socket is closing; whoever waits for it is ended by that.
    if (socket.readyState !== socket.OPEN) return void setImmediate(resolve);
    gather(peer);
    socket.send(data, () => setImmediate(resolve));
  });
}

/** Items of many subscriptions often come in one turn: they go to the network in one write and not in one each. */
function gather(peer: Peer): void {
  if (peer.gathering) return;
  peer.gathering = true;
  peer.connection.cork();
  process.nextTick(() => {
    peer.gathering = false;
    peer.connection.uncork();
  });
}

/** @returns false when the peer talks too much and was closed for it, or is closing anyway */
function countMessage(peer: Peer): boolean {
  if (peer.socket.readyState !== peer.socket.OPEN) return false;
  const now = Date.now();
  if (now - peer.messages.since >= 1_000) peer.messages = { since: now, count: 0 };
  peer.messages.count += 1;
  if (peer.messages.count <= limits.messagesPerSecond) return true;
  closePeer(peer, SocketClose.tooMany, 'Too many messages');
  return false;
}

function checkAlive(peer: Peer): void {
  if (!peer.answersPings) return peer.socket.terminate();
  peer.answersPings = false;
  peer.socket.ping();
}

function closePeer(peer: Peer, code: number, reason: string): void {
  const { socket, running } = peer;
  if (socket.readyState !== socket.OPEN) return;
  peer.closedWith = code;
  for (const controller of running) controller.abort();
  socket.close(code, reason);
  const cut = setTimeout(() => socket.terminate(), CLOSING_MS);
  socket.once('close', () => clearTimeout(cut));
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

function refuseCookie(): never {
  throw new Error('A session cookie can only be set by an HTTP answer');
}
