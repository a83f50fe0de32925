import { holderOf } from '../../schema/run/holder';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { concurrencySlots, SLOTS } from '../concurrency-slot/decider';
import { keyPool } from '../key-pool/decider';
import { run } from './decider';
import { isUnderWay } from './state';

export interface SettlingServices {
  commands: CommandRuntime;
  clock: () => Date;
}

/**
 * Gives back whatever a run still holds that nobody goes on with: its place in a queue, its provider key, its slot. Any
 * number of times, and also when whoever drove the run has died.
 */
export async function settleRun({ commands, clock }: SettlingServices, runId: string, step: (name: string) => CommandContext): Promise<void> {
  const { state } = await commands.load(run, runId);
  if (state.phase === 'unknown' || !state.generation || isUnderWay(state)) return;
  const { generation: { pool }, term } = state;
  const now = clock().getTime();
  const holder = holderOf(runId);
  const { state: { leases, tickets } } = await commands.load(keyPool, pool);
  const held = [...leases.values()].filter((lease) => lease.holder === holder);
  const waiting = [...tickets.values()].filter((ticket) => ticket.holder === holder);
  await Promise.all([
    ...held.map(({ id, token }) =>
      commands.execute(keyPool, pool, { type: 'ReleaseLease', leaseId: id, token, holder, outcome: 'ok', now }, step(`settle ${id}`))),
    ...waiting.map(({ id }) => commands.execute(keyPool, pool, { type: 'CancelTicket', ticketId: id, holder, now }, step(`settle ${id}`))),
    commands.execute(concurrencySlots, SLOTS, { type: 'ReleaseSlot', runId, term, how: 'ended', now }, step(`settle slot ${term}`)),
  ]);
}
