import { randomUUID } from 'node:crypto';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { isMetastream, TOMBSTONE, type StoredEvent } from '../log/event';
import type { StreamView } from '../log/log';
import { firstVisible, oldestVisible } from '../log/stream-metadata';
import { streamDeleted, unavailable } from './errors';
import type { Outlet } from './outlet';
import { PAGE_EVENTS, pages } from './pages';
import type { ReadRequest } from './read-request';
import { sendEvents, type Sending } from './send-events';
import type { ServiceContext } from './service-context';

/**
 * Subscriptions pull: read from the cursor to the head, say so, wait for the next commit, read on. There is no second
 * path for live events, so there can be neither a gap nor a duplicate, and a slow reader holds two pages at most.
 */

/** Whether the reader was told that it is live, and how to tell it. */
interface Liveness {
  /** A backlog longer than a page means it is not live any more. */
  behind(backlog: number): void;
  reached(): Promise<void>;
}

/** `$all` from a position on, strictly after it, until the caller leaves. */
export async function subscribeToAll(context: ServiceContext, request: ReadRequest, outlet: Outlet): Promise<void> {
  const { log } = context;
  const { filter } = request;
  const to: Sending = { log, outlet, request };
  const started = log.head();
  let next = startAfter(request.from, 0, started);
  let considered = 0;

  const checkpoint = async (position: number): Promise<void> => {
    considered = 0;
    await outlet.send(checkpointMessage(position));
  };
  const liveness = createLiveness(outlet, async () => {
    if (filter && considered > 0) await checkpoint(next - 1);
  });
  const sendFiltered = async (page: readonly StoredEvent[], every: number): Promise<void> => {
    for (const event of page) {
      if (filter!.matches(event)) await sendEvents([event], to);
      considered += 1;
      if (considered >= every) await checkpoint(event.position);
      if (outlet.cancelled) return;
    }
  };

  const readPage = (low: number, high: number): Promise<StoredEvent[]> => log.readAll(low, high, 'forwards');
  await followChanges(context, undefined, outlet, async () => {
    for (let head = log.head(); next <= head && !outlet.cancelled; head = log.head()) {
      liveness.behind(head - next);
      for await (const page of pages({ first: next, last: head, direction: 'forwards' }, readPage, positionOf)) {
        await (filter ? sendFiltered(page, filter.checkpointEvery) : sendEvents(page, to));
        next = page.at(-1)!.position + 1;
        if (outlet.cancelled || context.closing.aborted) return;
      }
    }
    await liveness.reached();
  });
}

/** One stream from a revision on, strictly after it. A stream that is not there is waited for. */
export async function subscribeToStream(context: ServiceContext, stream: string, request: ReadRequest, outlet: Outlet): Promise<void> {
  const { log } = context;
  const to: Sending = { log, outlet, request };
  const initial = await log.view(stream);
  if (initial.state === 'deleted') throw streamDeleted(stream);
  let next = startAfter(request.from, -1, initial.last);
  const liveness = createLiveness(outlet, async () => {});

  const sendRange = async (first: number, last: number, oldest: number): Promise<void> => {
    const readPage = (low: number, high: number): Promise<StoredEvent[]> => log.readStream(stream, low, high, 'forwards');
    for await (const page of pages({ first, last, direction: 'forwards' }, readPage, revisionOf)) {
      await sendEvents(page.filter(({ created }) => created >= oldest), to);
      next = page.at(-1)!.revision + 1;
      if (outlet.cancelled || context.closing.aborted) return;
    }
  };
  const sendNew = async ({ state, last, metadata }: StreamView): Promise<void> => {
    if (state === 'missing' || next > last) return;
    liveness.behind(last - next);
    await sendRange(Math.max(next, firstVisible(last, metadata)), last, oldestVisible(metadata, Date.now()));
  };
  const sendEnd = async (): Promise<never> => {
    if (!isMetastream(stream)) {
      await sendRange(next, Number.MAX_SAFE_INTEGER, -Infinity);
      await sendEvents(await log.readStream(stream, TOMBSTONE, TOMBSTONE, 'forwards'), to);
    }
    throw streamDeleted(stream);
  };

  await followChanges(context, stream, outlet, async () => {
    const view = await log.view(stream);
    if (view.state === 'deleted') return sendEnd();
    await sendNew(view);
    await liveness.reached();
  });
}

/** Confirms the subscription and runs `readOn` now and after every commit that may concern it. */
async function followChanges(
  context: ServiceContext,
  stream: string | undefined,
  outlet: Outlet,
  readOn: () => Promise<void>,
): Promise<void> {
  const watch = context.log.watch(stream);
  outlet.onCancelled(() => watch.close());
  try {
    const confirmation = new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
    await outlet.send(new ReadResp().setConfirmation(confirmation).serializeBinary());
    while (!outlet.cancelled) {
      await readOn();
      if (context.closing.aborted) throw unavailable('The event store is shutting down.');
      await watch.next();
    }
  } finally {
    watch.close();
  }
}

/** @param beforeFirst the place before the first event @param newest the place of the newest one */
function startAfter(from: ReadRequest['from'], beforeFirst: number, newest: number): number {
  if (from === 'start') return beforeFirst + 1;
  return (from === 'end' ? newest : from) + 1;
}

function createLiveness(outlet: Outlet, beforeCaughtUp: () => Promise<void>): Liveness {
  let live = false;
  return {
    behind: (backlog) => {
      if (backlog >= PAGE_EVENTS) live = false;
    },
    reached: async () => {
      if (live || outlet.cancelled) return;
      live = true;
      await beforeCaughtUp();
      await outlet.send(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary());
    },
  };
}

function checkpointMessage(position: number): Uint8Array {
  const at = String(position);
  return new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(at).setPreparePosition(at)).serializeBinary();
}

const positionOf = ({ position }: StoredEvent): number => position;
const revisionOf = ({ revision }: StoredEvent): number => revision;
