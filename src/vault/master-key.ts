import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { KEY_BYTES } from './cipher';

/** The master key is missing, unusable, or not the one the data was sealed with. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterKeyError';
  }
}

const HOW_TO_MAKE = `Make one with: openssl rand -base64 ${KEY_BYTES}`;

export interface MasterKey {
  /** 32 bytes; hand it to `createVault` and `createAuth` only, and never log it. */
  key: Buffer;
  /** What the operator should know about how the key is kept; undefined when it came from the environment. */
  warning?: string;
}

/**
 * The master key: from `value` (`KEYLEDGER_MASTER_KEY`) when given, else from `<dataDir>/master.key` (0600), which is
 * made on first use and never overwritten.
 * @throws MasterKeyError when the value is no 32 random bytes in base64 or hex, or others may read the file
 */
export function loadMasterKey({ value, dataDir }: { value?: string; dataDir: string }): MasterKey {
  if (value !== undefined && value !== '') return { key: parseMasterKey(value, 'KEYLEDGER_MASTER_KEY') };
  const file = path.join(dataDir, 'master.key');
  if (!existsSync(file)) createKeyFile(dataDir, file);
  refuseSharedFile(file);
  return {
    key: parseMasterKey(readFileSync(file, 'utf8').trim(), file),
    warning: `The master key lies beside the data in ${file}. Back it up apart from the data: without it no secret can be opened. `
      + 'In production set KEYLEDGER_MASTER_KEY instead.',
  };
}

/** @throws MasterKeyError naming `source`, never the value */
export function parseMasterKey(value: string, source: string): Buffer {
  const key = decodeKey(value);
  if (key?.length !== KEY_BYTES) {
    throw new MasterKeyError(`${source} must be ${KEY_BYTES} random bytes in base64 or hex. ${HOW_TO_MAKE}`);
  }
  if (looksMadeUp(key)) {
    throw new MasterKeyError(`${source} looks like an example, not like ${KEY_BYTES} random bytes. ${HOW_TO_MAKE}`);
  }
  return key;
}

function decodeKey(value: string): Buffer | undefined {
  if (/^[0-9a-f]+$/i.test(value) && value.length === KEY_BYTES * 2) return Buffer.from(value, 'hex');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return Buffer.from(value, 'base64');
  if (/^[A-Za-z0-9_-]+$/.test(value)) return Buffer.from(value, 'base64url');
  return undefined;
}

/** Signs of a typed key, each with a chance below 1 in 10^10 for random bytes: few values, repeats, text, a staircase. */
function looksMadeUp(key: Buffer): boolean {
  const half = key.length / 2;
  const step = (key[1]! - key[0]!) & 0xff;
  return new Set(key).size < 16
    || key.subarray(0, half).equals(key.subarray(half))
    || key.every((byte) => byte >= 0x20 && byte < 0x7f)
    || key.every((byte, i) => i === 0 || ((byte - key[i - 1]!) & 0xff) === step);
}

/** Written aside and linked into place, so two servers starting at once agree on one complete key. */
function createKeyFile(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}

function refuseSharedFile(file: string): void {
  if (process.platform === 'win32') return;
  if ((statSync(file).mode & 0o077) !== 0) throw new MasterKeyError(`Others can read ${file}. Make it yours alone: chmod 600 ${file}`);
}
