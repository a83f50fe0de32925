import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { RunRequest } from '../../schema/run/events';
import {
  CancelRunInput, ClearConcurrencySlotsInput, DEFAULT_POLL_SECONDS, DEFAULT_RUN_WAIT_SECONDS, RetryRunInput, StartRunInput, WatchRunInput, type RunInput,
} from '../../schema/run/inputs';
import { operations } from '../../schema/run/operations';
import { CancelRunPayload, ClearConcurrencySlotsPayload, RetryRunPayload, StartRunPayload, WatchRunPayload } from '../../schema/run/payloads';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { refusalOf } from '../../src/graphql/errors';
import { derivedId, isPassing, mutate, step, type Mutation as Act } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import { toUserError, type MutationPayload } from '../../src/graphql/payload';
import { allows, Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { countedAs } from '../account/count-request';
import { concurrencySlots, SLOTS } from '../concurrency-slot/decider';
import { run } from './decider';
import { durationOf, enterQueue, reserveSlot, type QueueingServices } from './enter-queue';
import { parametersPlace } from './sealed-places';
import { checkedParameters, requirePicture, requirePool } from './start-run';
import { isUnderWay, isWatchable, type KnownRun } from './state';

@Resolver()
export class RunMutations {
  @Mutation(() => StartRunPayload, {
    description: 'Starts a generation: it waits for a provider key, is handed to the vendor, and ends with files or a reason.',
  })
  @Policy('runs:write')
  startRun(@Arg('input', () => StartRunInput, { description: 'What to generate.' }) input: StartRunInput, @Ctx() context: Context): Promise<MutationPayload> {
    return beginning(context, { name: 'startRun', input }, (command) => start(context, command, input));
  }

  @Mutation(() => CancelRunPayload, {
    description: 'Stops a run of one\'s own, or of one\'s tenant for those who may manage runs. What the vendor has begun it may finish, and charge for.',
  })
  @Policy('runs:write')
  cancelRun(@Arg('input', () => CancelRunInput, { description: 'Which run.' }) input: CancelRunInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'cancelRun', input }, async (command) => cancel(context, command, await ownRun(context, input)), (changed) => changed);
  }

  @Mutation(() => RetryRunPayload, { description: 'Does a failed, cancelled, rejected or timed-out run once more, as a new attempt.' })
  @Policy('runs:write')
  retryRun(@Arg('input', () => RetryRunInput, { description: 'Which run.' }) input: RetryRunInput, @Ctx() context: Context): Promise<MutationPayload> {
    return beginning(context, { name: 'retryRun', input }, async (command) => retry(context, command, await ownRun(context, input)));
  }

  @Mutation(() => WatchRunPayload, { description: 'Looks again for the outcome of work that the vendor has taken, without submitting it again.' })
  @Policy('runs:write')
  watchRun(@Arg('input', () => WatchRunInput, { description: 'Which run.' }) input: WatchRunInput, @Ctx() context: Context): Promise<MutationPayload> {
    return mutate(context, { name: 'watchRun', input }, async (command) => watch(context, command, await ownRun(context, input)), (changed) => changed);
  }

  @Mutation(() => ClearConcurrencySlotsPayload, { description: 'Gives up all of one\'s own unfinished runs and the slots they take.' })
  @Policy('runs:write')
  clearConcurrencySlots(
    @Arg('input', () => ClearConcurrencySlotsInput, { description: 'Nothing to say but who asks.' }) input: ClearConcurrencySlotsInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(
      context, { name: 'clearConcurrencySlots', input }, (command) => clear(context, command),
      ({ runIds }) => ({ runIds: runIds === '' ? [] : runIds.split(' ') }));
  }
}

/** What a run begins with: `rejection` is the JSON of the refusal that did not let it begin. */
type Begun = { runId: string; rejection: string | null };
/** An attempt that was asked for. */
type Recorded = CommandOutcome<KnownRun> & { accepted: true };

