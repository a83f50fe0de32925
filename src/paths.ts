import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder that holds package.json: the same from `src/` (tests) and from `dist/src/` (production). */
export const projectRoot: string = findRoot(__dirname);

function findRoot(from: string): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const parent = path.dirname(from);
  if (parent === from) throw new Error('package.json was not found above the code');
  return findRoot(parent);
}
