import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../src/paths';

interface Import {
  file: string;
  /** Path from the project root for a relative import, the package's name otherwise. */
  target: string;
}

const ROOMS = ['schema', 'commands', 'projections', 'queries', 'src'];

function sourcesBelow(folder: string): string[] {
  return readdirSync(path.join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(name);
    return name.endsWith('.ts') ? [name] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(projectRoot, file), 'utf8');
  return [...text.matchAll(/(?:from|import|require\()\s*'([^']+)'/g)].map(([, specifier]) => ({
    file,
    target: specifier!.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier!) : specifier!,
  }));
}

const imports = ROOMS.flatMap(sourcesBelow).flatMap(importsOf);
const from = (room: string): Import[] => imports.filter(({ file }) => file.startsWith(`${room}/`));
const breaking = (list: Import[], forbidden: (target: string, file: string) => boolean): string[] =>
  list.filter(({ target, file }) => forbidden(target, file)).map(({ file, target }) => `${file} imports ${target}`);

test('the imports were found', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test('schema imports no other room but types of the runtime', () => {
  expect(breaking(from('schema'), (target) => /^(commands|projections|queries)\//.test(target))).toEqual([]);
});

test('commands import neither projections nor queries', () => {
  expect(breaking(from('commands'), (target) => /^(projections|queries)\//.test(target))).toEqual([]);
});

test('projections import neither commands nor queries', () => {
  expect(breaking(from('projections'), (target) => /^(commands|queries)\//.test(target))).toEqual([]);
});

test('queries import neither commands nor projections', () => {
  expect(breaking(from('queries'), (target) => /^(commands|projections)\//.test(target))).toEqual([]);
});

test('the runtime knows no capability, except in the registry', () => {
  const exempt = ['src/registry.ts'];
  expect(breaking(from('src').filter(({ file }) => !exempt.includes(file)), (target) => /^(commands|projections|queries)\//.test(target))).toEqual([]);
});

test('only src/event-store talks to the event store client', () => {
  expect(breaking(imports, (target, file) => target.startsWith('@eventstore/db-client') && !file.startsWith('src/event-store/'))).toEqual([]);
});

test('only src/postgres makes connections; the embedded Postgres and the event store process have their own', () => {
  const valueImport = /import\s+\{[^}]*\b(?:Pool|Client)\b[^}]*\}\s+from 'pg'/;
  const makers = [...new Set(imports.filter(({ target }) => target === 'pg').map(({ file }) => file))].filter((file) =>
    [...readFileSync(path.join(projectRoot, file), 'utf8').matchAll(new RegExp(valueImport, 'g'))].some(([line]) => !/type (?:Pool|Client)\b/.test(line)),
  );
  const own = ['src/postgres/', 'src/embedded/postgres.ts', 'src/event-store/embedded/storage/postgres/'];
  expect(makers.filter((file) => !own.some((place) => file.startsWith(place)))).toEqual([]);
});

test('deciders and projectors do no I/O, and read no clock and no chance', () => {
  const pure = ROOMS.flatMap(sourcesBelow).filter((file) => /\/(decider|projector|diagnosis)\.ts$/.test(file));
  const impure = pure.filter((file) => /Date\.now\(|new Date\(\)|Math\.random|randomUUID|randomBytes|\bfetch\(|from 'node:(?!path)/.test(readFileSync(path.join(projectRoot, file), 'utf8')));
  expect(impure).toEqual([]);
});
