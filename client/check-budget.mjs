/**
 * Weighs the built client (gzip level 9, kB of 1000 bytes) from the build's manifest and fails when it is too heavy:
 * the shell, the first load of each landing screen, and what any other screen adds.
 *
 * usage: node client/check-budget.mjs [dist folder]
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'dist', 'client'));
const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));

const budget = { shell: 185, firstLoad: 250, route: 80, catalog: 28 };
const entry = 'index.html';
const catalogs = ['en', 'ko', 'ru'].map((language) => `src/i18n/${language}/messages.ts`);
const landings = ['src/portal/portal-screen.tsx', 'src/overview/overview-screen.tsx', 'src/chat-session/chat-screen.tsx'];
const routes = Object.keys(manifest).filter((key) => key.endsWith('-screen.tsx'));

const weigh = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/** Files that a chunk brings: itself, its style sheets, and those of everything it imports statically. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) {
    throw new Error(`The build has no ${key}`);
  }
  seen.add(chunk.file);
  chunk.css?.forEach((file) => seen.add(file));
  chunk.imports?.filter((imported) => !seen.has(manifest[imported].file)).forEach((imported) => filesOf(imported, seen));
  return seen;
}

const kB = (files) => [...files].reduce((sum, file) => sum + weigh(file), 0) / 1_000;
const beyond = (files, base) => new Set([...files].filter((file) => !base.has(file)));

const shell = new Set([...filesOf(entry), 'index.html', 'before-paint.js']);
// Words grow with every screen and have a bar of their own; the first load counts them all the same.
const lines = [['shell', kB(shell), budget.shell]];
for (const key of landings) {
  lines.push([`first load, ${key.split('/')[1]}`, kB(new Set([...shell, ...filesOf(catalogs[0]), ...filesOf(key)])), budget.firstLoad]);
}
for (const key of routes) {
  lines.push([`route ${key.split('/').at(-1)}`, kB(beyond(filesOf(key), shell)), budget.route]);
}
for (const key of catalogs) {
  lines.push([`catalog ${key.split('/')[2]}`, kB(beyond(filesOf(key), shell)), budget.catalog]);
}

for (const [name, weight, limit] of lines) {
  process.stdout.write(`${name.padEnd(34)} ${weight.toFixed(1).padStart(7)} kB of ${limit}${weight > limit ? '  TOO HEAVY' : ''}\n`);
}
process.exitCode = lines.some(([, weight, limit]) => weight > limit) ? 1 : 0;
