import { RefusedError } from '../../schema/errors/catalogue';
import { AppendRefused, StreamDeleted } from '../event-store/port';

/** More commands wait for the stream than it may queue. */
export function queueFull(retryAfterMs: number): RefusedError {
  const message = 'Too many commands are waiting here. Try again shortly.';
  return new RefusedError({ code: 'E4291', rule: 'queue_full', message, retryAfterMs });
}

/** The events may or may not be in the log. */
export function outcomeUnknown(cause?: unknown): RefusedError {
  const message = 'It could not be learnt in time whether this was done. Trying again with the same idempotency key is safe.';
  return new RefusedError({ code: 'E5041', rule: 'outcome_unknown', message }, { cause });
}

/** The deadline passed before anything of the command was sent to the store. */
export function storeUnavailable(cause?: unknown): RefusedError {
  const message = 'The event store could not be reached in time. Nothing was done.';
  return new RefusedError({ code: 'E5031', rule: 'event_store_unavailable', message, retryAfterMs: 1_000 }, { cause });
}

export function shuttingDown(): RefusedError {
  const message = 'The server is stopping. Nothing was done.';
  return new RefusedError({ code: 'E5031', rule: 'shutting_down', message, retryAfterMs: 1_000 });
}

/** A fault of this program: a decider that throws or decides malformed events, a stream that cannot be folded. */
export function internalFault(cause: unknown): RefusedError {
  return new RefusedError({ code: 'E5001', rule: 'internal', message: 'Something went wrong inside.' }, { cause });
}

/** What the store definitely refused, as callers see it. */
export function refusedByStore(error: AppendRefused | StreamDeleted): RefusedError {
  if (error instanceof StreamDeleted || error.reason === 'stream-deleted') {
    return new RefusedError({ code: 'E4041', rule: 'stream_deleted', message: 'This was deleted for good.' }, { cause: error });
  }
  if (error.reason === 'too-large') {
    const message = 'The command would write more than an append may hold.';
    return new RefusedError({ code: 'V1004', rule: 'event_too_large', message }, { cause: error });
  }
  return internalFault(error);
}
