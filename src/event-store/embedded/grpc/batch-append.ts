import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { sizeOf, type ProposedEvent } from '../log/event';
import { expectedOf, proposedEvent, streamName } from './append-request';
import { batchAnswer, batchInvalid, batchTooLarge, type BatchRequest } from './batch-answers';
import { statusOf, unavailable, type CallError } from './errors';
import { answerBy, type ServiceContext } from './service-context';
import { uuidText } from './uuid';

/** An append of which more messages are to come. */
interface Partial {
  request: BatchRequest;
  events: ProposedEvent[];
  bytes: number;
  deadline: number;
  /** Answers at the deadline if the rest never comes; the writer does so from then on. */
  timer?: NodeJS.Timeout;
}

/**
 * `Streams.BatchAppend`: many appends over one call. The client has no timer of its own and takes exactly one answer
 * for each append, so everything that can be said about an append is said in-band; the call itself never fails.
 */
export function batchAppend(context: ServiceContext, call: ServerDuplexStream<BatchAppendReq, Buffer>): void {
  const partials = new Map<string, Partial>();
  let inFlight = 0;
  let ended = false;
  let over = false;

  const finish = (): void => {
    over = true;
    for (const { timer } of partials.values()) clearTimeout(timer);
    partials.clear();
    context.closing.removeEventListener('abort', endIfDone);
  };
  const endIfDone = (): void => {
    if (over || inFlight > 0) return;
    if (ended && partials.size === 0) {
      finish();
      call.end();
    } else if (context.closing.aborted) {
      finish();
      call.emit('error', statusOf(unavailable('The event store is shutting down.')));
    }
  };
  const answer = (bytes: Buffer): void => {
    if (over) return;
    if (!call.write(bytes)) call.pause();
  };
  /** Answers an append before the writer saw it; what still comes of it finds no partial and is ignored. */
  const giveUp = (id: string, bytes: Buffer): void => {
    clearTimeout(partials.get(id)?.timer);
    partials.delete(id);
    answer(bytes);
    endIfDone();
  };

  /** @returns the append that the message starts or continues; nothing for one that is already answered */
  const partialOf = (id: string, message: BatchAppendReq): Partial | undefined => {
    const options = message.getOptions();
    const started = partials.get(id);
    if (started || !options) return started;
    const request: BatchRequest = {
      correlation: message.getCorrelationId()!.serializeBinary(),
      stream: '',
      expected: expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined),
    };
    try {
      request.stream = streamName(options.getStreamIdentifier());
    } catch (error) {
      answer(batchInvalid(request, (error as CallError).message));
      return undefined;
    }
    const deadline = answerBy(context, options.getDeadline()?.toDate().getTime());
    const partial: Partial = { request, events: [], bytes: 0, deadline };
    partials.set(id, partial);
    return partial;
  };

  const awaitRest = (id: string, partial: Partial): void => {
    const timedOut = (): void => giveUp(id, batchAnswer(partial.request, { kind: 'timeout' }));
    partial.timer ??= setTimeout(timedOut, Math.max(0, partial.deadline - Date.now()));
  };

  const submit = async (id: string, { request, events, deadline, timer }: Partial): Promise<void> => {
    clearTimeout(timer);
    partials.delete(id);
    inFlight += 1;
    const outcome = await context.log.write({ kind: 'append', stream: request.stream, expected: request.expected, events }, deadline);
    inFlight -= 1;
    answer(batchAnswer(request, outcome));
    endIfDone();
  };

  call.on('data', (message: BatchAppendReq) => {
    const id = uuidText(message.getCorrelationId());
    const partial = id && partialOf(id, message);
    if (!partial) return;
    try {
      for (const proposed of message.getProposedMessagesList()) {
        const event = proposedEvent(proposed);
        partial.events.push(event);
        partial.bytes += sizeOf(event);
      }
    } catch (error) {
      return giveUp(id, batchInvalid(partial.request, (error as CallError).message));
    }
    if (partial.bytes > context.maxAppendSize) return giveUp(id, batchTooLarge(partial.request, context.maxAppendSize));
    if (message.getIsFinal()) void submit(id, partial);
    else awaitRest(id, partial);
    holdBack();
  });

  /** Stops reading while the writer's queue is full; TCP then holds the client back. */
  const holdBack = (): void => {
    const room = context.log.room();
    if (!room) return;
    call.pause();
    void room.then(() => call.resume());
  };

  call.on('drain', () => call.resume());
  context.closing.addEventListener('abort', endIfDone, { once: true });
  call.on('end', () => {
    ended = true;
    endIfDone();
  });
  call.on('cancelled', finish);
}
