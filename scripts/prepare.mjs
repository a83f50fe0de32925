// Runs before `npm start` and `npm test`: installs what is missing and builds what is stale. Needs nothing but Node.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = ['schema', 'src', 'projections', 'commands', 'queries', 'client'];
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

checkNode();
if (installIsStale()) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...cacheArguments()]);
const digest = digestOfSources();
const stamp = path.join(root, 'dist', '.built-from');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
  run('npm', ['run', '--silent', 'build']);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digestOfSources());
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Keyledger needs Node 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}

/** npm writes a copy of the lockfile into node_modules; when it is older than ours, the install is. */
function installIsStale() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** npm's cache lives in the home folder, which may be read-only in a container. */
function cacheArguments() {
  try {
    accessSync(os.homedir(), constants.W_OK);
    return [];
  } catch {
    return ['--cache', path.join(root, 'node_modules', '.npm-cache')];
  }
}

function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of [...SETTINGS.map((name) => path.join(root, name)), ...SOURCES.flatMap((name) => filesBelow(path.join(root, name)))]) {
    hash.update(path.relative(root, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Generated client code is output, not source. */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'gql' || entry.name === 'node_modules' ? [] : filesBelow(full);
      return entry.isFile() && !entry.name.endsWith('.generated.ts') ? [full] : [];
    });
}

function run(program, args) {
  // Vite's notice about how it may read its configuration one day is nothing for whoever starts the product.
  const env = { VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true', ...process.env };
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', env });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
