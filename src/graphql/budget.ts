import { RefusedError } from '../../schema/errors/catalogue';
import { createLru } from '../lru';

/** What an operation asks of the server and what its caller has left; goes out as `extensions.cost`. */
export interface Cost {
  requested: number;
  available: number;
  /** Points that come back each second. */
  restoreRate: number;
}

/** Who pays for what: a principal's points, so that one caller cannot take the server from the others. */
export interface Budget {
  /**
   * @throws RefusedError E4291 rule `cost_budget` when the caller has not enough left, with the milliseconds until they
   *   have; E4001 rule `document_cost` when they never will
   */
  spend(payer: string, cost: number): Cost;
}

/** Payers remembered. Whoever is forgotten has a full bucket again. */
const PAYERS = 20_000;

/**
 * Budgets in this process's memory: a bucket of `burst` points for each payer, into which `perSecond` points flow all the
 * time. Counted in thousandths of points and whole milliseconds, so that nothing is lost by rounding.
 * @param now milliseconds of a clock that never goes back
 */
export function createBudget({ burst, perSecond }: { burst: number; perSecond: number }, now: () => number = () => performance.now()): Budget {
  const full = burst * 1_000;
  const clock = (): number => Math.floor(now());
  // A bucket that nobody has taken from for so long is full, which is as good as forgotten.
  const buckets = createLru<string, { level: number; at: number }>(PAYERS, Math.ceil(full / perSecond), clock);
  return {
    spend(payer, cost) {
      if (cost > burst) throw neverEnough(burst, cost);
      const at = clock();
      const bucket = buckets.get(payer);
      const level = bucket ? Math.min(full, bucket.level + (at - bucket.at) * perSecond) : full;
      const left = level - cost * 1_000;
      const account = (points: number): Cost => ({ requested: cost, available: Math.floor(points / 1_000), restoreRate: perSecond });
      if (left < 0) throw notEnough(account(level), Math.ceil(-left / perSecond));
      buckets.set(payer, { level: left, at });
      return account(left);
    },
  };
}

function notEnough({ requested, available, restoreRate }: Cost, retryAfterMs: number): RefusedError {
  return new RefusedError({
    code: 'E4291', rule: 'cost_budget', message: 'You have asked for more than your share. Wait a little and try again.',
    details: { requested, available, restoreRate }, retryAfterMs,
  });
}

function neverEnough(limit: number, requested: number): RefusedError {
  return new RefusedError({
    code: 'E4001', rule: 'document_cost', message: `An operation may cost at most ${limit} points: ask for fewer items or fields.`,
    details: { limit, requested },
  });
}
