import { createHash } from 'node:crypto';
import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import fc from 'fast-check';
import { quickenProposals } from '../../../src/event-store/quick-proposals';

const ID = '11111111-2222-5333-8444-555555555555';

interface Parts {
  type: string;
  data: Uint8Array;
  metadata: Uint8Array;
}

/** As the library makes it: JSON as base64, other bytes as they are. */
function proposed({ type, data, metadata }: Parts, asText: boolean): BatchAppendReq.ProposedMessage {
  const message = new BatchAppendReq.ProposedMessage();
  const given = (bytes: Uint8Array) => (asText ? Buffer.from(bytes).toString('base64') : bytes);
  message.setId(new UUID().setString(ID));
  message.getMetadataMap().set('type', type);
  message.getMetadataMap().set('content-type', 'application/json');
  message.setData(given(data));
  message.setCustomMetadata(given(metadata));
  return message;
}

/** Digest of the request of some events as it goes over the wire, and the sizes by which the library splits it. */
function written(events: readonly Parts[], asText: boolean): { request: string; sizes: number[] } {
  const request = new BatchAppendReq();
  request.setCorrelationId(new UUID().setString(ID));
  const sizes = events.map((parts) => {
    const event = proposed(parts, asText);
    const { length } = event.serializeBinary();
    request.addProposedMessages(event);
    return length;
  });
  return { request: createHash('sha256').update(request.serializeBinary()).digest('hex'), sizes };
}

const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 100, maxLength: 300 }), fc.constant(new Uint8Array(20_000)));
const type = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('LeaseGranted', 'Größe', '대여', 'x'.repeat(200)));
const cases = fc.sample(fc.tuple(fc.array(fc.record({ type, data: bytes, metadata: bytes }), { maxLength: 3 }), fc.boolean()), { numRuns: 200, seed: 7 });

test('what goes over the wire is the same as before, and so is its measure', () => {
  const before = cases.map(([events, asText]) => written(events, asText));
  quickenProposals();
  expect(cases.map(([events, asText]) => written(events, asText))).toEqual(before);
});

test('what was written can be read', () => {
  quickenProposals();
  const message = proposed({ type: 'Größe', data: Buffer.from('{"a":1}'), metadata: Buffer.from('{}') }, true);
  const read = BatchAppendReq.ProposedMessage.deserializeBinary(message.serializeBinary());
  expect([read.getId()!.getString(), read.getMetadataMap().get('type'), read.getMetadataMap().get('content-type')]).toEqual([ID, 'Größe', 'application/json']);
  expect([read.getData_asU8(), read.getCustomMetadata_asU8()].map((part) => Buffer.from(part).toString())).toEqual(['{"a":1}', '{}']);
});
