import { setMaxListeners } from 'node:events';
import type { BurstResult } from '../../schema/load-test/events';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import { followUp, type Cause } from '../follow-up';
import type { KeyLeases } from '../key-pool/key-leases';
import { measureBurst, type BurstLease } from './burst';
import { loadTest, type LoadTestPlan } from './decider';

export const RUN_LOAD_TEST = 'run-load-test';

/** Who the commands of this job are from. */
const ACTOR = 'run_load_tests';
/** How long a request waits for its lease, and how long a lease lives without a heartbeat. */
const BURST_WAIT_MS = 30_000;
const TTL_MS = 60_000;
const LISTENERS_PER_REQUEST = 4;
const INTERRUPTED = 'The load test was interrupted. Start it again.';
/** Those of others wait meanwhile. */
const LONGEST_MS = 900_000;
const TOO_LONG = 'The load test took longer than 15 minutes. Ask for fewer or smaller bursts.';

export interface LoadTestJob extends Cause {
  loadTestId: string;
}

export interface LoadTestServices {
  commands: CommandRuntime;
  keyLeases: KeyLeases;
  /** Milliseconds that one may take. */
  longestMs?: number;
}

/**
 * Carries out a load test. One that was cut off is not taken up again, because its figures would mean nothing: what it
 * held ends by its TTL.
 */
export function runLoadTestTask({ commands, keyLeases, longestMs = LONGEST_MS }: LoadTestServices): Task {
  return async (job: LoadTestJob, { attempt, signal }) => {
    const { state } = await commands.load(loadTest, job.loadTestId);
    if (state.phase !== 'running') return;
    const fail = (reason: string) => commands.execute(loadTest, job.loadTestId, { type: 'FailLoadTest', reason }, followUp(job, ACTOR, 'fail'));
    if (attempt > 1) return void (await fail(INTERRUPTED));
    const tooLong = AbortSignal.timeout(longestMs);
    const end = AbortSignal.any([signal, tooLong]);
    // Every request of a burst listens for the end.
    setMaxListeners(Math.max(...state.bursts) * LISTENERS_PER_REQUEST, end);
    try {
      const results = await allBursts(state, job, keyLeases, end);
      await commands.execute(loadTest, job.loadTestId, { type: 'FinishLoadTest', results }, followUp(job, ACTOR, 'finish'));
    } catch (error) {
      if (signal.aborted || error !== tooLong.reason) throw error;
      await fail(TOO_LONG);
    }
  };
}

async function allBursts(plan: LoadTestPlan, job: LoadTestJob, keyLeases: KeyLeases, signal: AbortSignal): Promise<BurstResult[]> {
  const results: BurstResult[] = [];
  for (const provider of plan.providers) {
    for (const [index, burst] of plan.bursts.entries()) {
      results.push(await measureBurst(burstOf(plan, job, { provider, burst, index }, keyLeases, signal)));
    }
  }
  return results;
}

function burstOf(
  { minHoldMs, maxHoldMs }: LoadTestPlan, job: LoadTestJob, { provider, burst, index }: { provider: string; burst: number; index: number },
  keyLeases: KeyLeases, signal: AbortSignal,
): Parameters<typeof measureBurst>[0] {
  async function lease(n: number): Promise<BurstLease | undefined> {
    const name = `${provider} ${index} ${n}`;
    const held = await keyLeases.acquire({
      provider, requestId: `load-test/${job.loadTestId}/${index}/${n}`, holder: `load-test/${job.loadTestId}`, tenant: job.tenant,
      ttlMs: TTL_MS, maxWaitMs: BURST_WAIT_MS, command: followUp(job, ACTOR, `lease ${name}`), signal,
    });
    if ('refusal' in held) return undefined;
    return { keyName: held.keyName, release: () => held.release('ok', followUp(job, ACTOR, `release ${name}`)) };
  }
  return { provider, burst, minHoldMs, maxHoldMs, lease, clock: () => performance.now(), random: Math.random, signal };
}
