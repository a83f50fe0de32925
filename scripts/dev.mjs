// The inner loop: compiles on change, restarts the server on each build, serves the dashboard with hot reload.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, watch } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = ['schema', 'src', 'projections', 'commands', 'queries'];
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const env = { KEYLEDGER_ALLOWED_ORIGINS: 'http://localhost:5173', VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true', ...process.env };
const start = (program, args) => spawn(program, args, { cwd: root, stdio: 'inherit', env });

const prepared = spawnSync(process.execPath, ['scripts/prepare.mjs'], { cwd: root, stdio: 'inherit' });
if (prepared.status !== 0) process.exit(prepared.status ?? 1);
// What is built from here on is not what `prepare.mjs` has built: the next start looks for itself.
rmSync(path.join(root, 'dist', '.built-from'), { force: true });

let compiling = false;
let changedMeanwhile = false;
// Not the compiler's own watch mode: it hears of no change in some containers, where Node does.
const watchers = SOURCES.map((folder) => watch(path.join(root, folder), { recursive: true }, (_event, file) => {
  if (file?.endsWith('.ts')) compile();
}));
const children = [
  start(process.execPath, ['--watch', '--enable-source-maps', 'dist/src/main.js']),
  start(bin('vite'), ['--config', 'client/vite.config.ts']),
];
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const watcher of watchers) watcher.close();
    for (const child of children) child.kill(signal);
  });
}
await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));

/** One build at a time; what changes meanwhile is built right after it. */
function compile() {
  changedMeanwhile = compiling;
  if (compiling) return;
  compiling = true;
  start(bin('tsc'), ['-p', 'tsconfig.build.json']).once('exit', (code) => {
    compiling = false;
    if (changedMeanwhile) compile();
    else if (code === 0) console.log('Compiled.');
  });
}
