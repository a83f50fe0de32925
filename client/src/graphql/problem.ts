import type { CombinedError } from '@urql/core';
import type { catalogue } from '../../../schema/errors/catalogue';

/** A code of the catalogue, or one of the two troubles only a client can have. */
export type ProblemCode = keyof typeof catalogue | 'OFFLINE' | 'OUTDATED';

/** Anything that went wrong, as one shape for the screens; the words come from the message catalog. */
export interface Problem {
  code: ProblemCode;
  rule?: string;
  /** Name of the input field that refused. */
  field?: string;
  /** Where that field stands, from `input` downwards. */
  path?: readonly string[];
  correlationId?: string;
  retryAfterMs?: number;
  details?: unknown;
}

/** A `UserError` as the documents ask for it. */
export interface Refused {
  code: keyof typeof catalogue;
  rule: string;
  path: readonly string[] | null;
  correlationId: string;
  details: unknown;
  retryAfterMs?: number | null;
}

export const ofRefusal = (refused: Refused): Problem => ({
  code: refused.code,
  rule: refused.rule,
  field: refused.path?.at(-1),
  path: refused.path ?? undefined,
  correlationId: refused.correlationId,
  retryAfterMs: refused.retryAfterMs ?? undefined,
  details: refused.details,
});

/** The server does not know this client's documents any more: it was updated. */
const outdatedRule = 'unknown_document';
const codePattern = /^[EVB]\d{4}$/;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The problem that the extensions of a top-level error tell of. */
export function ofExtensions(extensions: Record<string, unknown>): Problem {
  const code = text(extensions.code) ?? '';
  const rule = text(extensions.rule);
  const correlationId = text(extensions.correlationId);
  if (rule === outdatedRule) {
    return { code: 'OUTDATED', correlationId };
  }
  return {
    code: (codePattern.test(code) ? code : 'E5001') as ProblemCode,
    rule,
    correlationId,
    retryAfterMs: typeof extensions.retryAfterMs === 'number' ? extensions.retryAfterMs : undefined,
    details: extensions.details,
  };
}

/** The problem behind a failed request. */
export function ofError(error: CombinedError): Problem {
  const first = error.graphQLErrors[0];
  return first ? ofExtensions(first.extensions ?? {}) : { code: 'OFFLINE' };
}

const worthRetrying: readonly ProblemCode[] = ['OFFLINE', 'E4291', 'E5003', 'E5004', 'E5031', 'E5041', 'E5001'];

export const mayRetry = (problem: Problem): boolean => worthRetrying.includes(problem.code);

/** The server judged for good, and gives the same answer to the same idempotency key from now on. */
export const isJudged = (problem: Problem): boolean =>
  !mayRetry(problem) && problem.code !== 'E5002' && problem.rule !== 'in_progress';
