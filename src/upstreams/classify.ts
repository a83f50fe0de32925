import type { FailureCategory } from '../../schema/run/failure-category';
import type { VendorAnswer } from './generation';

/** What a vendor's own codes for refusals say. */
export type ServiceCodes = Readonly<Record<number, FailureCategory>>;

/** Codes of Kling. An exhausted account comes as HTTP 429 with 1101 or 1102, so the code is looked at before the status. */
export const klingServiceCodes: ServiceCodes = {
  1000: 'authentication', 1001: 'authentication', 1002: 'authentication', 1003: 'authentication', 1004: 'authentication',
  1100: 'authentication', 1101: 'quota', 1102: 'quota', 1103: 'authentication',
  1200: 'parameters', 1201: 'parameters', 1202: 'parameters', 1203: 'parameters',
  1300: 'content_policy', 1301: 'content_policy', 1302: 'rate_limit', 1303: 'rate_limit', 1304: 'authentication',
  5000: 'server_error', 5001: 'server_error', 5002: 'server_error',
};

const QUOTA = /insufficient quota/i;
const CONTENT_POLICY = /content policy|moderat|banned prompt|risk control|sensitive (?:word|content)/i;
const TIMEOUT = /time(?:d )?out|no complete answer within/i;

/**
 * Why a call failed; the first that fits: the vendor's own code; status 402 or the words "insufficient quota"; 401; 429;
 * 500 and more; no answer at all; words about what may not be made; 403; 400 and 422. Anything else is `unknown`.
 */
export function classify(
  { status, text, serviceCode }: Pick<VendorAnswer, 'status' | 'text' | 'serviceCode'>, codes: ServiceCodes = klingServiceCodes,
): FailureCategory {
  const told = serviceCode !== undefined && Object.hasOwn(codes, serviceCode) ? codes[serviceCode] : undefined;
  if (told) return told;
  if (status === 402 || QUOTA.test(text)) return 'quota';
  if (status === 401) return 'authentication';
  if (status === 429) return 'rate_limit';
  if (status >= 500) return 'server_error';
  if (status === -1) return TIMEOUT.test(text) ? 'timeout' : 'network';
  if (CONTENT_POLICY.test(text)) return 'content_policy';
  if (status === 403) return 'authentication';
  return status === 400 || status === 422 ? 'parameters' : 'unknown';
}
