import { RefusedError, type ErrorCode, type Refusal } from '../../schema/errors/catalogue';
import { OutboundError } from '../outbound/outbound-error';
import { SseError } from './sse';

type Failure = Pick<Refusal, 'code' | 'rule' | 'message'>;

const failure = (code: ErrorCode, rule: string, message: string): Failure => ({ code, rule, message });

const CREDENTIALS = failure('E5003', 'llm_credentials_refused', 'The AI provider refused our key. An administrator must check it.');
const QUOTA = failure('E4291', 'llm_quota_used_up', 'The quota at the AI provider is used up.');
const RATE = failure('E4291', 'llm_rate_limited', 'The AI provider asks us to slow down. Try again in a moment.');
const REFUSED = failure('E5004', 'llm_request_refused', 'The AI model did not accept the request.');
const FAILED = failure('E5004', 'llm_failed', 'The AI model failed to answer.');
const UNAVAILABLE = failure('E5003', 'llm_unavailable', 'The AI provider is not available right now.');
const TIMEOUT = failure('E5041', 'llm_timeout', 'The AI model took too long to answer.');
const TRUNCATED = failure('E5004', 'llm_answer_truncated', 'The answer of the AI model broke off.');
const INVALID = failure('E5004', 'llm_answer_invalid', 'The AI model gave an answer that cannot be read.');

function failureOfStatus(status: number, said: string): Failure {
  if (status === 401 || status === 403) return CREDENTIALS;
  if (status === 402 || (status === 429 && /insufficient_quota|quota/i.test(said))) return QUOTA;
  if (status === 429) return RATE;
  if (status === 408 || status === 504) return TIMEOUT;
  if (status === 500) return FAILED;
  return status > 500 ? UNAVAILABLE : REFUSED;
}

const refused = (what: Failure, cause: unknown, more?: Pick<Refusal, 'retryAfterMs' | 'details'>): RefusedError =>
  new RefusedError({ ...what, ...more }, { cause });

/**
 * The failure behind an answer that is not a success, or an error object inside a stream.
 * @param said what the provider said, scrubbed; kept as the cause, for the log only
 */
export function refusedByStatus(status: number, said: string, retryAfterMs?: number): RefusedError {
  return refused(failureOfStatus(status, said), new Error(said || `status ${status}`), { retryAfterMs, details: { status } });
}

/** The stream ended before the answer did. */
export function answerTruncated(cause?: unknown): RefusedError {
  return refused(TRUNCATED, cause);
}

/** What came is not the protocol. `detail` says what was wrong, for the log only. */
export function answerInvalid(detail: string): RefusedError {
  return refused(INVALID, new Error(detail));
}

/**
 * @param begun whether part of the answer had come
 * @returns a RefusedError for failures of the provider; anything else (a call given up, a fault of ours) unchanged
 */
export function asLlmFailure(error: unknown, begun: boolean): unknown {
  if (error instanceof SseError) return refused(INVALID, error);
  if (!(error instanceof OutboundError)) return error;
  switch (error.failure) {
    case 'aborted': return error;
    case 'timeout': return refused(TIMEOUT, error);
    case 'too_large':
    case 'encoded': return refused(INVALID, error);
    case 'dropped': return refused(begun ? TRUNCATED : UNAVAILABLE, error);
    default: return refused(UNAVAILABLE, error);
  }
}
