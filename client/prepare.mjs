/**
 * Produces what type check, tests and build need and git does not hold: typed documents, the trusted-document
 * manifest and the compiled message catalogs. Works without network.
 *
 * usage: node client/prepare.mjs [schema file]
 */
import { execFileSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDocuments } from './codegen.mjs';

const lingui = join(dirname(fileURLToPath(import.meta.resolve('@lingui/cli'))), 'lingui.js');

await generateDocuments(process.argv[2] && resolve(process.argv[2]));
execFileSync(process.execPath, [lingui, 'compile', '--strict', '--config', join(import.meta.dirname, 'lingui.config.ts')], {
  cwd: import.meta.dirname,
  stdio: ['ignore', 'ignore', 'inherit'],
});
