import fc from 'fast-check';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { encodeReadEvent } from '../../../src/event-store/embedded/grpc/encode-event';
import { uuidText } from '../../../src/event-store/embedded/grpc/uuid';
import { TOMBSTONE, type StoredEvent } from '../../../src/event-store/embedded/log/event';

const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const stored: fc.Arbitrary<StoredEvent> = fc.record({
  position: count,
  stream: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
  revision: fc.oneof(count, fc.constant(TOMBSTONE)),
  id: fc.uuid(),
  type: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
  isJson: fc.boolean(),
  data: bytes,
  metadata: bytes,
  created: fc.nat(),
});

function decoded(record: ReadResp.ReadEvent.RecordedEvent | undefined): StoredEvent | undefined {
  if (!record) return undefined;
  const properties = record.getMetadataMap();
  const revision = record.getStreamRevision();
  expect(record.getPreparePosition()).toBe(record.getCommitPosition());
  return {
    position: Number(record.getCommitPosition()),
    stream: Buffer.from(record.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8'),
    revision: revision === String(2n ** 63n - 1n) ? TOMBSTONE : Number(revision),
    id: uuidText(record.getId())!,
    type: properties.get('type')!,
    isJson: properties.get('content-type') === 'application/json',
    data: Buffer.from(record.getData_asU8()),
    metadata: Buffer.from(record.getCustomMetadata_asU8()),
    created: Number(BigInt(properties.get('created')!) / 10_000n),
  };
}

test('an event encoded by hand is read by the generated classes as it was', () => {
  fc.assert(fc.property(fc.option(stored), fc.option(stored), fc.boolean(), (event, link, structured) => {
    fc.pre(event !== null || link !== null);
    const bytes = encodeReadEvent({ event: event ?? undefined, link: link ?? undefined }, structured);
    const message = ReadResp.deserializeBinary(bytes).getEvent()!;
    expect(decoded(message.getEvent())).toEqual(event ?? undefined);
    expect(decoded(message.getLink())).toEqual(link ?? undefined);
    expect(message.getCommitPosition()).toBe(String((link ?? event)!.position));
    expect((message.getEvent() ?? message.getLink())!.getId()!.hasStructured()).toBe(structured);
  }), { numRuns: 300 });
});
