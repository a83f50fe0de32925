/** How many of something each name has; without those that have none. */
export type Counts = Map<string, number>;

/** Counts one more, or one less, of a name. */
export function count(counts: Counts, name: string, change: 1 | -1): void {
  const sum = (counts.get(name) ?? 0) + change;
  if (sum === 0) counts.delete(name);
  else counts.set(name, sum);
}
