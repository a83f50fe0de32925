import type { Concurrency } from '../../schema/concurrency-slot/types';
import type { Context } from '../../src/graphql/context';
import { callerIdOf } from '../../src/graphql/tenant';

const COUNTS = `
  select count(*) filter (where user_id = $1)::int as mine, count(*)::int as total
  from views.concurrency_slots where expires_at > $2`;

/** How much AI work may go on at once, and how much does; slots that nobody renewed count no more. */
export async function readConcurrency(context: Context): Promise<Concurrency> {
  const { user, global } = context.setting.concurrency;
  const [counts] = await context.db.query<{ mine: number; total: number }>(COUNTS, [callerIdOf(context), context.now()]);
  return { userLimit: user, globalLimit: global, ...counts! };
}
