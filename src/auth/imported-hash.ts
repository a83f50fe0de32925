import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { RefusedError } from '../../schema/errors/catalogue';

/** Fewer are no protection, more would keep a thread busy for seconds. */
const ITERATIONS = { least: 1_000, most: 2_000_000 };
const SHAPE = /^pbkdf2_sha256\$([1-9]\d{0,6})\$([\w-]{11,86}={0,2})\$([\w-]{43}=?)$/;

const derive = promisify(pbkdf2);

interface ImportedHash {
  iterations: number;
  salt: Buffer;
  hash: Buffer;
}

export function isImported(hash: string): boolean {
  return hash.startsWith('pbkdf2_sha256$');
}

/**
 * Reads `pbkdf2_sha256$<iterations>$<salt>$<hash>`: PBKDF2-HMAC-SHA256, salt (8 to 64 bytes) and hash (32 bytes) as
 * base64url, padded or not.
 * @throws RefusedError V1001 rule `password_hash`
 */
export function parseImported(text: string): ImportedHash {
  const [, iterations, salt, hash] = SHAPE.exec(text) ?? [];
  const read = { iterations: Number(iterations), salt: Buffer.from(salt ?? '', 'base64url'), hash: Buffer.from(hash ?? '', 'base64url') };
  if (hash !== undefined && read.iterations >= ITERATIONS.least && read.iterations <= ITERATIONS.most) return read;
  throw new RefusedError({
    code: 'V1001', rule: 'password_hash', path: ['passwordHash'],
    message: 'A password hash has the form pbkdf2_sha256$iterations$salt$hash, with salt and hash as base64url.',
    details: { leastIterations: ITERATIONS.least, mostIterations: ITERATIONS.most },
  });
}

/** The bytes of the password as they were typed: the system it comes from did not normalise them. */
export async function matchesImported(kept: string, password: string): Promise<boolean> {
  const { iterations, salt, hash } = parseImported(kept);
  return timingSafeEqual(await derive(password, salt, iterations, hash.length, 'sha256'), hash);
}
