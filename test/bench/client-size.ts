import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../src/paths';
import { type Bench, type Row } from './report';

/** One chunk of Vite's manifest. */
interface Chunk {
  file: string;
  src?: string;
  name?: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const BAR_KB = 250;
const DIST = path.join(projectRoot, 'dist', 'client');
/** What a signed-in person lands on, and the largest catalog of words: both come behind the shell, before anything is shown. */
const LANDING = 'overview-screen';
const CATALOG = 'messages';

/** What a browser loads until the landing screen shows, as gzip. */
export const clientSize: Bench = { name: 'client-size', run: async () => toRow() };

function toRow(): Row {
  const manifest = JSON.parse(readFileSync(path.join(DIST, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const keys = Object.keys(manifest);
  const entry = keys.filter((key) => manifest[key]!.isEntry);
  const landing = keys.filter((key) => manifest[key]!.name === LANDING);
  if (entry.length !== 1 || landing.length !== 1) throw new Error('The built client has no entry or no landing screen: has client-size.ts to learn a new name?');
  const catalogs = keys.filter((key) => manifest[key]!.name === CATALOG).map((key) => manifest[key]!.file);
  const catalog = catalogs.sort((a, b) => gzipOf(b) - gzipOf(a)).slice(0, 1);
  const shell = new Set(['index.html', ...scriptsOf('index.html'), ...filesOf(manifest, entry)]);
  const all = new Set([...shell, ...filesOf(manifest, [...entry, ...landing]), ...catalog]);
  const kB = sizeOf(all);
  return {
    what: 'first load of the client, gzip',
    against: '—',
    measured: `${kB.toFixed(1)} kB`,
    baseline: '—',
    result: `${kB.toFixed(1)} kB`,
    bar: `<= ${BAR_KB} kB`,
    met: kB <= BAR_KB,
    about: `${all.size} files of the built client: the page, its scripts and styles (${sizeOf(shell).toFixed(1)} kB), the landing screen and one catalog of words.`
      + ' Fonts come after the first paint and are not counted. 1 kB is 1,000 bytes; gzip level 9.',
  };
}

/** Scripts that the page names beside the entry. */
function scriptsOf(page: string): string[] {
  return [...readFileSync(path.join(DIST, page), 'utf8').matchAll(/<script src="\/([^"]+)"/g)].map(([, file]) => file!).filter((file) => existsSync(path.join(DIST, file)));
}

/** Scripts and styles of the chunks and of everything they import at once. */
function filesOf(manifest: Readonly<Record<string, Chunk>>, keys: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const files = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const { file, css = [], imports = [] } = manifest[key]!;
    files.add(file);
    css.forEach((each) => files.add(each));
    imports.forEach(visit);
  };
  keys.forEach(visit);
  return files;
}

function sizeOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + gzipOf(file), 0) / 1_000;
}

function gzipOf(file: string): number {
  return gzipSync(readFileSync(path.join(DIST, file)), { level: 9 }).length;
}
