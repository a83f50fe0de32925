/** The error catalogue: every refusal and failure the product answers carries one of these codes. */

export type Category = 'client_error' | 'server_error' | 'validation_error' | 'business_error' | 'external_error';
export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Recovery = 'retry' | 'contact_support' | 'check_settings' | 'update_input' | 'restart_service' | 'wait_and_retry';

export interface CatalogueEntry {
  meaning: string;
  httpStatus: number;
  category: Category;
  severity: Severity;
  recovery: Recovery;
}

const entry = (meaning: string, httpStatus: number, category: Category, severity: Severity, recovery: Recovery): CatalogueEntry =>
  ({ meaning, httpStatus, category, severity, recovery });

export const catalogue = {
  E4001: entry('invalid request', 400, 'client_error', 'low', 'update_input'),
  E4002: entry('invalid parameters', 400, 'client_error', 'low', 'update_input'),
  E4003: entry('missing required field', 400, 'client_error', 'low', 'update_input'),
  E4004: entry('invalid format', 400, 'client_error', 'low', 'update_input'),
  E4011: entry('unauthorized', 401, 'client_error', 'medium', 'check_settings'),
  E4031: entry('forbidden', 403, 'client_error', 'medium', 'contact_support'),
  E4041: entry('resource not found', 404, 'client_error', 'low', 'update_input'),
  E4091: entry('conflict', 409, 'client_error', 'low', 'update_input'),
  E4291: entry('rate limit exceeded', 429, 'client_error', 'medium', 'wait_and_retry'),
  E5001: entry('internal error', 500, 'server_error', 'critical', 'contact_support'),
  E5002: entry('database error', 500, 'server_error', 'critical', 'restart_service'),
  E5003: entry('external API error', 502, 'external_error', 'high', 'wait_and_retry'),
  E5004: entry('AI model error', 502, 'external_error', 'high', 'wait_and_retry'),
  E5031: entry('service unavailable', 503, 'server_error', 'high', 'wait_and_retry'),
  E5041: entry('timeout', 504, 'server_error', 'high', 'retry'),
  V1001: entry('validation failed', 422, 'validation_error', 'low', 'update_input'),
  V1002: entry('schema validation failed', 422, 'validation_error', 'medium', 'update_input'),
  V1003: entry('type mismatch', 422, 'validation_error', 'medium', 'update_input'),
  V1004: entry('value out of range', 422, 'validation_error', 'medium', 'update_input'),
  B2001: entry('business rule violated', 422, 'business_error', 'medium', 'update_input'),
  B2002: entry('insufficient resources', 507, 'business_error', 'critical', 'contact_support'),
  B2003: entry('operation not allowed', 403, 'business_error', 'medium', 'contact_support'),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;

/**
 * An expected "no" as data. `rule` names what refused in snake_case (stable, translated by the client), `message` is
 * safe to show, `path` leads to the input field, `details` are the values that refused.
 */
export interface Refusal {
  code: ErrorCode;
  rule: string;
  message: string;
  path?: readonly string[];
  details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds after which trying again makes sense. */
  retryAfterMs?: number;
  /** What else is wrong with the same act, when it is about many things. */
  others?: readonly Refusal[];
}

/**
 * A refusal on its way up from code that cannot answer it as data (authentication, limits, outages).
 * Mutations turn it into `errors`, queries into a top-level error.
 */
export class RefusedError extends Error {
  constructor(readonly refusal: Refusal, options?: ErrorOptions) {
    super(refusal.message, options);
    this.name = 'RefusedError';
  }
}
