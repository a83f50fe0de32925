export type Age = 'today' | 'yesterday' | 'earlier';

/** The group of a time among the reader's own days; both in milliseconds since the epoch. */
export function ageOf(at: number, now: number): Age {
  const today = new Date(now);
  const midnight = (daysBack: number): number => new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysBack).getTime();
  if (at >= midnight(0)) {
    return 'today';
  }
  return at >= midnight(1) ? 'yesterday' : 'earlier';
}
