import type { FailureCategory } from '../../schema/run/failure-category';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { klingServiceCodes } from '../../src/upstreams/classify';
import type { VendorAnswer } from '../../src/upstreams/generation';
import { keyPool } from '../key-pool/decider';

const MINUTE_MS = 60_000;
/** So many failures of a vendor in a row on one key are an outage. */
const OUTAGE_AFTER = 3;
const OUTAGE_REST_MS = 30_000;
/** HTTP statuses that speak of the key and its account alone; -1 of a key that cannot be one of its vendor. */
const KEY_STATUSES: readonly number[] = [-1, 401, 402, 429];
/** Of Kling: the account may not have this model or this interface. */
const NOT_THIS = 1103;
/** However long a vendor asks to be left alone. */
const LONGEST_REST_MS = 60 * MINUTE_MS;

type CoolDownReason = 'credentials' | 'quota' | 'rate' | 'outage';

/** What came of one call with a key; `category` is undefined when the vendor did what it was asked. */
export interface CallResult {
  pool: string;
  keyId: string;
  category: FailureCategory | undefined;
  answer: Pick<VendorAnswer, 'status' | 'serviceCode' | 'retryAfterMs'>;
  command: CommandContext;
}

/** Gives keys a rest that their vendor refuses, so that nobody waits in line for a refusal. */
export interface KeyCare {
  called(result: CallResult): Promise<void>;
}

/**
 * Whether the key need not be the reason. A refusal can be of one request alone, and its words can be those of whoever asked:
 * nobody may send the keys of all to rest by what they ask for.
 */
function doubtful(category: FailureCategory, { status, serviceCode }: CallResult['answer']): boolean {
  if (category === 'server_error' || category === 'network') return true;
  if (category !== 'authentication' && category !== 'quota') return false;
  return !KEY_STATUSES.includes(status) && (serviceCode === undefined || serviceCode === NOT_THIS || !Object.hasOwn(klingServiceCodes, serviceCode));
}

export function createKeyCare({ commands, clock }: { commands: CommandRuntime; clock: () => Date }): KeyCare {
  /** Failures in a row of this process, by key. */
  const failing = new Map<string, number>();

  function restFor({ keyId, category, answer }: CallResult): { ms: number; reason: CoolDownReason } | undefined {
    if (category !== undefined && doubtful(category, answer)) {
      const inARow = (failing.get(keyId) ?? 0) + 1;
      failing.set(keyId, inARow % OUTAGE_AFTER);
      return inARow === OUTAGE_AFTER ? { ms: OUTAGE_REST_MS, reason: 'outage' } : undefined;
    }
    failing.delete(keyId);
    switch (category) {
      case 'authentication': return { ms: 10 * MINUTE_MS, reason: 'credentials' };
      case 'quota': return { ms: 60 * MINUTE_MS, reason: 'quota' };
      case 'rate_limit': return { ms: Math.min(answer.retryAfterMs ?? MINUTE_MS, LONGEST_REST_MS), reason: 'rate' };
      default: return undefined;
    }
  }

  return {
    async called(result) {
      const rest = restFor(result);
      if (!rest) return;
      const now = clock().getTime();
      await commands.execute(
        keyPool, result.pool, { type: 'CoolDownProviderKey', keyId: result.keyId, until: now + rest.ms, reason: rest.reason, now }, result.command);
    },
  };
}
