/** One request of a client, as the client saw it. */
export interface Operation {
  key: string;
  /** `unknown`: no answer came, so it may or may not have happened. */
  outcome: 'acknowledged' | 'refused' | 'unknown';
  /** Id of the object it made, when acknowledged. */
  id?: string;
  position?: bigint;
}

/** One act of the log that a request may have caused. */
export interface Act {
  id: string;
  position: bigint;
}

/**
 * What is wrong with a history: acknowledged requests whose act is missing, acts that came twice, acts that nobody asked
 * for, and positions that contradict the answers. Empty when the system kept its word. Linear in both lists.
 */
export function faultsOf(operations: readonly Operation[], acts: readonly Act[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, Act>();
  let last = -1n;
  for (const act of acts) {
    if (seen.has(act.id)) faults.push(`act ${act.id} is in the log twice`);
    if (act.position <= last) faults.push(`act ${act.id} at ${act.position} does not come after ${last}`);
    seen.set(act.id, act);
    last = act.position;
  }
  const answered = new Map<string, string>();
  for (const { key, outcome, id, position } of operations) {
    if (outcome !== 'acknowledged') continue;
    if (id === undefined || position === undefined) {
      faults.push(`request ${key} was acknowledged without saying what it did`);
      continue;
    }
    const act = seen.get(id);
    if (!act) faults.push(`request ${key} was acknowledged, but ${id} is not in the log`);
    else if (act.position > position) faults.push(`request ${key} was answered position ${position}, but its act stands at ${act.position}`);
    const before = answered.get(key);
    if (before !== undefined && before !== id) faults.push(`request ${key} was answered ${before} and then ${id}`);
    answered.set(key, id);
  }
  const keys = new Set(operations.map(({ key }) => key));
  if (seen.size > keys.size) faults.push(`${seen.size} acts for ${keys.size} requests`);
  return faults;
}
