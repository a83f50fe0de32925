import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Ciphertext that does not belong where it was found, was changed, or was made with another key. */
export class TamperedError extends Error {
  constructor(what: string) {
    super(`${what} cannot be opened: wrong key, wrong place, or changed`);
    this.name = 'TamperedError';
  }
}

export interface Box {
  nonce: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
}

/** Everything the ciphertext is bound to. JSON of a list of strings is unambiguous: no two places share an encoding. */
export type Place = readonly string[];

const encode = (place: Place): Buffer => Buffer.from(JSON.stringify(place), 'utf8');

/** HKDF-SHA256 of a uniformly random key; every purpose gives an independent key of 32 bytes. */
export function deriveKey(key: Buffer, purpose: Place): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), encode(['keyledger', ...purpose]), KEY_BYTES));
}

/** AES-256-GCM with a fresh random nonce; `place` is authenticated and needed again to open. */
export function encrypt(key: Buffer, place: Place, plaintext: Buffer): Box {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(encode(place));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** @throws TamperedError naming `what` when key, place or bytes are not those of `encrypt` */
export function decrypt(key: Buffer, place: Place, { nonce, ciphertext, tag }: Box, what: string): Buffer {
  if (nonce.length !== NONCE_BYTES || tag.length !== TAG_BYTES) throw new TamperedError(what);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(encode(place)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw new TamperedError(what);
  }
}

/** A box as one run of bytes: nonce, ciphertext, tag. */
export function pack({ nonce, ciphertext, tag }: Box): Buffer {
  return Buffer.concat([nonce, ciphertext, tag]);
}

/** The inverse of `pack`; short input gives parts that `decrypt` refuses. */
export function unpack(bytes: Buffer): Box {
  const end = Math.max(NONCE_BYTES, bytes.length - TAG_BYTES);
  return { nonce: bytes.subarray(0, NONCE_BYTES), ciphertext: bytes.subarray(NONCE_BYTES, end), tag: bytes.subarray(end) };
}
