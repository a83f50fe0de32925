import type { StoredEvent } from '../log/event';
import type { Log } from '../log/log';
import { encodeReadEvent } from './encode-event';
import { resolveLinks } from './links';
import type { Outlet } from './outlet';
import type { ReadRequest } from './read-request';

/** Where events go and in which form. */
export interface Sending {
  log: Log;
  outlet: Outlet;
  request: Pick<ReadRequest, 'resolveLinks' | 'structuredIds'>;
}

/** Sends events in order at the reader's pace, with links resolved when asked for. */
export async function sendEvents(events: readonly StoredEvent[], { log, outlet, request }: Sending): Promise<void> {
  if (!request.resolveLinks) {
    for (const event of events) {
      const slow = outlet.send(encodeReadEvent({ event }, request.structuredIds));
      if (slow) await slow;
      if (outlet.cancelled) return;
    }
    return;
  }
  for await (const resolved of resolveLinks(log, events)) {
    for (const event of resolved) await outlet.send(encodeReadEvent(event, request.structuredIds));
    if (outlet.cancelled) return;
  }
}
