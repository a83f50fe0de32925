import type { RunRow } from './list';

export interface Activity {
  runs: number;
  users: number;
  /** How many runs each pool, or provider where there is none, is at; the busiest first. */
  pools: readonly { name: string; runs: number }[];
}

/** What goes on, in figures. */
export function activityOf(running: readonly Pick<RunRow, 'pool' | 'provider' | 'requestedBy'>[]): Activity {
  const counts = new Map<string, number>();
  running.map(({ pool, provider }) => pool ?? provider).forEach((name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  return {
    runs: running.length,
    users: new Set(running.flatMap(({ requestedBy }) => (requestedBy ? [requestedBy.id] : []))).size,
    pools: [...counts].map(([name, runs]) => ({ name, runs })).sort((a, b) => b.runs - a.runs || a.name.localeCompare(b.name)),
  };
}
