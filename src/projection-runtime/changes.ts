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

type Lasting = Exclude<RowChange, { kind: 'remove' }>;
type Increments = Readonly<Record<string, number | bigint>>;

/** One change that is exactly both, or undefined where only the database can say what they come to. */
function merge(last: Lasting, next: Lasting): RowChange | undefined {
  // A put behind an update also makes a row that the update did not find: two different things.
  if (next.kind === 'put' && last.kind !== 'put') return undefined;
  const set: Record<string, Column> = { ...last.set };
  const add: Record<string, number | bigint> = { ...addOf(last) };
  for (const [column, increment] of Object.entries(addOf(next))) {
    if (Object.hasOwn(set, column)) {
      if (!isExact(set[column]) || !isExact(increment)) return undefined;
      set[column] = BigInt(set[column]) + BigInt(increment);
    } else {
      // A put may find a row that has a number there already.
      if (last.kind === 'put') return undefined;
      const before = add[column] ?? 0;
      if (!isExact(before) || !isExact(increment)) return undefined;
      add[column] = BigInt(before) + BigInt(increment);
    }
  }
  for (const [column, value] of Object.entries(next.set ?? {})) {
    set[column] = value;
    delete add[column];
  }
  const { table, key } = last;
  const { position } = next;
  if (last.kind === 'put') return { kind: 'put', table, key, set, position };
  if (Object.keys(add).length === 0) return { kind: 'patch', table, key, set, position };
  return { kind: 'add', table, key, add, ...(Object.keys(set).length > 0 && { set }), position };
}

function addOf(change: Lasting): Increments {
  return change.kind === 'add' ? change.add : {};
}

function isExact(value: Column | undefined): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
