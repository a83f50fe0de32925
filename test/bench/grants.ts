import { spawn } from 'node:child_process';
import path from 'node:path';
import { type Bench, type Row } from './report';

const BAR = 5;

/** The contended pool's own benchmark (`key-pool.ts`), run as it runs alone; its table is quoted. */
export const grants: Bench = { name: 'grants', run };

async function run(): Promise<Row> {
  const { output, passed } = await runAlone(path.join(__dirname, 'key-pool.js'));
  const table = output.split('\n').filter((line) => line.startsWith('|'));
  const [ours, ...others] = table.slice(2).map(cellsOf);
  const tables = others.find(([, , , , , bar]) => bar !== '');
  if (!ours || !tables) throw new Error(`The benchmark of the key pool printed no table:\n${output}`);
  const figures = ([, rate, , p99]: string[]): string => `${rate} grants/s, p99 ${p99} ms`;
  return {
    what: 'grants/s on one contended pool',
    against: 'a Postgres `FOR UPDATE SKIP LOCKED` pool with the same rules',
    measured: figures(ours),
    baseline: figures(tables),
    result: `${tables[4]}x`,
    bar: `>= ${BAR}x`,
    met: passed,
    about: 'The command runtime over the official client and the embedded store, and the same rules in plpgsql on tables of the same Postgres with `fsync` on.'
      + ' Each worker asks for a lease, waits until it holds it, gives it back and asks again; latency is from asking to holding. The ratio of a line is our grants'
      + ` over its own.\n\n${table.join('\n')}`,
  };
}

function cellsOf(line: string): string[] {
  return line.split('|').slice(1, -1).map((cell) => cell.trim());
}

/** Runs a benchmark that prints a table and exits with 1 when a bar is missed. */
function runAlone(file: string): Promise<{ output: string; passed: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || code === 1) resolve({ output, passed: code === 0 });
      else reject(new Error(`${file} ended with code ${code}`));
    });
  });
}
