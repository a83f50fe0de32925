// The inner loop: compiles on change, restarts the server on each build, serves the dashboard with hot reload.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const env = { KEYLEDGER_ALLOWED_ORIGINS: 'http://localhost:5173', ...process.env };
const start = (program, args) => spawn(program, args, { cwd: root, stdio: 'inherit', env });

const prepared = spawnSync(process.execPath, ['scripts/prepare.mjs'], { cwd: root, stdio: 'inherit' });
if (prepared.status !== 0) process.exit(prepared.status ?? 1);

const children = [
  start(bin('tsc'), ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']),
  start(process.execPath, ['--watch', '--enable-source-maps', 'dist/src/main.js']),
  start(bin('vite'), ['--config', 'client/vite.config.ts']),
];
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
