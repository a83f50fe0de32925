import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import {
  BadRequest, MaximumAppendSizeExceeded, StreamDeleted, UUID, WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { batchAnswer, batchInvalid, batchTooLarge } from '../../../src/event-store/embedded/grpc/batch-answers';
import { NO_EVENTS, type Expected } from '../../../src/event-store/embedded/log/event';
import type { WriteOutcome } from '../../../src/event-store/embedded/log/plan-write';

const id = 'a2f5c1d0-0000-4000-8000-000000000001';
const request = (expected: Expected = 'any') => ({ correlation: new UUID().setString(id).serializeBinary(), stream: 'straße', expected });
const read = (bytes: Buffer): BatchAppendResp => {
  const answer = BatchAppendResp.deserializeBinary(bytes);
  expect(answer.getCorrelationId()!.getString()).toBe(id);
  expect(Buffer.from(answer.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe('straße');
  return answer;
};
const answerTo = (outcome: WriteOutcome, expected?: Expected): BatchAppendResp => read(batchAnswer(request(expected), outcome));
const detail = <T>(answer: BatchAppendResp, type: string, decode: (bytes: Uint8Array) => T): T => {
  const any = answer.getError()!.getDetails()!;
  expect(any.getTypeName()).toBe(`event_store.client.${type}`);
  return decode(any.getValue_asU8());
};

test('success, with and without events', () => {
  const written = answerTo({ kind: 'written', revision: 7, position: 2 ** 40 }).getSuccess()!;
  expect(written.getCurrentRevision()).toBe('7');
  expect(written.getPosition()!.toObject()).toEqual({ commitPosition: String(2 ** 40), preparePosition: String(2 ** 40) });
  const nothing = answerTo({ kind: 'written', revision: NO_EVENTS, position: undefined }).getSuccess()!;
  expect([nothing.hasNoStream(), nothing.hasNoPosition()]).toEqual([true, true]);
});

test.each<[Expected, keyof WrongExpectedVersion.AsObject]>([
  [5, 'expectedStreamPosition'], ['any', 'expectedAny'], ['no_stream', 'expectedNoStream'], ['stream_exists', 'expectedStreamExists'],
])('wrong version at %s', (expected, field) => {
  const answer = answerTo({ kind: 'wrong-version', current: 3 }, expected);
  const wrong = detail(answer, 'WrongExpectedVersion', WrongExpectedVersion.deserializeBinary);
  expect(wrong.getCurrentStreamRevision()).toBe('3');
  expect(wrong.toObject()[field]).toEqual(expected === 5 ? '5' : {});
  const none = answerTo({ kind: 'wrong-version', current: NO_EVENTS }, expected);
  expect(detail(none, 'WrongExpectedVersion', WrongExpectedVersion.deserializeBinary).hasCurrentNoStream()).toBe(true);
});

test('every refusal says which it is', () => {
  const deleted = detail(answerTo({ kind: 'deleted' }), 'StreamDeleted', StreamDeleted.deserializeBinary);
  expect(Buffer.from(deleted.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe('straße');
  expect(answerTo({ kind: 'timeout' }).getError()!.getDetails()!.getTypeName()).toBe('event_store.client.Timeout');
  const unavailable = answerTo({ kind: 'unavailable', detail: 'disk full' }).getError()!;
  expect([unavailable.getMessage(), unavailable.getDetails()!.getTypeName()]).toEqual(['disk full', 'event_store.client.Unknown']);
  const large = detail(read(batchTooLarge(request(), 1_048_576)), 'MaximumAppendSizeExceeded', MaximumAppendSizeExceeded.deserializeBinary);
  expect(large.getMaxappendsize()).toBe(1_048_576);
  expect(detail(read(batchInvalid(request(), 'why')), 'BadRequest', BadRequest.deserializeBinary).getMessage()).toBe('why');
});
