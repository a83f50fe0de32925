import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CLIENT_KEY_PREFIX } from './credential';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 is a little more than 2^256. */
const RANDOM_LENGTH = 43;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^${CLIENT_KEY_PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** A new key: the prefix, 256 random bits in base62, and a checksum by which typing errors and scanners tell it. */
export function newClientKey(): string {
  return withChecksum(CLIENT_KEY_PREFIX + Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''));
}

/** Whether it can be a key at all: its form and its checksum are right. */
export function isClientKey(text: string): boolean {
  return SHAPE.test(text) && withChecksum(text.slice(0, -CHECKSUM_LENGTH)) === text;
}

/** Prefix and random part with their CRC-32 behind them, in base62. */
export function withChecksum(body: string): string {
  let rest = crc32(body);
  let checksum = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    checksum = ALPHABET[rest % ALPHABET.length]! + checksum;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return body + checksum;
}
