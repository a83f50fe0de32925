import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { parse as uuidBytes } from 'uuid';
import type { EventMetadata, RecordedEvent } from './port';

/** What of an event the digest covers: everything but what the store adds when it records it. */
export type Digestible = Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type' | 'data' | 'metadata'>;

/**
 * SHA-256, in lower-case hex, of the canonical JSON (RFC 8785) of
 * `{ data, id, metadata, revision, stream, type }`, with the revision as a decimal string.
 * The next event of the stream carries it as `metadata.prev`, so a stream is a hash chain.
 */
export function eventDigest(event: Digestible): string {
  const around = canonicalAround(event);
  return sha256(around.before + JSON.stringify(event.id) + around.after);
}

/**
 * Gives an event that is about to be recorded its id, and answers the digest it will have.
 * The id is a UUID v5 of all the rest of the event. The store takes "same ids at the same revision" as "already
 * written", so an id may only come back when the whole event does: ids made from the command alone would let a second,
 * different decision of one command pass for the first.
 * @returns `bytes`, the length of the canonical JSON, is what the event roughly takes in an append
 */
export function identifyEvent(event: Omit<Digestible, 'id'>): { id: string; digest: string; bytes: number } {
  const around = canonicalAround(event);
  const id = uuidOf(`${around.before}null${around.after}`);
  const text = `${around.before}"${id}"${around.after}`;
  return { id, digest: sha256(text), bytes: text.length };
}

/** Namespace of event ids. */
const EVENT_IDS = uuidBytes('a3b1c8a4-52c5-4f0e-9a53-6a3f6f0a7c11');

/** The UUID v5 of a text; what `v5` of the package `uuid` answers, at a third of the cost. */
function uuidOf(text: string): string {
  const digest = hash('sha1', Buffer.concat([EVENT_IDS, Buffer.from(text)]), 'hex');
  const variant = ((parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function canonicalAround(event: { stream: string; revision: bigint; type: string; data: unknown; metadata: EventMetadata }) {
  const { stream, revision, type, data, metadata } = event;
  const rest = `"revision":"${revision}","stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}`;
  return { before: `{"data":${canonicalize(data)},"id":`, after: `,"metadata":${canonicalize(metadata)},${rest}}` };
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
