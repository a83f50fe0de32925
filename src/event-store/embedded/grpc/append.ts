import type { ServerReadableStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { AppendReq, AppendResp, DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb';
import { NO_EVENTS, sizeOf, type Expected, type ProposedEvent } from '../log/event';
import type { Write, WriteOutcome } from '../log/plan-write';
import { expectedOf, proposedEvent, streamName } from './append-request';
import { appendTooLarge, invalidArgument, statusOf, streamDeleted, unavailable, writeTimeout, wrongExpectedVersion } from './errors';
import { answerBy, type ServiceContext } from './service-context';

interface Target {
  stream: string;
  expected: Expected;
}

type Written = Extract<WriteOutcome, { kind: 'written' | 'wrong-version' }>;

/** `Streams.Append`: options first, then one message an event. Wrong expected version is an ordinary answer here. */
export function append(context: ServiceContext, call: ServerReadableStream<AppendReq, AppendResp>, reply: sendUnaryData<AppendResp>): void {
  const deadline = deadlineOf(call.getDeadline());
  const events: ProposedEvent[] = [];
  let target: Target | undefined;
  let bytes = 0;
  let answered = false;

  const answer = (error: unknown, response?: AppendResp): void => {
    if (answered) return;
    answered = true;
    if (error) reply(statusOf(error));
    else reply(null, response);
  };
  const take = (message: AppendReq): void => {
    const options = message.getOptions();
    if (options) {
      const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
      target = { stream: streamName(options.getStreamIdentifier()), expected };
      return;
    }
    const event = proposedEvent(message.getProposedMessage() ?? new AppendReq.ProposedMessage());
    bytes += sizeOf(event);
    if (bytes > context.maxAppendSize) throw appendTooLarge(context.maxAppendSize);
    events.push(event);
  };

  call.on('data', (message: AppendReq) => {
    if (answered) return;
    try {
      take(message);
    } catch (error) {
      answer(error);
    }
  });
  call.on('end', () => {
    if (answered) return;
    if (!target) return answer(invalidArgument('The first message of an append must carry its options.'));
    const { stream, expected } = target;
    context.log.write({ kind: 'append', stream, expected, events }, answerBy(context, deadline))
      .then((outcome) => answer(null, appendResponse(expected, definite(stream, outcome))))
      .catch(answer);
  });
  call.on('cancelled', () => {
    answered = true;
  });
}

/** `Streams.Delete`: the stream reads as not found until it is written again. */
export function softDelete(context: ServiceContext, call: ServerUnaryCall<DeleteReq, DeleteResp>, reply: sendUnaryData<DeleteResp>): void {
  remove(context, call, 'soft-delete').then((position) => {
    const at = new DeleteResp.Position().setCommitPosition(position).setPreparePosition(position);
    reply(null, new DeleteResp().setPosition(at));
  }).catch((error: unknown) => reply(statusOf(error)));
}

/** `Streams.Tombstone`: the stream is closed for good. */
export function tombstone(
  context: ServiceContext,
  call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
  reply: sendUnaryData<TombstoneResp>,
): void {
  remove(context, call, 'tombstone').then((position) => {
    const at = new TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position);
    reply(null, new TombstoneResp().setPosition(at));
  }).catch((error: unknown) => reply(statusOf(error)));
}

async function remove(
  context: ServiceContext,
  call: ServerUnaryCall<DeleteReq, DeleteResp> | ServerUnaryCall<TombstoneReq, TombstoneResp>,
  kind: Exclude<Write['kind'], 'append'>,
): Promise<string> {
  const options = call.request.getOptions() ?? new DeleteReq.Options();
  const stream = streamName(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
  const outcome = definite(stream, await context.log.write({ kind, stream, expected }, answerBy(context, deadlineOf(call.getDeadline()))));
  if (outcome.kind === 'wrong-version') throw wrongExpectedVersion(stream, expected, outcome.current);
  return String(outcome.position);
}

/** @throws CallError for what the protocol reports as an error */
function definite(stream: string, outcome: WriteOutcome): Written {
  switch (outcome.kind) {
    case 'deleted': throw streamDeleted(stream);
    case 'timeout': throw writeTimeout();
    case 'unavailable': throw unavailable(outcome.detail);
    default: return outcome;
  }
}

function appendResponse(expected: Expected, outcome: Written): AppendResp {
  if (outcome.kind === 'wrong-version') return new AppendResp().setWrongExpectedVersion(wrongVersion(expected, outcome.current));
  const success = new AppendResp.Success();
  if (outcome.revision === NO_EVENTS) success.setNoStream(new Empty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.position === undefined) return new AppendResp().setSuccess(success.setNoPosition(new Empty()));
  const at = String(outcome.position);
  return new AppendResp().setSuccess(success.setPosition(new AppendResp.Position().setCommitPosition(at).setPreparePosition(at)));
}

function wrongVersion(expected: Expected, current: number): AppendResp.WrongExpectedVersion {
  const wrong = new AppendResp.WrongExpectedVersion();
  if (current === NO_EVENTS) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(current));
  switch (expected) {
    case 'any': return wrong.setExpectedAny(new Empty());
    case 'no_stream': return wrong.setExpectedNoStream(new Empty());
    case 'stream_exists': return wrong.setExpectedStreamExists(new Empty());
    default: return wrong.setExpectedRevision(BigInt(expected).toString());
  }
}

/** A caller's deadline in milliseconds since the epoch; gRPC's "none" is infinity. */
function deadlineOf(deadline: Date | number): number {
  return Number(deadline);
}
