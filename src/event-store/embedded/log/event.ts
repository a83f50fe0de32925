/**
 * An event as the log keeps it. Positions and revisions are numbers, not bigints: this store counts them itself, one
 * by one, so they stay far below 2^53 for as long as the machine lives.
 */
export interface StoredEvent {
  /** Place in the whole log. Dense, starts at 1: a client that resumes from 0 means "after nothing". */
  position: number;
  stream: string;
  /** 0 for the first event of the stream, without holes; `TOMBSTONE` for the event that closes it for good. */
  revision: number;
  /** UUID, lower case with hyphens. */
  id: string;
  type: string;
  isJson: boolean;
  data: Buffer;
  metadata: Buffer;
  /** Milliseconds since the Unix epoch. */
  created: number;
}

/** An event as a caller proposes it. */
export type ProposedEvent = Pick<StoredEvent, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>;

/** The double nearest to 2^63-1, the revision that the protocol gives a tombstone and the `$tb` of a soft delete. */
export const TOMBSTONE = 2 ** 63;

/** Revision of a stream without events. */
export const NO_EVENTS = -1;

/** What the stream must be at for an append to go through. A number is an exact revision. */
export type Expected = number | 'any' | 'no_stream' | 'stream_exists';

/** Bytes that an append is charged for: data, metadata and two bytes a character of the type, as a real node counts. */
export function sizeOf(event: Pick<StoredEvent, 'data' | 'metadata' | 'type'>): number {
  return event.data.length + event.metadata.length + 2 * event.type.length;
}

/** Name of the stream that holds the metadata of `stream`. */
export function metastreamOf(stream: string): string {
  return `$$${stream}`;
}

export function isMetastream(stream: string): boolean {
  return stream.startsWith('$$');
}

/** The stream that a metadata stream describes. */
export function describedBy(metastream: string): string {
  return metastream.slice(2);
}
