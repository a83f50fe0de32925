import type { ServerWritableStream } from '@grpc/grpc-js';
import { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp, type ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { NO_EVENTS, type StoredEvent } from '../log/event';
import { firstVisible, oldestVisible } from '../log/stream-metadata';
import { CallError, statusOf, streamDeleted } from './errors';
import { createOutlet, type Outlet } from './outlet';
import { PAGE_EVENTS, pages } from './pages';
import { readRequest, type ReadRequest } from './read-request';
import { sendEvents, type Sending } from './send-events';
import type { ServiceContext } from './service-context';
import { subscribeToAll, subscribeToStream } from './subscribe';

/** A read that ends by itself. */
type BoundedRead = ReadRequest & { count: number };

/** `Streams.Read`: every read and every subscription, of a stream or of `$all`. */
export function read(context: ServiceContext, call: ServerWritableStream<ReadReq, Uint8Array>): void {
  const outlet = createOutlet(call);
  serve(context, call.request, outlet)
    .then(() => call.end())
    .catch((error: unknown) => {
      if (!(error instanceof CallError)) context.onFailure(error);
      call.emit('error', statusOf(error));
    });
}

async function serve(context: ServiceContext, message: ReadReq, outlet: Outlet): Promise<void> {
  const request = readRequest(message);
  const { stream, count } = request;
  if (count === 'subscription') {
    return stream === undefined ? subscribeToAll(context, request, outlet) : subscribeToStream(context, stream, request, outlet);
  }
  const bounded = { ...request, count };
  return stream === undefined ? readAll(context, bounded, outlet) : readStream(context, stream, bounded, outlet);
}

async function readAll({ log }: ServiceContext, request: BoundedRead, outlet: Outlet): Promise<void> {
  const { from, direction, count, filter } = request;
  const head = log.head();
  const ends = { start: 1, end: head + 1 };
  const at = typeof from === 'number' ? from : ends[from];
  const range = direction === 'forwards' ? { first: Math.max(1, at), last: head } : { first: Math.min(at - 1, head), last: 1 };
  const size = filter ? PAGE_EVENTS : Math.min(count, PAGE_EVENTS);
  const readPage = (low: number, high: number): Promise<StoredEvent[]> => log.readAll(low, high, direction);
  const source = pages({ ...range, direction, size }, readPage, ({ position }) => position);
  await sendUpTo(count, source, (event) => !filter || filter.matches(event), { log, outlet, request });
}

async function readStream({ log }: ServiceContext, stream: string, request: BoundedRead, outlet: Outlet): Promise<void> {
  const { from, direction, count, compatibility } = request;
  const { state, last, metadata } = await log.view(stream);
  if (state === 'deleted') throw streamDeleted(stream);
  if (state === 'missing') {
    await outlet.send(streamNotFound(stream));
    return;
  }
  const lowest = firstVisible(last, metadata);
  const ends = { start: 0, end: direction === 'forwards' ? last + 1 : last };
  const at = typeof from === 'number' ? from : ends[from];
  const range = direction === 'forwards' ? { first: Math.max(at, lowest), last } : { first: Math.min(at, last), last: lowest };
  if (compatibility > 0 && direction === 'forwards' && at < lowest) await outlet.send(positionMessage('first', lowest));
  const size = Math.min(count, PAGE_EVENTS);
  const readPage = (low: number, high: number): Promise<StoredEvent[]> => log.readStream(stream, low, high, direction);
  const source = pages({ ...range, direction, size }, readPage, ({ revision }) => revision);
  const oldest = oldestVisible(metadata, Date.now());
  await sendUpTo(count, source, ({ created }) => created >= oldest, { log, outlet, request });
  if (compatibility > 0 && last !== NO_EVENTS) await outlet.send(positionMessage('last', last));
}

/** Sends what passes until `count` is reached, the source ends, or nobody listens any more. */
async function sendUpTo(
  count: number,
  source: AsyncIterable<StoredEvent[]>,
  passes: (event: StoredEvent) => boolean,
  to: Sending,
): Promise<void> {
  let left = count;
  if (left === 0) return;
  for await (const page of source) {
    const wanted = page.filter(passes).slice(0, left);
    left -= wanted.length;
    await sendEvents(wanted, to);
    if (left === 0 || to.outlet.cancelled) return;
  }
}

function streamNotFound(stream: string): Uint8Array {
  const identifier = new StreamIdentifier().setStreamName(Buffer.from(stream));
  return new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier)).serializeBinary();
}

function positionMessage(which: 'first' | 'last', revision: number): Uint8Array {
  const message = new ReadResp();
  if (which === 'first') message.setFirstStreamPosition(String(revision));
  else message.setLastStreamPosition(String(revision));
  return message.serializeBinary();
}
