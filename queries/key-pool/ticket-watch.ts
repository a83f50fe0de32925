import type { Context } from '../../src/graphql/context';
import { readTogether } from '../../src/graphql/together';
import { WAIT_TICKETS, type WaitTicketRow } from './sql';
import { withReasons } from './wait-tickets';

/** Pools are shared: whoever opens it sees the tickets of all. */
const readEstimates = readTogether<string, number | null>(async (context, tickets) => {
  const rows = await context.db.query<WaitTicketRow>(`${WAIT_TICKETS} where t.id = any($2)`, [[...new Set(tickets.values())], [...tickets.keys()]]);
  return new Map((await withReasons(context, rows)).map(({ id, estimatedWaitMs }) => [id, estimatedWaitMs]));
});

/**
 * About how long a ticket will still wait, in milliseconds; null when that is not known. One reading serves everybody of
 * this process who asks at about the same time.
 */
export async function estimatedWait(context: Context, provider: string, ticketId: string): Promise<number | null> {
  return (await readEstimates(context, ticketId, provider)) ?? null;
}
