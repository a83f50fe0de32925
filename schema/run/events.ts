import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { catalogue, type ErrorCode } from '../errors/catalogue';
import { moneySchema } from '../virtual-key/money';

export const runKindSchema = z.enum(['chat', 'image', 'video', 'code']);
export type RunKind = z.infer<typeof runKindSchema>;

export const errorCodeSchema = z.enum(Object.keys(catalogue) as ErrorCode[]);

/** Largest count that fits the views and GraphQL's Int; whatever is larger is recorded as this. */
export const LARGEST_COUNT = 2_147_483_647;

const count = z.int().min(0).max(LARGEST_COUNT);
const tokens = count.nullable();
/** Milliseconds from the request to the end. */
const durationMs = count;

export const runEvents = {
  /** Someone asked for AI work. A chat's run names the session and the question it answers. */
  RunRequested: event(z.strictObject({
    runId: z.string(),
    kind: runKindSchema,
    model: z.string(),
    provider: z.string(),
    requestedBy: z.string(),
    simulated: z.boolean(),
    sessionId: z.string().optional(),
    messageId: z.string().optional(),
  })),
  /** The work is on its way to the provider, for the `attempt`-th time. */
  RunStarted: event(z.strictObject({ runId: z.string(), attempt: z.int().min(1) })),
  /** What the provider did not tell is null. `cost` in US dollars; `outputRef` names stored output, null when it lives elsewhere. */
  RunSucceeded: event(z.strictObject({
    runId: z.string(),
    promptTokens: tokens,
    completionTokens: tokens,
    cost: moneySchema.nullable(),
    durationMs,
    outputRef: z.string().nullable(),
  })),
  /** `reason` is safe to show. */
  RunFailed: event(z.strictObject({ runId: z.string(), code: errorCodeSchema, reason: z.string(), durationMs })),
};

export type RunEvent = EventOf<typeof runEvents>;
export type RunRequest = Extract<RunEvent, { type: 'RunRequested' }>['data'];
