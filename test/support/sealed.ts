import type { Sealed } from '../../src/vault/port';

/** A sealed text for specs that never open it; the ciphertext is the text itself, so that `openPlain` can. */
export function sealedText(subject: string, field: string, text: string): Sealed {
  return { sealed: 1, alg: 'A256GCM', subject, field, keyId: 'k1', nonce: text, ciphertext: text, tag: 't' };
}

/** Opens what `sealedText` made. */
export const openPlain = (sealed: Sealed): string => sealed.ciphertext;
