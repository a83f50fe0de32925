import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { projectRoot } from '../../../src/paths';
import { collect, event, fails, failure } from './support/stores';

const dataDir = path.join(mkdtempSync(path.join(os.tmpdir(), 'es-alone-')), 'log');
chmodSync(path.dirname(dataDir), 0o755);
const running: ChildProcess[] = [];

afterAll(async () => {
  for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
});

/** Runs the command and answers its first line, or throws with what it complained about. */
async function run(...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const script = path.join(projectRoot, 'src/cli/event-store.ts');
  const withTypeScript = ['-r', path.join(__dirname, 'support/typescript.js'), script, ...args];
  const child = spawn(process.execPath, withTypeScript, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  const line = await Promise.race([
    once(child.stdout, 'data').then(([text]) => String(text).trim()),
    once(child, 'close').then(([code]) => { throw new Error(`code ${code}: ${complaints}`); }),
  ]);
  return { child, line };
}

test('started alone it keeps its events over a restart, and lets in who has the password', async () => {
  const { child, line } = await run('--data-dir', dataDir, '--port', '0', '--max-append-size', '2000');
  const announced = /^Event store ready: esdb:\/\/(127\.0\.0\.1:\d+)\?(\S+) \(user (\w+), password in (.+)\)$/;
  const [, address, query, user, passwordFile] = announced.exec(line)!;
  expect(statSync(passwordFile!).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(dataDir, 'event-store.key')).mode & 0o777).toBe(0o600);
  const password = readFileSync(passwordFile!, 'utf8');
  const client = EventStoreDBClient.connectionString(`esdb://${user}:${password}@${address}?${query}`);
  await client.appendToStream('s', event({ kept: true }), { expectedRevision: NO_STREAM });
  await fails(client.appendToStream('s', event({ long: 'x'.repeat(2_000) })), { maxAppendSize: 2_000 });
  const stranger = EventStoreDBClient.connectionString(`esdb://${user}:guess@${address}?${query}`);
  await fails(collect(stranger.readAll()), { type: 'access-denied' });
  await Promise.all([client.dispose(), stranger.dispose()]);

  expect((await failure(run('--data-dir', dataDir, '--port', '0'))).message).toMatch(/code 1: Another process \(\d+\) is using /);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);

  const own = 'an obviously fake password';
  const again = await run('--data-dir', dataDir, '--port', '0', '--user', 'ops', '--password', own);
  const [, newAddress] = /esdb:\/\/(127\.0\.0\.1:\d+)/.exec(again.line)!;
  const other = EventStoreDBClient.connectionString(`esdb://ops:${encodeURIComponent(own)}@${newAddress}?${query}`);
  const [only] = await collect(other.readStream('s'));
  expect(only!.event!.data).toEqual({ kept: true });
  await other.dispose();
}, 60_000);

test.each([
  [[], /--data-dir and --port are needed/],
  [['--data-dir', 'x', '--port', 'many'], /--port must be a whole number/],
  [['--data-dir', 'x', '--port', '1', '--cert', 'a'], /--cert and --key belong together/],
  [['--colour', 'red'], /Unknown option/],
])('wrong usage is explained: %j', async (args, message) => {
  const { message: printed } = await failure(run(...args));
  expect(printed).toMatch(message);
  expect(printed).toMatch(/code 2: .*Usage: npm run event-store/s);
});
