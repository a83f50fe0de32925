import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { TOMBSTONE, type Expected, type ProposedEvent } from '../log/event';
import { invalidArgument, missingMetadata } from './errors';
import { uuidText } from './uuid';

/** The options that say what a stream must be at; the same in appends, batch appends, deletes and tombstones. */
interface ExpectedOptions {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** @throws CallError for a name that cannot be a stream's */
export function streamName(identifier: StreamIdentifier | undefined): string {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  if (name === '' || name === '$$') throw invalidArgument(`'${name}' is not a stream name.`);
  if (name.includes('\0')) throw invalidArgument('A stream name must not contain U+0000.');
  return name;
}

/** @param revision the exact revision, when the options name one */
export function expectedOf(options: ExpectedOptions, revision: string | undefined): Expected {
  if (revision !== undefined) return uint64(revision);
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

/** @throws CallError naming what is missing or wrong */
export function proposedEvent(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const properties = message.getMetadataMap();
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (!type) throw missingMetadata('type');
  if (!contentType) throw missingMetadata('content-type');
  if (type.includes('\0')) throw invalidArgument('An event type must not contain U+0000.');
  const id = uuidText(message.getId());
  if (!id) throw invalidArgument('An event id must be a UUID.');
  const data = bytes(message.getData_asU8());
  const metadata = bytes(message.getCustomMetadata_asU8());
  return { id, type, isJson: contentType === 'application/json', data, metadata };
}

/** A revision or position as this store counts: anything past what it can reach stays past it. */
export function uint64(text: string): number {
  return Math.min(Number(text), TOMBSTONE);
}

function bytes(array: Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
