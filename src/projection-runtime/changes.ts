import type { Change, Column, Row } from './projector';

export type RowChange = Exclude<Change, { kind: 'job' }>;
export type JobChange = Extract<Change, { kind: 'job' }>;

/** The changes of one row in order, as few as say the same. */
type Steps = RowChange[];

/**
 * The same effect with fewer steps: `rounds[n]` holds the n-th step of every row, so each round touches a row at most
 * once and can be written set-wise. Jobs of one key are reduced to the last.
 */
export function collapse(changes: readonly Change[]): { rounds: RowChange[][]; jobs: JobChange[] } {
  const rows = new Map<string, Steps>();
  const jobs = new Map<string, JobChange>();
  for (const change of changes) {
    if (change.kind === 'job') {
      jobs.delete(change.jobKey);
      jobs.set(change.jobKey, change);
      continue;
    }
    const id = `${change.table} ${keyText(change.key)}`;
    const steps = rows.get(id);
    if (!steps) rows.set(id, [change]);
    else follow(steps, change);
  }
  const rounds: RowChange[][] = [];
  for (const steps of rows.values()) steps.forEach((step, round) => (rounds[round] ??= []).push(step));
  return { rounds, jobs: [...jobs.values()] };
}

function keyText(key: Row): string {
  const names = Object.keys(key).sort();
  const texts = names.map((name) => (key[name] instanceof Date ? key[name].toISOString() : String(key[name])));
  return texts.length === 1 ? texts[0]! : JSON.stringify(texts);
}

/** Adds a change behind the steps of its row, merged with the last one where that is exactly the same. */
function follow(steps: Steps, next: RowChange): void {
  if (next.kind === 'remove') {
    steps.splice(0, steps.length, next);
    return;
  }
  const last = steps[steps.length - 1]!;
  if (last.kind === 'remove') {
    if (next.kind === 'put') steps.push(next);
    return;
  }
  const merged = merge(last, next);
  if (merged) steps[steps.length - 1] = merged;
  else steps.push(next);
}

function merge(last: Exclude<RowChange, { kind: 'remove' }>, next: Exclude<RowChange, { kind: 'remove' }>): RowChange | undefined {
  const { position } = next;
  if (last.kind === 'add') {
    if (next.kind !== 'add') return undefined;
    const add = sums(last.add, next.add, true);
    return add && { ...last, add: add as Record<string, number | bigint>, position };
  }
  if (next.kind === 'add') {
    const set = sums(last.set, next.add, false);
    return set && { ...last, set, position };
  }
  // A put behind a patch also makes a row that the patch did not find: two different things.
  if (last.kind === 'patch' && next.kind === 'put') return undefined;
  return { ...last, set: { ...last.set, ...next.set }, position };
}

/** Columns with the increments added, or undefined where that cannot be said exactly without the database. */
function sums(base: Row, increments: Row, baseIsIncrement: boolean): Row | undefined {
  const result: Record<string, Column> = { ...base };
  for (const [column, increment] of Object.entries(increments)) {
    const before = Object.hasOwn(base, column) ? base[column] : baseIsIncrement ? 0 : undefined;
    if (!isExact(before) || !isExact(increment)) return undefined;
    result[column] = BigInt(before) + BigInt(increment);
  }
  return result;
}

function isExact(value: Column | undefined): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
