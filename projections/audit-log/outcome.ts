import type { ErrorCode } from '../../schema/errors/catalogue';

/** How an act ended, as columns of its row. */
export interface Outcome extends Record<string, string | null> {
  result: 'succeeded' | 'refused';
  /** Rule of the refusal. */
  reason: string | null;
  code: string | null;
}

const SUCCEEDED: Outcome = { result: 'succeeded', reason: null, code: null };

/** Events are what has happened; some of them say that something was not allowed to. */
export function outcomeOf(type: string, fields: Record<string, unknown>): Outcome {
  switch (type) {
    case 'ActRefused': return { result: 'refused', reason: String(fields['rule']), code: String(fields['code']) };
    case 'SignInFailed': return { result: 'refused', reason: String(fields['reason']), code: codeOfSignIn(fields['reason']) };
    default: return SUCCEEDED;
  }
}

function codeOfSignIn(reason: unknown): ErrorCode {
  return reason === 'throttled' ? 'E4291' : 'E4011';
}
