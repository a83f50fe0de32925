import { TOMBSTONE } from './event';

/** What a stream's metadata says about which of its events can be seen. */
export interface StreamMetadata {
  /** Only the newest so many. */
  maxCount?: number;
  /** Only those at most so many milliseconds old. */
  maxAgeMs?: number;
  /** Only revisions from here on; `TOMBSTONE` means soft-deleted. */
  truncateBefore?: number;
  /** The JSON as written, kept only while the stream is soft-deleted: reviving it writes the rest of it again. */
  deletedSource?: Buffer;
}

const NONE: StreamMetadata = {};

/** A metadata stream keeps its newest event only. */
export const METASTREAM_METADATA: StreamMetadata = { maxCount: 1 };

/** Event type of stream metadata. */
export const METADATA_TYPE = '$metadata';

/** What a soft delete writes: literal text, since 2^63-1 is not a JavaScript number. */
export const SOFT_DELETE_JSON = Buffer.from('{"$tb":9223372036854775807}');

/** Near 2^63 a double is only exact to 1,024, so that is how close counts as equal. */
const SOFT_DELETED_FROM = TOMBSTONE - 1024;

/** Reads the JSON of a `$metadata` event. What is not JSON, or not a sensible value, counts as not there. */
export function parseStreamMetadata(json: Buffer | undefined): StreamMetadata {
  const fields = json && jsonObject(json);
  if (!fields) return NONE;
  const whole = (key: string, least: number): number | undefined => {
    const value = fields[key];
    return typeof value === 'number' && value >= least ? Math.floor(value) : undefined;
  };
  const maxAge = whole('$maxAge', 1);
  const metadata: StreamMetadata = {
    maxCount: whole('$maxCount', 1),
    maxAgeMs: maxAge === undefined ? undefined : maxAge * 1000,
    truncateBefore: whole('$tb', 0),
  };
  if (isSoftDeleted(metadata)) metadata.deletedSource = json;
  return metadata;
}

export function isSoftDeleted(metadata: StreamMetadata): boolean {
  return metadata.truncateBefore !== undefined && metadata.truncateBefore >= SOFT_DELETED_FROM;
}

/** The same metadata with `$tb` moved to `truncateBefore`: what brings a soft-deleted stream back. */
export function withTruncateBefore(json: Buffer | undefined, truncateBefore: number): Buffer {
  return Buffer.from(JSON.stringify({ ...(json && jsonObject(json)), $tb: truncateBefore }));
}

/** First revision of the stream that its metadata lets through, by count and truncation; age is judged by event. */
export function firstVisible(last: number, { maxCount, truncateBefore = 0 }: StreamMetadata): number {
  return Math.max(truncateBefore, maxCount === undefined ? 0 : last - maxCount + 1);
}

/** Time before which events are too old to be seen, in milliseconds since the epoch. */
export function oldestVisible({ maxAgeMs }: StreamMetadata, now: number): number {
  return maxAgeMs === undefined ? -Infinity : now - maxAgeMs;
}

function jsonObject(json: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
