import { z } from 'zod';
import { event, type EventOf } from '../define-events';
import { errorCodeSchema } from '../run/events';
import { sealedSchema } from '../sealed';

/** All text is sealed with the session's own key, so that one conversation can be erased. */
export const chatSessionEvents = {
  ChatSessionOpened: event(z.strictObject({ sessionId: z.string(), ownerId: z.string(), title: sealedSchema, model: z.string() })),
  /** A question; `answerId` is the message that will answer it, `runId` the work behind that. */
  MessagePosted: event(z.strictObject({
    sessionId: z.string(),
    messageId: z.string(),
    answerId: z.string(),
    runId: z.string(),
    text: sealedSchema,
    by: z.string(),
  })),
  /** From here on readers may have seen words of this answer. */
  AnswerStarted: event(z.strictObject({ sessionId: z.string(), answerId: z.string(), runId: z.string() })),
  AnswerCompleted: event(z.strictObject({ sessionId: z.string(), answerId: z.string(), text: sealedSchema, runId: z.string() })),
  /** The question stays. `reason` is safe to show. */
  AnswerFailed: event(z.strictObject({
    sessionId: z.string(),
    answerId: z.string(),
    runId: z.string(),
    code: errorCodeSchema,
    reason: z.string(),
  })),
};

export type ChatSessionEvent = EventOf<typeof chatSessionEvents>;
