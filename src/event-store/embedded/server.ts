import { chmodSync, rmSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { authentication, type Credentials } from './grpc/authentication';
import { gossip, type Advertised } from './grpc/gossip';
import { serverFeatures } from './grpc/server-features';
import type { ServiceContext } from './grpc/service-context';
import { streamsDefinition, streamsService } from './grpc/streams-service';
import { unimplementedServices } from './grpc/unimplemented';
import { openLog } from './log/log';
import type { Storage, StorageTaken } from './storage/port';

/** Where clients come in. A socket is protected by its folder; on the network there is TLS with a password, or neither. */
export type Endpoint =
  | { socketPath: string }
  | { host: string; port: number; tls?: { cert: string; key: string }; auth?: Credentials };

export interface EventStoreServerOptions {
  store: Storage;
  listen: Endpoint | readonly Endpoint[];
  /** Most bytes of one append. Default 1 MiB, as a real node. */
  maxAppendSize?: number;
  /** Longest that a write waits for its commit, in milliseconds, whatever the caller's deadline. Default 10,000. */
  writeTimeoutMs?: number;
  /** A failure that callers were told of, for the operator's log. */
  onFailure?(error: unknown): void;
  /** Another process became the writer of this data: this server must be closed and the process end. */
  onFatal?(error: StorageTaken): void;
}

export interface EventStoreServer {
  /** What the first endpoint listens on: `unix:/path` or `host:port`. */
  readonly address: string;
  /** The same for all endpoints, in the order given. */
  readonly addresses: readonly string[];
  /** Stops accepting, answers what waits for its commit, ends subscriptions, and lets the storage go. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
/** Room for an event of 16 MiB; refusing a larger one must be possible in-band, so it must get in. */
const MAX_MESSAGE_BYTES = 17 * MIB;
/** How long calls may take to end by themselves when the server closes, in milliseconds. */
const CLOSING_PATIENCE_MS = 2_000;

/**
 * Serves EventStoreDB's protocol from `store`. Listens only once the store is ready, because clients remember the
 * first answer they get.
 * @throws StorageTaken when another process writes to the same data
 */
export async function startEventStoreServer(options: EventStoreServerOptions): Promise<EventStoreServer> {
  const { store, listen, maxAppendSize = MIB, writeTimeoutMs = 10_000, onFailure = () => {}, onFatal = () => {} } = options;
  const closing = new AbortController();
  const log = await openLog({ storage: store, onFailure, onFatal });
  const context: ServiceContext = { log, maxAppendSize, writeTimeoutMs, closing: closing.signal, onFailure };
  const listening: Listening[] = [];
  const close = async (): Promise<void> => {
    closing.abort();
    await log.drain();
    await Promise.all(listening.map(({ stop }) => stop()));
    await log.close();
  };
  try {
    for (const endpoint of [listen].flat()) listening.push(await listenOn(endpoint, context));
  } catch (error) {
    await close();
    throw error;
  }
  const addresses = listening.map(({ address }) => address);
  return { address: addresses[0]!, addresses, close };
}

interface Listening {
  address: string;
  stop(): Promise<void>;
}

async function listenOn(endpoint: Endpoint, context: ServiceContext): Promise<Listening> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  const socket = 'socketPath' in endpoint ? endpoint.socketPath : undefined;
  const auth = 'auth' in endpoint ? endpoint.auth : undefined;
  let advertised: Advertised = { address: 'localhost', port: 0 };
  server.addService(streamsDefinition, streamsService(context, authentication(auth)));
  server.addService(ServerFeaturesService, {
    getSupportedMethods: serverFeatures([streamsDefinition, ServerFeaturesService, GossipService]),
  });
  server.addService(GossipService, { read: gossip(() => advertised) });
  for (const { service, implementation } of unimplementedServices) server.addService(service, implementation);

  // The store is ours alone by now, so a socket that is still there was left by a process that is gone.
  if (socket) rmSync(socket, { force: true });
  const target = 'socketPath' in endpoint ? `unix:${endpoint.socketPath}` : `${endpoint.host}:${endpoint.port}`;
  const port = await bind(server, target, credentialsOf(endpoint));
  if (socket) chmodSync(socket, 0o600);
  if ('host' in endpoint) advertised = { address: endpoint.host, port };
  return { address: 'host' in endpoint ? `${endpoint.host}:${port}` : target, stop: () => stop(server) };
}

function credentialsOf(endpoint: Endpoint): ServerCredentials {
  if (!('tls' in endpoint) || !endpoint.tls) return ServerCredentials.createInsecure();
  const { cert, key } = endpoint.tls;
  return ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }], false);
}

function bind(server: Server, target: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error) reject(new Error(`The event store cannot listen on ${target}: ${error.message}`, { cause: error }));
      else resolve(port);
    });
  });
}

async function stop(server: Server): Promise<void> {
  const impatient = setTimeout(() => server.forceShutdown(), CLOSING_PATIENCE_MS);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(impatient);
}
