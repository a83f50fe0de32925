import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { freePort, startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { setUpOwner, signIn } from '../support/set-up';

const main = path.join(projectRoot, 'dist/src/main.js');

/** Runs the product until it ends by itself. */
async function runToEnd(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main], { cwd: projectRoot, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, output };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const childrenOf = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

test('a taken port is named, with the way out, before anything is started', async () => {
  const { dataDir, remove } = temporaryDataDir();
  const squatter = net.createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port } = squatter.address() as net.AddressInfo;
  const { code, output } = await runToEnd({ PORT: String(port), KEYLEDGER_DATA_DIR: dataDir });
  squatter.close();
  expect(code).toBe(1);
  expect(output).toContain(`Port ${port} is taken`);
  expect(output).toContain(`PORT=${port + 1} npm start`);
  expect(output).not.toMatch(/\n\s+at /);
  expect(existsSync(path.join(dataDir, 'postgres'))).toBe(false);
  remove();
});

test('faulty configuration ends the start with every fault', async () => {
  const { code, output } = await runToEnd({ PORT: 'x', LITELLM_URL: 'nowhere', KEYLEDGER_NO_SUCH: '1' });
  expect(code).toBe(1);
  for (const name of ['PORT', 'LITELLM_URL', 'KEYLEDGER_NO_SUCH']) expect(output).toContain(`- ${name}`);
});

test('data outlives kill -9; one folder serves one server; Ctrl-C stops all of it', async () => {
  const { dataDir, remove } = temporaryDataDir();
  const first = await startServer({ dataDir });
  await setUpOwner(first);
  const refused = await runToEnd({ PORT: String(await freePort()), KEYLEDGER_DATA_DIR: dataDir });
  expect(refused.output).toContain(`Another Keyledger (process ${first.pid}) is using ${dataDir}`);

  const orphans = childrenOf(first.pid);
  expect(orphans).toHaveLength(2);
  await first.kill();
  const second = await startServer({ dataDir });
  expect(second.setupLink).toBeUndefined();
  expect((await (await signIn(second)).ask('{ viewer { role } }')).viewer.role).toBe('OWNER');
  expect(orphans.filter(isAlive)).toEqual([]);

  const parts = childrenOf(second.pid);
  expect(await second.stop()).toBe(0);
  expect(parts.filter(isAlive)).toEqual([]);
  for (const secret of ['master.key', 'postgres.password', 'postgres.keyledger.password']) {
    expect({ secret, mode: statSync(path.join(dataDir, secret)).mode & 0o777 }).toEqual({ secret, mode: 0o600 });
  }
  remove();
}, 120_000);

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('root runs it in a home that is closed to everybody else', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'keyledger-home-'));
  const dataDir = path.join(home, 'keyledger', '.data');
  mkdirSync(dataDir, { recursive: true });
  expect(statSync(home).mode & 0o777).toBe(0o700);
  const server = await startServer({ dataDir, env: { HOME: home } });
  await setUpOwner(server);
  expect(await server.stop()).toBe(0);
  rmSync(home, { recursive: true, force: true });
}, 90_000);

describe('two instances side by side, the first with its log on the network', () => {
  const folders = [temporaryDataDir(), temporaryDataDir()];
  const emails = ['one@example.test', 'two@example.test'];
  let servers: ServerProcess[] = [];

  beforeAll(async () => {
    servers = await Promise.all(folders.map(({ dataDir }, n) => startServer({
      dataDir, env: { ADMIN_USER: emails[n]!, ADMIN_PASS: 'a long enough password', ...(n === 0 && { KEYLEDGER_EVENTSTORE_PORT: '0' }) },
    })));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const { remove } of folders) remove();
  }, 60_000);

  test('each has its own first owner from the environment', async () => {
    for (const [n, server] of servers.entries()) {
      expect(server.setupLink).toBeUndefined();
      const api = await signIn(server, { email: emails[n]!, password: 'a long enough password', displayName: '', tenantName: '' });
      expect((await api.ask('{ users { nodes { email } } }')).users.nodes).toEqual([{ email: emails[n] }]);
    }
  });

  test('another EventStoreDB client reads the log by TLS with the generated password, and nobody without it', () => {
    const [server, { dataDir }] = [servers[0]!, folders[0]!];
    const [, address, certificate] = /esdb:\/\/(\S+)\?tls=true&tlsCAFile=(\S+)/.exec(server.output())!;
    const password = readFileSync(path.join(dataDir, 'event-store.password'), 'utf8').trim();
    expect(server.output()).not.toContain(password);

    // A process of its own: this one must not hold two clients.
    const read = (credentials: string): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, ['-e', `
        const { EventStoreDBClient } = require('@eventstore/db-client');
        const client = EventStoreDBClient.connectionString('esdb://${credentials}${address}?tls=true&tlsCAFile=${certificate}');
        (async () => {
          const types = [];
          for await (const { event } of client.readAll()) if (event) types.push(event.type);
          console.log(types.join(' '));
          process.exit(0);
        })().catch((error) => { console.log(error.type); process.exit(3); });
      `], { cwd: projectRoot, encoding: 'utf8' });
    expect(read(`admin:${password}@`).stdout).toContain('TenantCreated LoginNameClaimed UserCreated');
    expect(read('admin:wrong@')).toMatchObject({ status: 3, stdout: 'access-denied\n' });
  }, 60_000);
});
