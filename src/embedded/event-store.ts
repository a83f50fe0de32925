import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths';
import { socketDirectory } from './socket-directory';
import type { Part } from './supervise';

export interface EmbeddedEventStoreOptions {
  /** Postgres database of the log. */
  databaseUrl: string;
  dataDir: string;
  /** Also listen here by TLS with a password, for other EventStoreDB clients. */
  network?: { port: number; certFile: string; keyFile: string; user: string; password: string };
}

export interface EmbeddedEventStore extends Part {
  socketPath: string;
  /** `host:port` when it listens on the network too. */
  address: string | undefined;
}

const START_MS = 30_000;

/** Starts the event store in a process of its own; it ends by itself when this process is gone. */
export async function startEmbeddedEventStore({ databaseUrl, dataDir, network }: EmbeddedEventStoreOptions): Promise<EmbeddedEventStore> {
  const socketPath = path.join(socketDirectory(dataDir), 'event-store.sock');
  rmSync(socketPath, { force: true });
  const child = fork(path.join(projectRoot, 'dist/src/event-store/embedded/main.js'), [], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C in a terminal reaches the whole group; this process is to be stopped by us, after the server.
    detached: true,
    env: {
      PATH: process.env.PATH,
      EVENT_STORE_POSTGRES_URL: databaseUrl,
      EVENT_STORE_SOCKET: socketPath,
      ...(network && {
        EVENT_STORE_PORT: String(network.port),
        EVENT_STORE_CERT_FILE: network.certFile,
        EVENT_STORE_KEY_FILE: network.keyFile,
        EVENT_STORE_USER: network.user,
        EVENT_STORE_PASSWORD: network.password,
      }),
    },
  });
  let complaints = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2_000);
    process.stderr.write(text);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const addresses = await new Promise<string[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The event store was not ready within ${START_MS / 1_000} s. ${complaints}`)), START_MS);
    child.once('message', (message: { addresses: string[] }) => resolve(message.addresses));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The event store ended while starting (code ${code}). ${complaints}`)));
    child.once('message', () => clearTimeout(timer));
    child.once('exit', () => clearTimeout(timer));
  });
  return {
    pid: child.pid!,
    exited,
    socketPath,
    address: addresses[1],
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
