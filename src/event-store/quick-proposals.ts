import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';

type Proposed = BatchAppendReq.ProposedMessage;

/** The generated classes as they are at run time: functions that may be replaced. */
interface Generated {
  prototype: Pick<Proposed, 'setData' | 'setCustomMetadata' | 'serializeBinary'>;
  serializeBinaryToWriter(message: Proposed, writer: { writeSerializedMessage(bytes: Uint8Array, start: number, end: number): void }): void;
}

// Tags of `BatchAppendReq.ProposedMessage`: field number and wire type in one byte.
const ID = 0x0a;
const METADATA_ENTRY = 0x12;
const CUSTOM_METADATA = 0x1a;
const DATA = 0x22;
const UUID_STRING = 0x12;
const VALUE = 0x12;
const TYPE_KEY = Buffer.from('\x0a\x04type', 'latin1');
const CONTENT_TYPE_KEY = Buffer.from('\x0a\x0ccontent-type', 'latin1');

const encoded = new WeakMap<Proposed, Uint8Array>();
let isQuick = false;

/**
 * Makes the library's proposed events cheap to send. It hands their bytes over as base64, which the generated classes decode
 * letter by letter, and writes each event twice, first only for its size: that is more processor time than all the rest of
 * an append. Here bytes stay bytes, and an event is written once, by hand. What goes over the wire is the same.
 */
export function quickenProposals(): void {
  if (isQuick) return;
  isQuick = true;
  const messages = BatchAppendReq.ProposedMessage as unknown as Generated;
  const { prototype } = messages;
  for (const setter of ['setData', 'setCustomMetadata'] as const) {
    const set = prototype[setter];
    prototype[setter] = function (this: Proposed, value) {
      return set.call(this, typeof value === 'string' ? bytesOf(Buffer.from(value, 'base64')) : value);
    };
  }
  prototype.serializeBinary = function (this: Proposed) {
    const known = encoded.get(this) ?? encode(this);
    encoded.set(this, known);
    return known;
  };
  messages.serializeBinaryToWriter = (message, writer) => {
    const bytes = message.serializeBinary();
    writer.writeSerializedMessage(bytes, 0, bytes.length);
  };
}

/** The generated classes compare the constructor, so that a Buffer will not do. */
const bytesOf = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

function encode(message: Proposed): Uint8Array {
  const id = message.getId()!.getString();
  const properties = message.getMetadataMap();
  const type = properties.get('type')!;
  const contentType = properties.get('content-type')!;
  const metadata = message.getCustomMetadata_asU8();
  const data = message.getData_asU8();

  const idLength = 1 + delimited(id.length);
  const typeLength = Buffer.byteLength(type);
  const typeEntry = TYPE_KEY.length + 1 + delimited(typeLength);
  const contentEntry = CONTENT_TYPE_KEY.length + 1 + delimited(contentType.length);
  const out = Buffer.allocUnsafe(
    1 + delimited(idLength) + 1 + delimited(typeEntry) + 1 + delimited(contentEntry) + field(metadata) + field(data));

  let at = writeTagged(out, 0, ID, idLength);
  at = writeTagged(out, at, UUID_STRING, id.length);
  at += out.write(id, at, 'latin1');
  at = writeTagged(out, at, METADATA_ENTRY, contentEntry);
  at += CONTENT_TYPE_KEY.copy(out, at);
  at = writeTagged(out, at, VALUE, contentType.length);
  at += out.write(contentType, at, 'latin1');
  at = writeTagged(out, at, METADATA_ENTRY, typeEntry);
  at += TYPE_KEY.copy(out, at);
  at = writeTagged(out, at, VALUE, typeLength);
  at += out.write(type, at);
  at = writeField(out, at, CUSTOM_METADATA, metadata);
  writeField(out, at, DATA, data);
  return bytesOf(out);
}

/** Bytes of a field, which is left out when it is empty. */
const field = (bytes: Uint8Array): number => (bytes.length === 0 ? 0 : 1 + delimited(bytes.length));

function writeField(out: Buffer, start: number, tag: number, bytes: Uint8Array): number {
  if (bytes.length === 0) return start;
  const at = writeTagged(out, start, tag, bytes.length);
  out.set(bytes, at);
  return at + bytes.length;
}

/** Bytes of a length and of what it announces. */
function delimited(length: number): number {
  let bytes = 1;
  for (let left = length; left >= 0x80; left >>>= 7) bytes++;
  return bytes + length;
}

function writeTagged(out: Buffer, start: number, tag: number, length: number): number {
  let at = start;
  out[at++] = tag;
  let left = length;
  for (; left >= 0x80; left >>>= 7) out[at++] = (left & 0x7f) | 0x80;
  out[at++] = left;
  return at;
}