/** A mutation whose payload shows the run even when a rule did not let it begin, beside the error. */
async function beginning(context: Context, act: Act, begin: (command: CommandContext) => Promise<CommandOutcome<Begun>>): Promise<MutationPayload> {
  let rejection: Refusal | undefined;
  const payload = await mutate(context, act, begin, (begun: Begun) => {
    if (begun.rejection !== null) rejection = JSON.parse(begun.rejection) as Refusal;
    return { runId: begun.runId };
  });
  return rejection ? { ...payload, errors: [toUserError(rejection, context.correlationId)] } : payload;
}

const queueing = (context: Context): QueueingServices => ({ commands: context.commands, concurrency: context.setting.concurrency, clock: context.now });

async function start(context: Context, command: CommandContext, input: StartRunInput): Promise<CommandOutcome<Begun>> {
  const { operation, autoPoll, pollIntervalSeconds, maxWaitSeconds } = input;
  const { tenant } = command;
  const scenario = input.scenario ?? null;
  const runId = derivedId(command, 'run');
  const parameters = checkedParameters(operation, input.parameters);
  const pool = await requirePool(context, operation, scenario);
  await requirePicture(context, command, operation, parameters);

  const maxWaitMs = (maxWaitSeconds ?? DEFAULT_RUN_WAIT_SECONDS) * 1_000;
  const { kind, provider } = operations[operation];
  const request: RunRequest = {
    runId, kind, model: modelOf(parameters) ?? 'midjourney', provider, requestedBy: signedIn(context).userId, simulated: scenario !== null,
    generation: {
      operation, pool, scenario, parameters: await context.vault.seal(parametersPlace({ tenant, runId }), JSON.stringify(parameters)),
      autoPoll: autoPoll ?? true, pollIntervalMs: (pollIntervalSeconds ?? DEFAULT_POLL_SECONDS) * 1_000, maxWaitMs, maxQueueMs: maxWaitMs,
      at: context.now().getTime(),
    },
  };
  const { state: before } = await context.commands.load(run, runId);
  return counted(context, before.phase !== 'unknown', async () => {
    const requested = await context.commands.execute(run, runId, { type: 'RequestRun', request }, command, (state) => state as KnownRun);
    return requested.accepted ? queue(context, command, requested) : requested;
  });
}

/** Kling is told which model. */
function modelOf(parameters: unknown): string | undefined {
  return (parameters as { model?: string }).model;
}

async function retry(context: Context, command: CommandContext, state: KnownRun): Promise<CommandOutcome<Begun>> {
  const { runId, attempt, generation } = state;
  if (generation) await requirePool(context, generation.operation, generation.scenario);
  const again = { type: 'RetryRun', attempt: attempt + 1, at: context.now().getTime() } as const;
  return counted(context, await hasRetried(context, command, state), async () => {
    const requested = await context.commands.execute(run, runId, again, command, (state) => state as KnownRun);
    return requested.accepted ? queue(context, command, requested) : requested;
  });
}

/** Whether this very command has begun an attempt: asking for the newest one again writes nothing, so what was written was written before. */
async function hasRetried({ commands, now }: Context, command: CommandContext, { runId, attempt }: KnownRun): Promise<boolean> {
  const newest = { type: 'RetryRun', attempt, at: now().getTime() } as const;
  const outcome = await commands.execute(run, runId, newest, command, (_state, written) => written.length > 0);
  return outcome.accepted && outcome.answer;
}

/**
 * Counts one request of the day, unless it comes to nothing. @param isRepeat of a command that is sent again after a crash,
 * which has been counted already
 */
async function counted(context: Context, isRepeat: boolean, begin: () => Promise<CommandOutcome<Begun>>): Promise<CommandOutcome<Begun>> {
  if (isRepeat) return begin();
  let begun: CommandOutcome<Begun> | undefined;
  const outcome = await countedAs(context, async () => asJudged(begun = await begin()));
  return begun ?? outcome;
}

/** What was rejected is, for whoever counts, not done. */
function asJudged(begun: CommandOutcome<Begun>): CommandOutcome<Begun> {
  if (!begun.accepted || begun.answer.rejection === null) return begun;
  const { position, revision, answer } = begun;
  return { accepted: false, refusal: JSON.parse(answer.rejection!) as Refusal, position, revision };
}

