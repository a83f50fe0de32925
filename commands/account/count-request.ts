import { RefusedError } from '../../schema/errors/catalogue';
import type { UsageNow } from '../../src/auth/port';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';

const DAY_MS = 24 * 60 * 60_000;

/** Counts one request of the caller. @throws RefusedError E4291 rule `daily_limit` when the day's limit is reached */
export async function countRequest(context: Pick<Context, 'principal' | 'auth' | 'now'>): Promise<UsageNow> {
  const { counted, ...usage } = await context.auth.usage.count(signedIn(context).userId);
  if (counted) return usage;
  const limit = usage.dailyLimit ?? 0;
  throw new RefusedError({
    code: 'E4291', rule: 'daily_limit', message: 'You have used up your requests of today.', details: { limit },
    retryAfterMs: DAY_MS - (context.now().getTime() % DAY_MS),
  });
}
