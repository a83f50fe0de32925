import { status } from '@grpc/grpc-js';
import { NO_EVENTS, type Expected } from '../log/event';
import type { WriteOutcome } from '../log/plan-write';
import { bytesField, messageField, numberField } from './protobuf';

/** What the answer to a batch append repeats of its request. */
export interface BatchRequest {
  /** The correlation id exactly as it came: an encoded UUID message. */
  correlation: Uint8Array;
  stream: string;
  expected: Expected;
}

/** Field numbers of `BatchAppendResp` and of the messages in it. */
const RESP = {
  correlationId: 1, error: 2, success: 3, streamIdentifier: 4, expected: { exact: 5, no_stream: 6, any: 7, stream_exists: 8 },
};
const SUCCESS = { currentRevision: 1, noStream: 2, position: 3, noPosition: 4 };
const STATUS = { code: 1, message: 2, details: 3 };
const WRONG_VERSION = { currentRevision: 1, currentNoStream: 2, expected: { exact: 3, any: 4, stream_exists: 5, no_stream: 6 } };
const STREAM_NAME = 3;
const EMPTY = Buffer.alloc(0);

/** The one answer to a batch append, as an encoded `BatchAppendResp`. */
export function batchAnswer(request: BatchRequest, outcome: WriteOutcome): Buffer {
  switch (outcome.kind) {
    case 'written': return answer(request, success(outcome.revision, outcome.position));
    case 'wrong-version': {
      const { currentNoStream, currentRevision, expected } = WRONG_VERSION;
      const current = outcome.current === NO_EVENTS ? bytesField(currentNoStream, EMPTY) : numberField(currentRevision, outcome.current);
      return failure(request, status.FAILED_PRECONDITION, 'Wrong expected version', 'WrongExpectedVersion',
        current, expectedField(expected, request.expected));
    }
    case 'deleted': return failure(request, status.FAILED_PRECONDITION, 'Stream deleted', 'StreamDeleted',
      messageField(1, bytesField(STREAM_NAME, request.stream)));
    case 'timeout': return failure(request, status.DEADLINE_EXCEEDED, 'Timeout', 'Timeout');
    case 'unavailable': return failure(request, status.UNAVAILABLE, outcome.detail, 'Unknown');
    default: return outcome satisfies never;
  }
}

export function batchTooLarge(request: BatchRequest, limit: number): Buffer {
  const text = `Maximum Append Size of ${limit} Exceeded`;
  return failure(request, status.INVALID_ARGUMENT, text, 'MaximumAppendSizeExceeded', numberField(1, limit));
}

/** A request that makes no sense; `detail` is what the caller gets to read. */
export function batchInvalid(request: BatchRequest, detail: string): Buffer {
  return failure(request, status.INVALID_ARGUMENT, detail, 'BadRequest', bytesField(1, detail));
}

function success(revision: number, position: number | undefined): Buffer {
  return messageField(RESP.success,
    revision === NO_EVENTS ? bytesField(SUCCESS.noStream, EMPTY) : numberField(SUCCESS.currentRevision, revision),
    position === undefined
      ? bytesField(SUCCESS.noPosition, EMPTY)
      : messageField(SUCCESS.position, numberField(1, position), numberField(2, position)));
}

/** @param type name of the detail's message, which is what the client decides by */
function failure(request: BatchRequest, code: status, text: string, type: string, ...detail: readonly Buffer[]): Buffer {
  const any = messageField(STATUS.details, bytesField(1, `type.googleapis.com/event_store.client.${type}`), messageField(2, ...detail));
  return answer(request, messageField(RESP.error, numberField(STATUS.code, code), bytesField(STATUS.message, text), any));
}

function answer({ correlation, stream, expected }: BatchRequest, result: Buffer): Buffer {
  const identifier = messageField(RESP.streamIdentifier, bytesField(STREAM_NAME, stream));
  return Buffer.concat([bytesField(RESP.correlationId, correlation), result, identifier, expectedField(RESP.expected, expected)]);
}

function expectedField(fields: Record<'exact' | Exclude<Expected, number>, number>, expected: Expected): Buffer {
  return typeof expected === 'number' ? numberField(fields.exact, expected) : bytesField(fields[expected], EMPTY);
}
