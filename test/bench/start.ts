import { spawn, type ChildProcess } from 'node:child_process';
import { lstatSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { freePort, temporaryDataDir } from '../support/server-process';
import { median } from './load';
import { type Bench, type Row } from './report';

const BAR_SECONDS = 5;
const STARTS = 3;
const PATIENCE_MS = 60_000;

/** `npm start` until it is ready, on a data folder that an earlier start has filled. */
export const start: Bench = { name: 'start', run };

async function run(): Promise<Row> {
  assertInstalled();
  const { dataDir, remove } = temporaryDataDir(os.tmpdir());
  try {
    const first = await startAndStop(dataDir);
    const seconds: number[] = [];
    for (let n = 0; n < STARTS; n++) seconds.push(await startAndStop(dataDir));
    return toRow(median(seconds), first);
  } finally {
    remove();
  }
}

/**
 * `npm start` installs what is missing, and npm empties the folder first: no benchmark may set that off, least of all through
 * a link to somebody else's modules.
 * @throws Error when it would
 */
function assertInstalled(): void {
  const modules = path.join(projectRoot, 'node_modules');
  const installed = statSync(path.join(modules, '.package-lock.json'), { throwIfNoEntry: false });
  const wanted = statSync(path.join(projectRoot, 'package-lock.json'));
  if (lstatSync(modules).isSymbolicLink() || !installed || installed.mtimeMs < wanted.mtimeMs) {
    throw new Error('The start can only be measured where everything is installed, in a node_modules of its own');
  }
}

/** Seconds from the command to "ready". */
async function startAndStop(dataDir: string): Promise<number> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(await freePort()), KEYLEDGER_DATA_DIR: dataDir, KEYLEDGER_LOG_LEVEL: 'warn' };
  const since = performance.now();
  // A group of its own, so that Ctrl-C can be given to npm and the server alike.
  const child = spawn('npm', ['start'], { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await ready(child);
    return (performance.now() - since) / 1_000;
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
    await exited;
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('npm start was not ready in time')), PATIENCE_MS);
    let printed = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
      if (!printed.includes('Keyledger is ready')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with code ${code}: ${printed}`));
    });
  });
}

function toRow(seconds: number, first: number): Row {
  return {
    what: '`npm start` to ready, installed',
    against: '—',
    measured: `${seconds.toFixed(1)} s`,
    baseline: '—',
    result: `${seconds.toFixed(1)} s`,
    bar: `<= ${BAR_SECONDS} s`,
    met: seconds <= BAR_SECONDS,
    about: `From \`npm start\` to the line that says it is ready, with everything installed and built: npm itself, the check that the build is fresh, Postgres,`
      + ` the event store, the server. Median of ${STARTS} starts on the data of an earlier one. The very first start, which also makes the database, took ${first.toFixed(1)} s.`,
  };
}
