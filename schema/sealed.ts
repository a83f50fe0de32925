import { z } from 'zod';
import type { Sealed } from '../src/vault/port';

/** A text sealed with its subject's key; the only form in which personal text stands in an event. */
export const sealedSchema: z.ZodType<Sealed> = z.strictObject({
  sealed: z.literal(1),
  alg: z.literal('A256GCM'),
  subject: z.string(),
  field: z.string(),
  keyId: z.string(),
  nonce: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
});
