import type { Refusal } from '../../schema/errors/catalogue';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { ConcurrencyLimits } from '../../src/graphql/context';
import { concurrencySlots, SLOTS } from '../concurrency-slot/decider';
import { run } from './decider';
import { countOf } from './outputs';
import type { KnownRun } from './state';

export interface QueueingServices {
  commands: CommandRuntime;
  concurrency: ConcurrencyLimits;
  clock: () => Date;
}

/** Why the attempt may not begin, undefined when it may, and where in the log that stands. */
export interface Entered {
  refusal: Refusal | undefined;
  position: bigint;
  revision: bigint;
}

/** Milliseconds from when an attempt was asked for until now. */
export function durationOf({ begunAt }: Pick<KnownRun, 'begunAt'>, now: number): number {
  return begunAt === undefined ? 0 : countOf(now - begunAt);
}

/** Takes a slot for the work that goes on with a run now. Harmless when it has one. */
export async function reserveSlot(
  { commands, concurrency, clock }: QueueingServices, { runId, requestedBy }: KnownRun, term: number, command: CommandContext,
): Promise<Refusal | undefined> {
  const outcome = await commands.execute(concurrencySlots, SLOTS, {
    type: 'ReserveSlot', runId, userId: requestedBy, tenant: command.tenant, term, ttlMs: concurrency.ttlMs,
    userLimit: concurrency.user, globalLimit: concurrency.global, now: clock().getTime(),
  }, command);
  return outcome.accepted ? undefined : outcome.refusal;
}

/** Has a requested attempt wait for a provider key, when there is a slot for it; otherwise it is rejected. */
export async function enterQueue(services: QueueingServices, state: KnownRun, step: (name: string) => CommandContext): Promise<Entered> {
  const { commands, clock } = services;
  const { runId, attempt, term } = state;
  const refusal = await reserveSlot(services, state, term, step(`reserve slot ${term}`));
  if (refusal) {
    const { code, rule, message, details = {} } = refusal;
    const rejected = await commands.execute(run, runId, {
      type: 'RejectRun', attempt, code, rule, reason: message, details, durationMs: durationOf(state, clock().getTime()),
    }, step(`reject ${attempt}`), ({ phase }) => phase);
    if (rejected.accepted) return { refusal, position: rejected.position, revision: rejected.revision };
  }
  // Whoever else went on with it may have got a slot, or have stopped it: then there is nothing to refuse any more.
  const queued = await commands.execute(run, runId, { type: 'QueueRun', attempt }, step(`queue ${attempt}`));
  if (!queued.accepted) {
    const release = { type: 'ReleaseSlot', runId, term, how: 'ended', now: clock().getTime() } as const;
    await commands.execute(concurrencySlots, SLOTS, release, step(`release slot ${term}`));
  }
  return { refusal: undefined, position: queued.position, revision: queued.revision };
}
