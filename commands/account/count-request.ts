import { RefusedError } from '../../schema/errors/catalogue';
import type { UsageNow } from '../../src/auth/port';
import type { CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { refusalOf } from '../../src/graphql/errors';
import { signedIn } from '../../src/graphql/tenant';

type Services = Pick<Context, 'principal' | 'auth' | 'now'>;

const DAY_MS = 24 * 60 * 60_000;

/** Counts one request of the caller. @throws RefusedError E4291 rule `daily_limit` when the day's limit is reached */
export async function countRequest(context: Services): Promise<UsageNow> {
  const { counted, ...usage } = await context.auth.usage.count(signedIn(context).userId);
  if (counted) return usage;
  const limit = usage.dailyLimit ?? 0;
  throw new RefusedError({
    code: 'E4291', rule: 'daily_limit', message: 'You have used up your requests of today.', details: { limit },
    retryAfterMs: DAY_MS - (context.now().getTime() % DAY_MS),
  });
}

/**
 * Counts one request of the caller for an act, and gives it back when nothing came of it. Do before it what may fail
 * without the day's requests.
 * @throws RefusedError E4291 rule `daily_limit`, and what the act throws
 */
export async function countedAs<Answer>(context: Services, act: () => Promise<CommandOutcome<Answer>>): Promise<CommandOutcome<Answer>> {
  const at = context.now();
  await countRequest(context);
  let used = false;
  try {
    const outcome = await act();
    used = outcome.accepted;
    return outcome;
  } catch (error) {
    // What may have been done all the same is not given back, or it could be had for nothing.
    used = refusalOf(error)?.rule === 'outcome_unknown';
    throw error;
  } finally {
    if (!used) await context.auth.usage.giveBack(signedIn(context).userId, at);
  }
}
