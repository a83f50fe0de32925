import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { fastFolder } from './fast-folder';

export interface ServerProcess {
  url: string;
  dataDir: string;
  pid: number;
  /** The one-time link, when the server printed one. */
  setupLink: string | undefined;
  /** Everything printed so far. */
  output(): string;
  /** kill -9 of the server itself; its embedded parts are left to notice. */
  kill(): Promise<void>;
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null>;
}

export interface ServerOptions {
  /** The caller's to keep or to remove: what a server leaves there is some 70 MB. */
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
}

/** A temporary data folder for a server, in memory when nothing is said; `remove()` it at the end. */
export function temporaryDataDir(under = fastFolder()): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(path.join(under, 'keyledger-e2e-'));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Starts the built product as `npm start` does and waits until it says that it is ready. */
export async function startServer({ dataDir, port, env = {} }: ServerOptions): Promise<ServerProcess> {
  const chosen = port ?? (await freePort());
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(projectRoot, 'dist/src/main.js')], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(chosen), KEYLEDGER_DATA_DIR: dataDir, KEYLEDGER_LOG_LEVEL: 'warn', KEYLEDGER_COST_BURST: '1000000', KEYLEDGER_COST_PER_SECOND: '1000000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const collect = (chunk: Buffer): void => {
    printed += chunk.toString('utf8');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await ready(child, () => printed);
  return {
    url: `http://127.0.0.1:${chosen}`,
    dataDir,
    pid: child.pid!,
    setupLink: /https?:\/\/\S+\/setup\?token=\S+/.exec(printed)?.[0],
    output: () => printed,
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
    stop: async () => {
      child.kill('SIGINT');
      return ended(child);
    },
  };
}

async function ready(child: ChildProcess, printed: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server was not ready within 60 s:\n${printed()}`)), 60_000);
    const done = (act: () => void) => (): void => {
      clearTimeout(timer);
      act();
    };
    child.stdout!.on('data', () => {
      if (printed().includes('Keyledger is ready')) done(resolve)();
    });
    child.once('exit', (code) => done(() => reject(new Error(`The server ended while starting (code ${code}):\n${printed()}`)))());
  });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => child.once('exit', resolve));
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
