import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { catalogue, type ErrorCode } from '../errors/catalogue';
import { sealedSchema } from '../sealed';
import { moneySchema } from '../virtual-key/money';
import { failureCategoryNames } from './failure-category';
import { operationNames, scenarioNames } from './operations';

export const runKindSchema = z.enum(['chat', 'image', 'video', 'code']);
export type RunKind = z.infer<typeof runKindSchema>;

export const errorCodeSchema = z.enum(Object.keys(catalogue) as ErrorCode[]);

/** Largest count that fits the views and GraphQL's Int; whatever is larger is recorded as this. */
export const LARGEST_COUNT = 2_147_483_647;

const count = z.int().min(0).max(LARGEST_COUNT);
const tokens = count.nullable();
/** Milliseconds from the request to the end. */
const durationMs = count;
const attempt = z.int().min(1);
/** HTTP status of the vendor's answer; -1 when none came. */
const httpStatus = z.int();
/** Milliseconds since the epoch, where waits and durations are counted from. */
const time = z.int().nonnegative();

/** One file that a run made. */
const output = z.strictObject({
  outputId: z.string(),
  kind: z.enum(['image', 'video']),
  contentType: z.string(),
  /** Bytes of the stored copy. */
  bytes: count,
  width: count.nullable(),
  height: count.nullable(),
  /** Milliseconds of a video, when the vendor told. */
  durationMs: count.nullable(),
  /** Where the stored copy lies in the blob store; null when the vendor's file could not be fetched. */
  blob: z.string().nullable(),
  /** The small picture of it; null when there is none. */
  thumbnail: z.string().nullable(),
  /** SHA-256 of the stored copy, hex; null without one. */
  digest: z.string().nullable(),
  /** The vendor's own address of it, which ends some day. */
  source: sealedSchema,
});
export type RunOutputData = z.infer<typeof output>;

/** All text that somebody or a vendor wrote is sealed with the run's own key, so that one run can be erased. */
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
    /** Of a generation; the other kinds leave these out. */
    generation: z.strictObject({
      operation: z.enum(operationNames),
      /** Key pool that serves it. */
      pool: z.string(),
      scenario: z.enum(scenarioNames).nullable(),
      /** JSON of the parameters as they were given. */
      parameters: sealedSchema,
      /** Whether the vendor is asked for the outcome by itself. */
      autoPoll: z.boolean(),
      pollIntervalMs: count,
      /** Longest wait for the outcome, from the submission. */
      maxWaitMs: count,
      /** Longest wait for a provider key. */
      maxQueueMs: count,
      /** When it was asked for, in milliseconds since the epoch. */
      at: time.optional(),
    }).optional(),
  })),
  /** It has a concurrency slot and waits for a provider key, for the `attempt`-th time. */
  RunQueued: event(z.strictObject({ runId: z.string(), attempt })),
  /** A rule did not let it begin; `details` are the values that refused. */
  RunRejected: event(z.strictObject({
    runId: z.string(), attempt, code: errorCodeSchema, rule: z.string(), reason: z.string(), details: z.record(z.string(), z.unknown()), durationMs,
  })),
  /** It holds a provider key. */
  RunLeased: event(z.strictObject({ runId: z.string(), attempt, leaseId: z.string(), keyId: z.string(), keyName: z.string(), token: z.int().positive() })),
  /**
   * The work is being handed to the vendor: from here on it is never submitted again in this attempt. `driver` is the one
   * job that may submit; `externalId` is our own name for the work at the vendor. `request` is the JSON of the call, redacted.
   */
  RunSubmissionBegun: event(z.strictObject({
    runId: z.string(), attempt, driver: z.string(), externalId: z.string(), endpoint: z.string(), request: sealedSchema, at: time.optional(),
  })),
  /** The vendor took it. `response` is the vendor's answer, redacted. */
  RunSubmitted: event(z.strictObject({ runId: z.string(), attempt, jobId: z.string(), httpStatus, response: sealedSchema })),
  /** The vendor is asked for the outcome; again after `RunTimedOut` or when nobody asked, without another submission. */
  RunPollingStarted: event(z.strictObject({ runId: z.string(), attempt })),
  /** The vendor calls it something else than before, for example `staged` or `processing`. */
  RunVendorStatusChanged: event(z.strictObject({ runId: z.string(), attempt, status: z.string() })),
  /** Whoever asked wants the outcome looked for again; by what the vendor knows already. */
  RunWatchRequested: event(z.strictObject({ runId: z.string(), attempt, at: time.optional() })),
  /** Once more from the start, as a new attempt. */
  RunRetryRequested: event(z.strictObject({ runId: z.string(), attempt, at: time.optional() })),
  /** No outcome came in time. The vendor may still be at it, and charge for it. */
  RunTimedOut: event(z.strictObject({ runId: z.string(), attempt, reason: z.string(), durationMs })),
  /** Whoever may stopped it. What the vendor has begun it may finish, and charge for. */
  RunCancelled: event(z.strictObject({ runId: z.string(), attempt, by: z.string(), durationMs })),
  /** What a model made of a failure, JSON of summary, causes, fixes and next checks. The category stays the one found here. */
  RunDiagnosed: event(z.strictObject({ runId: z.string(), attempt, model: z.string(), report: sealedSchema })),
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
    /** Of a generation: what it made, the vendor's last answer (redacted), and what the vendor counts (points, units). */
    outputs: z.array(output).optional(),
    httpStatus: httpStatus.optional(),
    response: sealedSchema.optional(),
    usage: z.strictObject({ unit: z.string(), amount: z.number().nonnegative() }).nullable().optional(),
  })),
  /** `reason` is safe to show. */
  RunFailed: event(z.strictObject({
    runId: z.string(), code: errorCodeSchema, reason: z.string(), durationMs,
    /** Of a generation: what kind of failure, what the vendor said (redacted) and its own code for it. */
    category: z.enum(failureCategoryNames).optional(),
    httpStatus: httpStatus.optional(),
    serviceCode: z.int().nullable().optional(),
    response: sealedSchema.optional(),
  })),
};

export type RunEvent = EventOf<typeof runEvents>;
export type RunRequest = Extract<RunEvent, { type: 'RunRequested' }>['data'];
