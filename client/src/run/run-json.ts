import { download } from '../lib/csv';
import { keyOf } from '../lib/global-id';
import type { RunDetailFieldsFragment } from './gql/documents';
import type { RunRow } from './list';

/** A value without what only the cache needs to know. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return value === null || typeof value !== 'object' ? value
    : Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__typename').map(([key, held]) => [key, plain(held)]));
}

/** Indented JSON of a run or several, as the API tells them. */
export const runJson = (value: unknown): string => `${JSON.stringify(plain(value), null, 2)}\n`;

const type = 'application/json';

/** Everything about one run, with timeline and exchange, in a file that is named after it. */
export const downloadRun = (run: RunDetailFieldsFragment): void => download(`${keyOf(run.id)}.json`, runJson(run), type);

/** Several runs in one file. */
export const downloadRuns = (runs: readonly RunRow[]): void => download('runs.json', runJson(runs), type);
