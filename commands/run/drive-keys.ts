import type { Refusal } from '../../schema/errors/catalogue';
import type { FailureCategory } from '../../schema/run/failure-category';
import { holderOf } from '../../schema/run/holder';
import { OutboundError } from '../../src/outbound/outbound-error';
import type { JobReport, VendorAnswer, VendorTarget } from '../../src/upstreams/generation';
import { keyPool } from '../key-pool/decider';
import type { HeldLease } from '../key-pool/key-leases';
import { standingOf } from '../key-pool/standing';
import { isStillAllowed } from '../still-allowed';
import { RunOver, rest, type Drive } from './drive';

/** Longer than a process that died is missed, so that whoever takes over finds the same key. */
const LEASE_TTL_MS = 90_000;
/** Questions for the outcome that the rate of a key is asked for at once. */
const POLLS_A_BLOCK = 5;
/** Shortest wait for a key. */
const SHORTEST_WAIT_MS = 1_000;

/** The provider key was taken away. */
export class LeaseLost extends Error {}

export interface Wanted {
  /** Milliseconds since the epoch. */
  until: number;
  /** The one key that will do. */
  keyId?: string | undefined;
}

/** The provider key that one execution of the job works with. */
export interface Keys {
  /** The key held now, or another lease. */
  hold(wanted: Wanted): Promise<HeldLease | { refusal: Refusal }>;
  /** Takes a permit for a question to the vendor. @returns milliseconds to wait, 0 when it may be asked now */
  permit(lease: HeldLease): Promise<number>;
  /** Forgets a lease that was lost. */
  lost(): void;
  /** Never throws: what cannot be given back now is so when the run is settled, and what the vendor said must be recorded first. */
  giveBack(outcome: 'ok' | 'error'): Promise<void>;
}

export function keysOf({ commands, keyLeases, runId, attempt, tenant, asked: { pool }, over, step, now, log }: Drive): Keys {
  const holder = holderOf(runId);
  let held: HeldLease | undefined;
  let permits = 0;
  /** Number of the request for a key, within the attempt. */
  let number = 0;

  /** The first request that is not over: whatever ran before may have left one that still stands. */
  async function openRequest(): Promise<string> {
    const { state } = await commands.load(keyPool, pool);
    for (;; number++) {
      const requestId = `${holder}/${attempt}/${number}`;
      if (['unknown', 'waiting', 'granted'].includes(standingOf(state, requestId).standing)) return requestId;
    }
  }

  return {
    async hold({ until, keyId }) {
      if (held) return held;
      for (;;) {
        const requestId = await openRequest();
        const acquired = await keyLeases.acquire({
          provider: pool, requestId, holder, tenant, ttlMs: LEASE_TTL_MS, maxWaitMs: Math.max(SHORTEST_WAIT_MS, until - now()),
          ...(keyId !== undefined && { keyId }), command: step(`lease ${attempt} ${number}`), signal: over,
        });
        if (!('refusal' in acquired)) {
          permits = 0;
          held = acquired;
          return held;
        }
        if (acquired.refusal.rule !== 'request_over') return acquired;
        number++;
      }
    },
    async permit(lease) {
      if (permits > 0) {
        permits--;
        return 0;
      }
      if ((await lease.takePermits(POLLS_A_BLOCK)) === 0) {
        permits = POLLS_A_BLOCK - 1;
        return 0;
      }
      // A rate can be smaller than a block, or leave room for less than one.
      return lease.takePermits(1);
    },
    lost() {
      held = undefined;
      number++;
    },
    async giveBack(outcome) {
      const lease = held;
      held = undefined;
      if (!lease || lease.lost.aborted) return;
      await lease.release(outcome, step(`give back ${lease.leaseId}`)).catch((error: Error) => {
        log.warn({ runId, leaseId: lease.leaseId, error: error.message }, 'A provider key could not be given back at once');
      });
    },
  };
}

/**
 * Calls the vendor with a key.
 * @param cut ends the call; unless it is given, whatever ends the work
 * @throws LeaseLost, RunOver, or what a shutdown aborts with: the call is then given up
 */
export async function calling<Answer>(
  { over, upstream }: Drive, { lost, secret }: HeldLease, call: (target: VendorTarget) => Promise<Answer>, cut: AbortSignal = over,
): Promise<Answer> {
  over.throwIfAborted();
  if (lost.aborted) throw new LeaseLost();
  try {
    return await call({ upstream, secret, signal: AbortSignal.any([cut, lost]) });
  } catch (error) {
    if (!(error instanceof OutboundError) || error.failure !== 'aborted') throw error;
    cut.throwIfAborted();
    throw new LeaseLost();
  }
}

/** Has the key rest when its vendor refuses it. Those of simulated vendors need none. Never throws: the answer is what counts. */
export async function tell(
  { asked: { pool, scenario }, keyCare, step, now, log }: Drive, { keyId }: HeldLease, category: FailureCategory | undefined, answer: VendorAnswer,
): Promise<void> {
  if (scenario !== null) return;
  await keyCare.called({ pool, keyId, category, answer, command: step(`rest of ${keyId} from ${now()}`) }).catch((error: Error) => {
    log.warn({ pool, keyId, error: error.message }, 'A provider key could not be given its rest');
  });
}

/**
 * One question to the vendor, with a permit for it.
 * @returns undefined when there is no key or no permit for it in time, or its key was taken away because whoever asked is gone
 */
export async function asking(drive: Drive, keys: Keys, wanted: Wanted, ask: (target: VendorTarget) => Promise<JobReport>): Promise<JobReport | undefined> {
  for (;;) {
    const lease = await keys.hold(wanted);
    if ('refusal' in lease) return undefined;
    try {
      const waitMs = await keys.permit(lease);
      if (waitMs === 0) {
        const report = await calling(drive, lease, ask);
        await tell(drive, lease, report.state === 'unknown' ? report.category : undefined, report.answer);
        return report;
      }
      const left = wanted.until - drive.now();
      if (left <= 0) return undefined;
      await rest(drive, Math.min(waitMs, left), lease.lost);
    } catch (error) {
      if (error instanceof RunOver || !lease.lost.aborted) throw error;
      drive.over.throwIfAborted();
      keys.lost();
      // From a suspended tenant every key is taken away again.
      if (!(await isStillAllowed(drive.commands, { tenantId: drive.tenant, userId: drive.requestedBy }, {}))) return undefined;
    }
  }
}
