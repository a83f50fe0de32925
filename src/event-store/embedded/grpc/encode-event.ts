import { TOMBSTONE, type StoredEvent } from '../log/event';
import { structuredUuid } from './uuid';

/** An event as an answer carries it: resolved from a link, or itself. */
export interface ResolvedEvent {
  event?: StoredEvent;
  link?: StoredEvent;
}

// Tags of `ReadResp.ReadEvent` and its `RecordedEvent`: field number and wire type in one byte.
const READ_RESP_EVENT = 0x0a;
const EVENT = 0x0a;
const LINK = 0x12;
const COMMIT_POSITION = 0x18;
const ID = 0x0a;
const STREAM = 0x12;
const STREAM_REVISION = 0x18;
const PREPARE = 0x20;
const COMMIT = 0x28;
const METADATA_ENTRY = 0x32;
const CUSTOM_METADATA = 0x3a;
const DATA = 0x42;
const UUID_STRING = 0x12;
const STREAM_NAME = 0x1a;
const KEY = 0x0a;
const VALUE = 0x12;

const UUID_LENGTH = 36;
const TYPE_KEY = Buffer.from('\x0a\x04type', 'latin1');
const JSON_ENTRY = entry('content-type', 'application/json');
const BINARY_ENTRY = entry('content-type', 'application/octet-stream');
const CREATED_KEY = Buffer.from('\x0a\x07created', 'latin1');
/** The protocol counts in 100 ns since the Unix epoch. */
const TICKS_IN_MS = '0000';

/**
 * Encodes a `ReadResp` that carries an event, straight to bytes: about half the processor time of the generated
 * classes, on the path where the server spends most of it.
 */
export function encodeReadEvent({ event, link }: ResolvedEvent, structured: boolean): Buffer {
  const position = (link ?? event!).position;
  const eventPart = event && measure(event, structured);
  const linkPart = link && measure(link, structured);
  const lengthOf = (part: Measured | undefined): number => (part ? 1 + delimited(part.length) : 0);
  const length = lengthOf(eventPart) + lengthOf(linkPart) + 1 + varintLength(position);
  const out = Buffer.allocUnsafe(1 + delimited(length));
  let at = writeTagged(out, 0, READ_RESP_EVENT, length);
  if (eventPart) at = writeEvent(out, writeTagged(out, at, EVENT, eventPart.length), eventPart);
  if (linkPart) at = writeEvent(out, writeTagged(out, at, LINK, linkPart.length), linkPart);
  writeTagged(out, at, COMMIT_POSITION, position);
  return out;
}

/** An event with the lengths of its parts, which must be known before the first byte is written. */
interface Measured {
  event: StoredEvent;
  id: Buffer | undefined;
  name: number;
  type: number;
  created: string;
  length: number;
}

function measure(event: StoredEvent, structured: boolean): Measured {
  const id = structured ? Buffer.from(structuredUuid(event.id).serializeBinary()) : undefined;
  const name = Buffer.byteLength(event.stream);
  const type = Buffer.byteLength(event.type);
  const created = event.created + TICKS_IN_MS;
  const position = varintLength(event.position);
  const length =
    1 + delimited(id ? id.length : 2 + UUID_LENGTH) +
    1 + delimited(1 + delimited(name)) +
    1 + varintLength(event.revision) + 2 * (1 + position) +
    1 + delimited(TYPE_KEY.length + 1 + delimited(type)) +
    (event.isJson ? JSON_ENTRY : BINARY_ENTRY).length +
    1 + delimited(CREATED_KEY.length + 1 + delimited(created.length)) +
    1 + delimited(event.metadata.length) +
    1 + delimited(event.data.length);
  return { event, id, name, type, created, length };
}

function writeEvent(out: Buffer, start: number, { event, id, name, type, created }: Measured): number {
  let at = writeTagged(out, start, ID, id ? id.length : 2 + UUID_LENGTH);
  if (id) at += id.copy(out, at);
  else {
    at = writeTagged(out, at, UUID_STRING, UUID_LENGTH);
    at += out.write(event.id, at, 'latin1');
  }
  at = writeTagged(out, at, STREAM, 1 + delimited(name));
  at = writeTagged(out, at, STREAM_NAME, name);
  at += out.write(event.stream, at);
  at = writeTagged(out, at, STREAM_REVISION, event.revision);
  at = writeTagged(out, at, PREPARE, event.position);
  at = writeTagged(out, at, COMMIT, event.position);
  at = writeTagged(out, at, METADATA_ENTRY, TYPE_KEY.length + 1 + delimited(type));
  at += TYPE_KEY.copy(out, at);
  at = writeTagged(out, at, VALUE, type);
  at += out.write(event.type, at);
  at += (event.isJson ? JSON_ENTRY : BINARY_ENTRY).copy(out, at);
  at = writeTagged(out, at, METADATA_ENTRY, CREATED_KEY.length + 1 + delimited(created.length));
  at += CREATED_KEY.copy(out, at);
  at = writeTagged(out, at, VALUE, created.length);
  at += out.write(created, at, 'latin1');
  at = writeTagged(out, at, CUSTOM_METADATA, event.metadata.length);
  at += event.metadata.copy(out, at);
  at = writeTagged(out, at, DATA, event.data.length);
  return at + event.data.copy(out, at);
}

/** A whole entry of the metadata map, tag and length included. */
function entry(key: string, value: string): Buffer {
  const content = Buffer.from([KEY, key.length, ...Buffer.from(key), VALUE, value.length, ...Buffer.from(value)]);
  return Buffer.concat([Buffer.from([METADATA_ENTRY, content.length]), content]);
}

/** Bytes of a length and of what it announces. */
function delimited(length: number): number {
  return varintLength(length) + length;
}

function varintLength(value: number): number {
  if (value >= TOMBSTONE) return 9;
  let length = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) length += 1;
  return length;
}

/** Writes a tag and a number or length, and answers where the next byte goes. */
function writeTagged(out: Buffer, start: number, tag: number, number: number): number {
  let at = start;
  out[at++] = tag;
  if (number >= TOMBSTONE) {
    out.fill(0xff, at, at + 8);
    out[at + 8] = 0x7f;
    return at + 9;
  }
  let value = number;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) out[at++] = (value % 0x80) | 0x80;
  out[at++] = value;
  return at;
}
