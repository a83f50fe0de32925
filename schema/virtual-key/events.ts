import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { moneySchema } from './money';

/** A count per period; null is unlimited, 0 is blocked. */
const limitSchema = z.int().min(0).max(2_147_483_647).nullable();

/** What a virtual key is to be upstream. Spans are LiteLLM's: a number and `s`, `m`, `h`, `d`, `w` or `mo`. */
export const virtualKeyRequestSchema = z.strictObject({
  keyId: z.string(),
  keyAlias: z.string(),
  ownerId: z.string(),
  /** An empty list allows no model. */
  models: z.array(z.string()),
  maxBudget: moneySchema.nullable(),
  budgetDuration: z.string().nullable(),
  rpmLimit: limitSchema,
  tpmLimit: limitSchema,
  maxParallelRequests: limitSchema,
  duration: z.string().nullable(),
  lastFour: z.string().length(4),
  fingerprint: z.string(),
  /** Where the vault keeps the secret. */
  secretRef: z.string(),
  /** Whether it lives in the built-in simulation instead of a real LiteLLM. */
  simulated: z.boolean(),
});

export type VirtualKeyRequest = z.infer<typeof virtualKeyRequestSchema>;

export const virtualKeyEvents = {
  VirtualKeyRequested: event(virtualKeyRequestSchema),
  /** LiteLLM has the key. `tokenHash` is its name for it (SHA-256 of the secret), `expiresAt` ISO 8601 UTC. */
  VirtualKeyProvisioned: event(z.strictObject({
    keyId: z.string(),
    tokenHash: z.string(),
    expiresAt: z.iso.datetime().nullable(),
  })),
  /** A try failed; after a `final` one nothing tries again. `reason` is safe to show. */
  VirtualKeyProvisioningFailed: event(z.strictObject({ keyId: z.string(), reason: z.string(), final: z.boolean() })),
};

export type VirtualKeyEvent = EventOf<typeof virtualKeyEvents>;
