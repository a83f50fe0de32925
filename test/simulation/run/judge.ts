import type { RecordedEvent } from '../../../src/event-store/port';
import type { World } from './world';

const ENDS = ['RunSucceeded', 'RunFailed', 'RunTimedOut', 'RunCancelled', 'RunRejected'];

/** What was wrong with a run after everybody has done what they could; empty when all is well. */
export async function judge(world: World, runId: string): Promise<string[]> {
  const events = await world.events(runId);
  const faults: string[] = [];
  const ends = events.filter(({ type }) => ENDS.includes(type));
  if (ends.length !== 1) faults.push(`${ends.length} ends: ${events.map(({ type }) => type).join(', ')}`);
  if (ends.length === 1 && events.at(-1) !== ends[0]) faults.push(`${events.at(-1)!.type} after the end`);
  const sent = world.vendor.arrived.filter((name) => name.startsWith(runId)).length;
  if (sent > 1) faults.push(`submitted ${sent} times`);
  if (sent > 0 && !events.some(({ type }) => type === 'RunSubmissionBegun')) faults.push('submitted without the intent on record');
  const { slots, leases, tickets } = await world.taken();
  if (slots + leases + tickets > 0) faults.push(`left behind: ${slots} slots, ${leases} leases, ${tickets} tickets`);
  return faults;
}

export const endOf = (events: readonly RecordedEvent[]): string => events.findLast(({ type }) => ENDS.includes(type))?.type ?? 'none';
