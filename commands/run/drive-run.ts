import { randomUUID } from 'node:crypto';
import { operations } from '../../schema/run/operations';
import type { JobHelpers, Task } from '../../src/jobs/port';
import { concurrencySlots, SLOTS } from '../concurrency-slot/decider';
import { followUp, type Cause } from '../follow-up';
import { clearUp } from './clear-up';
import { run } from './decider';
import { fail, load, RunOver, send, type Drive, type DrivingServices } from './drive';
import { keysOf } from './drive-keys';
import { durationOf, enterQueue, reserveSlot } from './enter-queue';
import { GIVEN_UP, NOT_ASKED } from './failures';
import { handIn } from './hand-in';
import { followOutcome } from './outcome';
import { settleRun } from './settle';
import { hasEnded, isLeftAlone, isUnderWay, type KnownRun } from './state';

export type { DrivingServices } from './drive';

export const DRIVE_RUN = 'drive-run';

/** How often the job of one piece of work is begun anew after errors and restarts; later it only records that the run ended. */
const DRIVE_TRIES = 15;
/** How often when its waits should be over since long: what goes wrong each time would otherwise be tried for days. */
const OVERDUE_TRIES = 6;

/** Who the commands of this job are from. */
const ACTOR = 'drive_runs';
/** How soon it is noticed that somebody else has ended the run. */
const LOOK_MS = 500;

export interface RunJob extends Cause {
  runId: string;
}

/**
 * Brings a generation to its end. One straight line that reads from the log how far the run has come and goes on from
 * there: it may be cut off at any point and run again. The vendor gets the work at most once in an attempt, because only
 * the execution that recorded the intent submits; any other one finds out what became of it, or gives up.
 */
export function driveRunTask(services: DrivingServices): Task {
  return async (job: RunJob, helpers) => {
    const { state } = await services.commands.load(run, job.runId);
    if (state.phase === 'unknown' || !state.generation) throw new Error(`Run ${job.runId} is no generation in the log`);
    if (isUnderWay(state)) await goOn(services, job, helpers, state);
    await settleRun(services, job.runId, (name) => followUp(job, ACTOR, name));
  };
}

async function goOn(services: DrivingServices, job: RunJob, { attempt: tries, signal }: JobHelpers, state: KnownRun): Promise<void> {
  const { generation, ...shared } = services;
  const asked = state.generation!;
  const ending = new AbortController();
  const drive: Drive = {
    ...shared,
    tenant: job.tenant, runId: job.runId, requestedBy: state.requestedBy, attempt: state.attempt, term: state.term, asked,
    vendor: generation[operations[asked.operation].provider],
    upstream: services.upstreamOf(asked.pool, asked.scenario),
    driver: randomUUID(),
    over: AbortSignal.any([signal, ending.signal]),
    step: (name) => followUp(job, ACTOR, name),
    now: () => services.clock().getTime(),
  };
  const looking = setInterval(() => void lookForEnd(drive, ending), LOOK_MS);
  let renewal = Promise.resolve();
  const renewing = setInterval(() => {
    renewal = renewal.then(() => renewSlot(drive, state));
  }, services.concurrency.ttlMs / 2);
  try {
    if (tries > DRIVE_TRIES || (tries > OVERDUE_TRIES && isOverdue(drive, state))) await giveUp(drive, state);
    await driveOn(drive, state);
  } catch (error) {
    if (!(error instanceof RunOver)) throw error;
  } finally {
    clearInterval(looking);
    clearInterval(renewing);
    // It must not take a slot after that was given back.
    await renewal;
  }
}

const isOverdue = ({ asked, now }: Drive, { begunAt = 0, watchedAt = begunAt }: KnownRun): boolean => now() > watchedAt + asked.maxQueueMs + asked.maxWaitMs;

/** What the vendor has taken can still be looked for by hand. @throws RunOver always */
async function giveUp(drive: Drive, state: KnownRun): Promise<never> {
  const { attempt, term, now } = drive;
  if (state.jobId === undefined) return fail(drive, state, GIVEN_UP, { category: 'interrupted' });
  await send(drive, { type: 'TimeOutRun', attempt, reason: NOT_ASKED, durationMs: durationOf(state, now()) }, `given up ${term}`);
  throw new RunOver();
}

async function driveOn(drive: Drive, state: KnownRun): Promise<void> {
  let at = state;
  if (at.phase === 'requested') {
    const { refusal } = await enterQueue(drive, at, drive.step);
    if (refusal) return;
    at = await load(drive);
  } else {
    // Begun work goes on even when its slot ran out meanwhile and somebody else has taken it.
    await reserveSlot(drive, at, at.term, drive.step(`keep slot ${at.term} ${drive.driver}`));
  }
  const keys = keysOf(drive);
  try {
    const isNew = !at.submission;
    if (isNew) at = await handIn(drive, keys, at);
    if (at.phase === 'submitting') at = await clearUp(drive, keys, at);
    if (!isLeftAlone(at)) await followOutcome(drive, keys, at, isNew);
    await keys.giveBack('ok');
  } catch (error) {
    // Whoever takes over goes on with the same key. Only what is over gives it back.
    if (error instanceof RunOver) await keys.giveBack('ok');
    throw error;
  }
}

async function lookForEnd({ commands, runId, term }: Drive, ending: AbortController): Promise<void> {
  try {
    const { state } = await commands.recent(run, runId);
    if (state.phase === 'unknown' || state.term < term) return;
    if (hasEnded(state) || state.term > term) ending.abort(new RunOver());
  } catch {
    // The log is away; it is looked at again in a moment.
  }
}

/** A slot that ran out all the same, because this process stood still, is taken again if there is room. */
async function renewSlot(drive: Drive, state: KnownRun): Promise<void> {
  const { commands, runId, term, concurrency, now, step, log } = drive;
  const name = randomUUID();
  try {
    const renew = { type: 'RenewSlot', runId, term, ttlMs: concurrency.ttlMs, now: now() } as const;
    const renewed = await commands.execute(concurrencySlots, SLOTS, renew, step(`renew slot ${name}`));
    if (renewed.accepted) return;
    await load(drive);
    await reserveSlot(drive, state, term, step(`take slot again ${name}`));
  } catch (error) {
    if (error instanceof RunOver) return;
    log.warn({ runId, error: (error as Error).message }, 'The slot of a run could not be renewed');
  }
}
