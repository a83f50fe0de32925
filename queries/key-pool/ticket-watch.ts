import type { Context } from '../../src/graphql/context';
import { WAIT_TICKETS, type WaitTicketRow } from './sql';
import { withReasons } from './wait-tickets';

interface Batch {
  tickets: Map<string, string>;
  estimates: Promise<ReadonlyMap<string, number | null>>;
}

/** Those who follow tickets of a pool are told at the same time, and so ask at the same time. */
const TOGETHER_MS = 20;

const batches = new WeakMap<Context['live'], Batch>();

/**
 * About how long a ticket will still wait, in milliseconds; null when that is not known. One reading serves everybody of
 * this process who asks at about the same time.
 */
export async function estimatedWait(context: Context, provider: string, ticketId: string): Promise<number | null> {
  const { live } = context;
  const batch = batches.get(live) ?? open(context);
  batch.tickets.set(ticketId, provider);
  return (await batch.estimates).get(ticketId) ?? null;
}

/** Pools are shared: whoever opens it sees the tickets of all. */
function open({ live, db, now }: Context): Batch {
  const tickets = new Map<string, string>();
  const estimates = (async () => {
    await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
    batches.delete(live);
    const rows = await db.query<WaitTicketRow>(`${WAIT_TICKETS} where t.id = any($2)`, [[...new Set(tickets.values())], [...tickets.keys()]]);
    const found = await withReasons({ db, now }, rows);
    return new Map(found.map(({ id, estimatedWaitMs }) => [id, estimatedWaitMs]));
  })();
  const batch = { tickets, estimates };
  batches.set(live, batch);
  return batch;
}
