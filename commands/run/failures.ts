import type { ErrorCode } from '../../schema/errors/catalogue';
import type { FailureCategory } from '../../schema/run/failure-category';

/** Why a run ended without a result, safe to show. */
export interface Failure {
  code: ErrorCode;
  reason: string;
}

/** What a category is told as. The vendor's own words are never part of it. */
export const failures: Readonly<Record<FailureCategory, Failure>> = {
  quota: { code: 'E5003', reason: 'The account with the vendor has no credit left.' },
  authentication: { code: 'E5003', reason: 'The vendor does not accept our key.' },
  rate_limit: { code: 'E5003', reason: 'The vendor got too many requests.' },
  server_error: { code: 'E5003', reason: 'The vendor failed by itself.' },
  content_policy: { code: 'B2003', reason: 'The vendor does not want to make this.' },
  parameters: { code: 'E4002', reason: 'The vendor does not accept these parameters.' },
  network: { code: 'E5003', reason: 'The vendor could not be reached.' },
  timeout: { code: 'E5041', reason: 'The vendor did not answer in time.' },
  interrupted: { code: 'E5031', reason: 'The work was interrupted while it was handed to the vendor.' },
  unknown: { code: 'E5003', reason: 'The vendor did not do it.' },
};

/** Said where nobody knows whether the vendor has taken the work. */
const IN_DOUBT = 'Whether the vendor has taken it is not known, so it was not sent again.';

/** A failure of which the vendor may know nothing, or everything. */
export function inDoubt(category: FailureCategory): Failure {
  const { reason } = failures[category];
  return { code: 'E5031', reason: `${reason} ${IN_DOUBT}` };
}

export const NOT_ALLOWED: Failure = { code: 'B2003', reason: 'Whoever asked may no longer use this.' };
export const ERASED: Failure = { code: 'B2003', reason: 'What was asked for was erased.' };
export const GIVEN_UP: Failure = { code: 'E5031', reason: 'The work could not be finished. Try once more.' };
export const NO_PICTURE: Failure = { code: 'E4041', reason: 'The picture to begin with is gone.' };

/** Of a run that the vendor has taken, and may be asked for again. */
export const NOT_ASKED = 'The vendor could not be asked for the outcome any more.';

export const noKeyWithin = (milliseconds: number): Failure => ({ code: 'E5041', reason: `No provider key became free within ${milliseconds / 1_000} s.` });
