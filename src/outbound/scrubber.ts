/** Takes known secrets out of what an upstream says. Works on bytes, so it never breaks a character that spans chunks. */
export interface Scrubber {
  scrub(bytes: Buffer): Buffer;
  scrubText(text: string): string;
  /** For bytes that arrive in pieces: holds back only what may be the beginning of a secret. */
  stream(): { push(chunk: Buffer): Buffer; end(): Buffer };
}

/** What stands where a secret stood. */
export const MASK = '[secret removed]';
/** Shorter values would tear holes into ordinary text. */
const MIN_SECRET_LENGTH = 4;

/** @param secrets values that must not come back, in clear or as URL, JSON, base64 or hex spell them */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const spellings = [...new Set(secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH).flatMap(spellingsOf))]
    .sort((a, b) => b.length - a.length);
  const pattern = new RegExp(spellings.map(escaped).join('|') || '(?!)', 'g');
  const masked = (latin1: string): string => latin1.replace(pattern, MASK);

  return {
    scrub: (bytes) => Buffer.from(masked(bytes.toString('latin1')), 'latin1'),
    scrubText: (text) => Buffer.from(masked(Buffer.from(text, 'utf8').toString('latin1')), 'latin1').toString('utf8'),
    stream() {
      let held = '';
      return {
        push(chunk) {
          const clean = masked(held + chunk.toString('latin1'));
          const keep = beginningOfSecret(clean, spellings);
          held = clean.slice(clean.length - keep);
          return Buffer.from(clean.slice(0, clean.length - keep), 'latin1');
        },
        end() {
          const rest = Buffer.from(held, 'latin1');
          held = '';
          return rest;
        },
      };
    },
  };
}

/** All as the characters that their UTF-8 bytes are in latin1. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  return [
    bytes.toString('latin1'),
    encodeURIComponent(secret),
    Buffer.from(JSON.stringify(secret).slice(1, -1), 'utf8').toString('latin1'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    hex,
    hex.toUpperCase(),
  ];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Length of the longest end of `text` that some secret begins with. */
function beginningOfSecret(text: string, spellings: readonly string[]): number {
  const longest = Math.min(text.length, (spellings[0]?.length ?? 1) - 1);
  for (let length = longest; length > 0; length--) {
    const end = text.slice(text.length - length);
    if (spellings.some((spelling) => spelling.length > length && spelling.startsWith(end))) return length;
  }
  return 0;
}
