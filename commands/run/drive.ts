import { RefusedError } from '../../schema/errors/catalogue';
import type { FailureCategory } from '../../schema/run/failure-category';
import type { GenerationProvider, Scenario } from '../../schema/run/operations';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import { pause, systemClock } from '../../src/event-store/clock';
import { isPassing } from '../../src/graphql/mutate';
import type { Log } from '../../src/postgres/log';
import type { GenerationVendor, VendorAnswer } from '../../src/upstreams/generation';
import type { Sealed, Vault } from '../../src/vault/port';
import type { KeyLeases } from '../key-pool/key-leases';
import type { RunCallbacks } from './callbacks';
import { run, type RunCommand } from './decider';
import { durationOf, type QueueingServices } from './enter-queue';
import { responseText } from './exchange';
import type { Failure } from './failures';
import type { KeyCare } from './key-care';
import type { KeepingServices } from './outputs';
import { responsePlace } from './sealed-places';
import type { PictureOf } from './source-picture';
import { hasEnded, type Generation, type KnownRun } from './state';

/** How long a command is sent again while the log is away, in milliseconds. */
const PATIENCE_MS = 120_000;
const TRY_AGAIN_MS = 500;

export interface DrivingServices extends QueueingServices, KeepingServices {
  vault: Vault;
  keyLeases: KeyLeases;
  keyCare: KeyCare;
  generation: Readonly<Record<GenerationProvider, GenerationVendor>>;
  /** Name of the gateway's upstream behind a pool. */
  upstreamOf(pool: string, scenario: Scenario | null): string;
  callbacks: RunCallbacks;
  pictureOf: PictureOf;
  log: Log;
  /** Milliseconds for which a submission that nobody saw the end of is looked for. Default 30 s. */
  doubtMs?: number;
}

/** What one execution of the job works with. */
export interface Drive extends Omit<DrivingServices, 'generation'> {
  tenant: string;
  runId: string;
  requestedBy: string;
  attempt: number;
  term: number;
  asked: Generation;
  vendor: GenerationVendor;
  /** Name of the gateway's upstream. */
  upstream: string;
  /** Names this execution. */
  driver: string;
  /** Aborts when the run was ended by somebody else (with a RunOver), or when this process shuts down. */
  over: AbortSignal;
  /** A command of this job; what may happen several times needs several names. */
  step(name: string): CommandContext;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** There is nothing to go on with: the run has ended, or goes on in another piece of work. */
export class RunOver extends Error {}

/** The run as it is. @throws RunOver */
export async function load({ commands, runId, term }: Drive): Promise<KnownRun> {
  const { state } = await commands.load(run, runId);
  if (state.phase === 'unknown' || state.term !== term || hasEnded(state)) throw new RunOver();
  return state;
}

/**
 * Sends a command about the run, and again when the log is away: what the vendor said is known nowhere else.
 * @returns the run after it, or the refusal
 * @throws RunOver
 */
export async function send(drive: Drive, command: RunCommand, name: string): Promise<CommandOutcome<KnownRun>> {
  const { commands, runId, step } = drive;
  const context = step(name);
  const outcome = await patiently(drive, () => commands.execute(run, runId, command, context, (state) => state as KnownRun));
  if (!outcome.accepted && (outcome.refusal.rule === 'run_ended' || outcome.refusal.rule === 'attempt_over')) throw new RunOver();
  return outcome;
}

async function patiently<Result>(drive: Drive, act: () => Promise<Result>): Promise<Result> {
  for (const began = performance.now(); ;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof RefusedError && isPassing(error.refusal)) || performance.now() - began > PATIENCE_MS) throw error;
      await rest(drive, TRY_AGAIN_MS);
    }
  }
}

/** Ends the run without a result. @throws RunOver always */
export async function fail(drive: Drive, state: KnownRun, { code, reason }: Failure, more: { category?: FailureCategory; answer?: VendorAnswer } = {}): Promise<never> {
  const { category, answer } = more;
  await send(drive, {
    type: 'FailRun', attempt: drive.attempt, code, reason, durationMs: durationOf(state, drive.now()), ...(category && { category }),
    ...(answer && { httpStatus: answer.status, serviceCode: answer.serviceCode ?? null, response: await sealedAnswer(drive, answer) }),
  }, `failed ${drive.term}`);
  throw new RunOver();
}

/** What is kept of an answer, sealed. */
export function sealedAnswer(drive: Drive, answer: VendorAnswer): Promise<Sealed> {
  return drive.vault.seal(responsePlace(drive, drive.attempt), responseText(answer, drive.callbacks.urlOf(drive)));
}

/** Until when the outcome is waited for, in milliseconds since the epoch. */
export function deadlineOf({ asked: { maxWaitMs }, now }: Drive, { watchedAt, submission }: KnownRun): number {
  return (watchedAt ?? submission?.at ?? now()) + maxWaitMs;
}

/** A pause that ends early by `wake`. @throws RunOver, or what a shutdown aborts with */
export async function rest({ over }: Drive, milliseconds: number, wake?: AbortSignal): Promise<void> {
  await pause(systemClock, Math.max(0, milliseconds), wake ? AbortSignal.any([over, wake]) : over);
  over.throwIfAborted();
}
