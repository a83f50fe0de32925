import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { clientSize } from './client-size';
import { fanOut } from './fan-out';
import { grants } from './grants';
import { lists } from './lists';
import { mutations } from './mutations';
import { rebuild } from './rebuild';
import { pageOf, tableOf, type Bench, type Row } from './report';
import { start } from './start';
import { waiters } from './waiters';

/** In the order of the design's table; what belongs to a row of it comes behind it. */
const benches: readonly Bench[] = [mutations, grants, waiters, rebuild, lists, fanOut, start, clientSize];

/** Runs all benchmarks, or those named, one after another. Only a run of all of them rewrites the page. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}`);
  const wanted = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
  const since = performance.now();
  const rows: Row[] = [];
  for (const { name, run } of wanted) {
    const begun = performance.now();
    rows.push(await run());
    console.log(`${name}: ${rows.at(-1)!.result} (${Math.round((performance.now() - begun) / 1_000)} s)`);
  }
  console.log(`\n${tableOf(rows)}\n`);
  if (names.length === 0) writeFileSync(path.join(projectRoot, 'docs', 'benchmarks.md'), pageOf(rows, (performance.now() - since) / 1_000));
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