/** Has what is on record wait for a key, or be rejected. */
async function queue(context: Context, command: CommandContext, { answer: state, ...place }: Recorded): Promise<CommandOutcome<Begun>> {
  const { runId } = state;
  try {
    const { refusal, position, revision } = await enterQueue(queueing(context), state, (name) => step(command, name));
    return { accepted: true, answer: { runId, rejection: refusal ? JSON.stringify(refusal) : null }, position, revision };
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal || !isPassing(refusal)) throw error;
    // Its job goes on with it in a moment: whoever was told to try again would have it done, and pay for it, twice.
    return { ...place, answer: { runId, rejection: null } };
  }
}

async function cancel(context: Context, command: CommandContext, state: KnownRun): Promise<CommandOutcome<{ runId: string }>> {
  const { runId } = state;
  const now = context.now().getTime();
  const cancelRun = { type: 'CancelRun', by: signedIn(context).userId, durationMs: durationOf(state, now) } as const;
  const outcome = await context.commands.execute(run, runId, cancelRun, command, () => ({ runId }));
  // Whoever drives the run gives back the rest; the slot is free for the next run at once.
  if (outcome.accepted) await context.commands.execute(concurrencySlots, SLOTS, { type: 'ReleaseSlot', runId, term: state.term, how: 'ended', now }, command);
  return outcome;
}

async function watch(context: Context, command: CommandContext, state: KnownRun): Promise<CommandOutcome<{ runId: string }>> {
  const { commands } = context;
  const { runId } = state;
  const at = context.now().getTime();
  const look = () => commands.execute(run, runId, { type: 'WatchRun', at }, command, () => ({ runId }));
  // What goes on has its slot, which is not touched.
  if (!isWatchable(state)) return look();
  // The slot comes first: there is no state of a run that looks for its outcome and may not.
  const term = state.term + 1;
  const refusal = await reserveSlot(queueing(context), state, term, command);
  if (refusal) throw new RefusedError(refusal);
  const outcome = await look();
  const { state: after } = await commands.load(run, runId);
  // Whoever else has set it going has the same slot.
  if (after.phase !== 'unknown' && !isUnderWay(after)) {
    await commands.execute(concurrencySlots, SLOTS, { type: 'ReleaseSlot', runId, term, how: 'ended', now: context.now().getTime() }, step(command, 'release'));
  }
  return outcome;
}

async function clear(context: Context, command: CommandContext): Promise<CommandOutcome<{ runIds: string }>> {
  const { commands } = context;
  const { userId } = signedIn(context);
  const { state, position, revision } = await commands.load(concurrencySlots, SLOTS);
  const mine = [...state.slots.values()].filter((slot) => slot.userId === userId && slot.tenant === command.tenant);
  const now = context.now().getTime();
  const places = await Promise.all(mine.map(async ({ runId, term }) => {
    const { state: held } = await commands.load(run, runId);
    const durationMs = held.phase === 'unknown' ? 0 : durationOf(held, now);
    const cancelled = await commands.execute(run, runId, { type: 'CancelRun', by: userId, durationMs }, command);
    const released = await commands.execute(concurrencySlots, SLOTS, { type: 'ReleaseSlot', runId, term, how: 'cleared', now }, step(command, runId));
    return [cancelled.position, released.position];
  }));
  const newest = places.flat().reduce((one, other) => (one > other ? one : other), position);
  return { accepted: true, answer: { runIds: mine.map(({ runId }) => runId).join(' ') }, position: newest, revision };
}

const unknownRun: Refusal = { code: 'E4041', rule: 'run_unknown', message: 'There is no such run.', path: ['runId'] };

/** A run of the caller, or one of their tenant for those who may manage runs. @throws RefusedError E4041 `run_unknown` */
async function ownRun(context: Context, input: RunInput): Promise<KnownRun> {
  const runId = fromGlobalId(input.runId, 'Run');
  const { state } = await context.commands.load(run, runId);
  if (state.phase === 'unknown') throw new RefusedError(unknownRun);
  if (state.requestedBy === signedIn(context).userId) return state;
  const isOfTenant = allows(context, 'runs:manage') && (await context.db.query('select 1 from views.runs where id = $1', [runId])).length === 1;
  if (!isOfTenant) throw new RefusedError(unknownRun);
  return state;
}
